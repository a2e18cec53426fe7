import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { KindSpec } from "../../../src/kind/KindSpec.ts"
import { holdsOwnRights } from "../../../src/kind/pruning/OwnRights.ts"
import type { KubernetesObject } from "../../../src/kubernetes/KubernetesObject.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { connected } from "../../kubernetes/connected.ts"
import { spec } from "../samples.ts"

const rbac = "rbac.authorization.k8s.io"

/** Somebody who may read bindings and is in a group, with namespaces of a test's own. */
const setUp = Effect.gen(function*() {
  const cluster = yield* ControlPlane
  const [namespace, state] = [yield* cluster.namespace("own"), yield* cluster.namespace("own-state")]
  const [user, team, reader] = [`${namespace}-user`, `${namespace}-team`, `${namespace}-reader`]
  const kubeconfig = yield* cluster.kubeconfigFor(user, [team])
  yield* cluster.kubectlOk([
    "create",
    "clusterrole",
    reader,
    "--verb=list",
    "--resource=rolebindings.rbac.authorization.k8s.io,clusterrolebindings.rbac.authorization.k8s.io"
  ])
  yield* cluster.kubectlOk(["create", "clusterrolebinding", reader, `--clusterrole=${reader}`, `--group=${team}`])
  const make = (...args: ReadonlyArray<string>) => cluster.kubectlOk(["create", "-n", namespace, ...args])
  const stays = (kind: string, name: string, by = kubeconfig) =>
    Effect.gen(function*() {
      const plural = `${kind.toLowerCase()}s`
      const args = ["-n", namespace, "get", plural, name]
      const live = yield* cluster.kubectlJson<KubernetesObject>(args)
      const group = kind === "ServiceAccount" ? "" : rbac
      const of: KindSpec = { ...spec, kind: { ...spec.kind, group, kind, plural }, own: { stateNamespace: state } }
      return yield* holdsOwnRights(of, live).pipe(Effect.provide(connected(by)))
    })
  return { namespace, state, user, team, reader, make, stays }
})

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("our own rights", (it) => {
  it.effect("are bindings that name our user, our group, or the ServiceAccounts beside our state, and no others", () =>
    Effect.gen(function*() {
      const { make, namespace, reader, state, stays, team, user } = yield* setUp
      const bindings: ReadonlyArray<readonly [name: string, subject: string, isOurs: boolean]> = [
        ["user", `--user=${user}`, true],
        ["group", `--group=${team}`, true],
        ["account", `--serviceaccount=${state}:controller`, true],
        ["account-as-user", `--user=system:serviceaccount:${state}:controller`, true],
        ["accounts", `--group=system:serviceaccounts:${state}`, true],
        ["everybody", "--group=system:authenticated", false],
        ["other-user", `--user=${user}s`, false],
        ["other-account", `--serviceaccount=${namespace}:controller`, false]
      ]
      for (const [name, subject, isOurs] of bindings) {
        yield* make("rolebinding", name, `--clusterrole=${reader}`, subject)
        assert.strictEqual(
          yield* stays("RoleBinding", name),
          isOurs ? "the controller has rights by it" : undefined,
          name
        )
      }
      assert.isDefined(yield* stays("ClusterRoleBinding", reader))
    }))

  it.effect("are roles that are bound to us, wherever that is, and no others", () =>
    Effect.gen(function*() {
      const { make, namespace, reader, stays, user } = yield* setUp
      const rights = ["--verb=get", "--resource=pods"]
      for (const name of ["ours", "others", "unbound"]) {
        yield* make("role", name, ...rights)
        yield* make("clusterrole", `${namespace}-${name}`, ...rights)
      }
      yield* make("rolebinding", "a", "--role=ours", `--user=${user}`)
      yield* make("rolebinding", "b", "--role=others", "--user=somebody")
      yield* make("rolebinding", "c", `--clusterrole=${namespace}-ours`, `--user=${user}`)
      yield* make("rolebinding", "d", `--clusterrole=${namespace}-others`, "--user=somebody")
      assert.isDefined(yield* stays("Role", "ours"))
      assert.isDefined(yield* stays("ClusterRole", `${namespace}-ours`))
      assert.isDefined(yield* stays("ClusterRole", reader))
      for (const name of ["others", "unbound"]) {
        assert.isUndefined(yield* stays("Role", name))
        assert.isUndefined(yield* stays("ClusterRole", `${namespace}-${name}`))
      }
    }))

  it.effect("are no ServiceAccounts but the one that we are", () =>
    Effect.gen(function*() {
      const { kubeconfigFor } = yield* ControlPlane
      const { make, namespace, stays } = yield* setUp
      yield* make("serviceaccount", "one")
      const us = yield* kubeconfigFor(`system:serviceaccount:${namespace}:one`)
      assert.strictEqual(yield* stays("ServiceAccount", "one", us), "the controller is it")
      assert.isUndefined(yield* stays("ServiceAccount", "one"))
    }))
})

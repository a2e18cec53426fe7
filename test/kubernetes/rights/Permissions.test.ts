import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { missing, ourUser } from "../../../src/kubernetes/rights/Permissions.ts"
import { permissionTable } from "../../../src/kubernetes/rights/PermissionTable.ts"
import { nameOf, type Right } from "../../../src/kubernetes/rights/Right.ts"
import { rightsManifests } from "../../../src/kubernetes/rights/RightsManifest.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { connected } from "../connected.ts"

/** A user and roles of a test's own; the rights it has can be set again and again. */
const setUp = Effect.fnUntraced(function*() {
  const cluster = yield* ControlPlane
  const namespace = yield* cluster.namespace("rights")
  const user = `${namespace}-user`
  const kubeconfig = yield* cluster.kubeconfigFor(user)
  const give = (rights: ReadonlyArray<Right>) =>
    cluster.kubectlOk(["apply", "-f", "-"], {
      stdin: JSON.stringify({
        apiVersion: "v1",
        kind: "List",
        items: rightsManifests(rights, { name: namespace, user })
      })
    })
  const ask = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.provide(effect, connected(kubeconfig))
  return { cluster, namespace, user, give, ask }
})

const all = ["get", "list", "watch", "create", "patch"]

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("what is missing of our rights", (it) => {
  it.effect("is found verb by verb, whichever is taken away", () =>
    Effect.gen(function*() {
      const { ask, give, namespace } = yield* setUp()
      const needed: ReadonlyArray<Right> = [
        { namespace: "", group: "apps", resource: "deployments", verbs: all },
        { namespace: "", group: "", resource: "namespaces", name: "kube-system", verbs: ["get"] },
        { namespace, group: "", resource: "configmaps", verbs: ["get", "create", "update"] },
        { namespace, group: "coordination.k8s.io", resource: "leases", verbs: ["get", "create", "update"] }
      ]
      yield* give(needed)
      yield* eventually("nothing is missing", ask(missing(needed)), (found) => found.length === 0)
      for (const right of needed) {
        for (const verb of right.verbs) {
          const less = { ...right, verbs: right.verbs.filter((other) => other !== verb) }
          yield* give(needed.map((other) => other === right ? less : other).filter(({ verbs }) => verbs.length > 0))
          const lacking = [{ ...right, verbs: [verb] }]
          const found = yield* eventually(
            `${verb} is missing`,
            ask(missing(needed)),
            (found) => JSON.stringify(found) === JSON.stringify(lacking)
          )
          const [head = "", row = "", ...others] = permissionTable(needed, found).split("\n")
          const told = row.split(/ {2,}/)
          assert.strictEqual(told[0], right.name === undefined ? nameOf(right) : `${nameOf(right)} ${right.name}`)
          assert.strictEqual(told[head.split(/ {2,}/).indexOf(verb.toUpperCase())], "MISSING")
          assert.deepStrictEqual([told.filter((cell) => cell === "MISSING").length, others.length], [1, 0])
        }
      }
    }), 120_000)

  it.effect("is not hidden by rights in a namespace or on one object", () =>
    Effect.gen(function*() {
      const { ask, give, namespace } = yield* setUp()
      const verbs = ["list", "watch"]
      const needed: ReadonlyArray<Right> = [{ namespace: "", group: "", resource: "services", verbs }]
      const sentinel: Right = { namespace: "", group: "", resource: "secrets", verbs: ["list"] }
      yield* give([
        { namespace, group: "", resource: "services", verbs },
        { namespace: "", group: "", resource: "services", name: "web", verbs },
        sentinel
      ])
      yield* eventually("the roles count", ask(missing([sentinel])), (found) => found.length === 0)
      assert.deepStrictEqual(yield* ask(missing(needed)), needed)
    }))

  it.effect("costs an admin one question, and whoever has a wildcard one for each verb", () =>
    Effect.gen(function*() {
      const { ask, cluster, give, user } = yield* setUp()
      const many = Array.from({ length: 30 }, (_, index): Right => ({
        namespace: "",
        group: "example.com",
        resource: `widgets${index}`,
        verbs: all
      }))
      const mark = yield* cluster.auditMark
      assert.deepStrictEqual(yield* Effect.provide(missing(many), connected(cluster.kubeconfig)), [])
      const reviews = (by: string, since: number) =>
        Effect.map(
          cluster.auditSince(since),
          (requests) => requests.filter((it) => it.user === by && it.resource === "selfsubjectaccessreviews").length
        )
      assert.strictEqual(yield* reviews("admin", mark), 1)
      yield* give([{ namespace: "", group: "*", resource: "*", verbs: all }])
      yield* eventually("the role counts", ask(missing(many)), (found) => found.length === 0)
      const later = yield* cluster.auditMark
      assert.deepStrictEqual(yield* ask(missing(many)), [])
      assert.strictEqual(yield* reviews(user, later), 1 + all.length)
    }))

  it.effect("is told of whom the API server takes us for", () =>
    Effect.gen(function*() {
      const { ask, user } = yield* setUp()
      assert.strictEqual(yield* ask(ourUser), user)
    }))
})

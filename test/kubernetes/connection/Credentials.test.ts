import { assert, layer } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ApiServer } from "../../../src/kubernetes/ApiServer.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { connected } from "../connected.ts"

/** A ServiceAccount with tokens, and a kubeconfig that has its user from `user(folder)`. */
const account = Effect.fnUntraced(function*(user: (folder: string) => object) {
  const cluster = yield* ControlPlane
  const folder = yield* temporaryFolder("gitops-credentials-")
  const namespace = yield* cluster.namespace("account")
  yield* cluster.kubectlOk(["create", "serviceaccount", "robot", "-n", namespace])
  yield* cluster.kubectlOk(["create", "role", "lister", "-n", namespace, "--verb=list", "--resource=configmaps"])
  yield* cluster.kubectlOk([
    "create",
    "rolebinding",
    "robot",
    "-n",
    namespace,
    "--role=lister",
    `--serviceaccount=${namespace}:robot`
  ])
  const token = Effect.map(cluster.kubectlOk(["create", "token", "robot", "-n", namespace]), (text) => text.trim())
  const kubeconfig = join(folder, "kubeconfig")
  const write = (from: object) =>
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        "current-context": "a",
        clusters: [{ name: "a", cluster: { server: cluster.server, "certificate-authority": cluster.caFile } }],
        users: [{ name: "a", user: from }],
        contexts: [{ name: "a", context: { cluster: "a", user: "a" } }]
      })
    )
  write(user(folder))
  return { folder, namespace, token, kubeconfig, write }
})

const look = (namespace: string) =>
  Effect.gen(function*() {
    const api = yield* ApiServer
    const path = `/api/v1/namespaces/${namespace}/configmaps?limit=1`
    return yield* api.request({ method: "GET", path, subject: { verb: "list", resource: "configmaps", namespace } })
  })

const wrong = "not-a-token"

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("credentials", (it) => {
  const scoped = <A, E>(use: Effect.Effect<A, E, ControlPlane | Scope.Scope>) => Effect.scoped(use)

  it.effect("are read again from a token file when the server refuses them, and the request is sent once more", () =>
    scoped(Effect.gen(function*() {
      const { folder, kubeconfig, namespace, token } = yield* account((folder) => ({
        tokenFile: join(folder, "token")
      }))
      writeFileSync(join(folder, "token"), `${wrong}\n`)
      yield* Effect.gen(function*() {
        assert.strictEqual((yield* Effect.flip(look(namespace)))._tag, "ApiUnauthorized")
        writeFileSync(join(folder, "token"), `${yield* token}\n`)
        assert.strictEqual((yield* look(namespace)).status, 200)
      }).pipe(Effect.provide(connected(kubeconfig)))
    })))

  it.effect("are read again from the kubeconfig when they were exchanged there", () =>
    scoped(Effect.gen(function*() {
      const { kubeconfig, namespace, token, write } = yield* account(() => ({ token: wrong }))
      yield* Effect.gen(function*() {
        const refused = yield* Effect.flip(look(namespace))
        assert.notInclude(JSON.stringify(refused) + refused.message, wrong)
        write({ token: yield* token })
        assert.strictEqual((yield* look(namespace)).status, 200)
      }).pipe(Effect.provide(connected(kubeconfig)))
    })))

  it.effect("come from a plugin that is run once for all who wait, and again only when its token is refused", () =>
    scoped(Effect.gen(function*() {
      const { folder, kubeconfig, namespace, token } = yield* account((folder) => ({
        exec: {
          apiVersion: "client.authentication.k8s.io/v1",
          command: "./plugin",
          args: [folder],
          interactiveMode: "Never"
        }
      }))
      const script = [
        "#!/bin/sh",
        "echo \"$KUBERNETES_EXEC_INFO\" >> \"$1/runs\"",
        "printf '{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"%s\",\"expirationTimestamp\":\"%s\"}}' \"$(cat \"$1/token\")\" \"$(cat \"$1/expiry\")\""
      ]
      writeFileSync(join(folder, "plugin"), script.join("\n"))
      chmodSync(join(folder, "plugin"), 0o755)
      writeFileSync(join(folder, "token"), yield* token)
      writeFileSync(join(folder, "expiry"), "2999-01-01T00:00:00Z")
      const runs = () => readFileSync(join(folder, "runs"), "utf8").trim().split("\n").length
      const lookTwenty = Effect.forEach(Array(20), () => look(namespace), { concurrency: "unbounded", discard: true })
      yield* Effect.gen(function*() {
        yield* lookTwenty
        assert.strictEqual(runs(), 1)
        assert.include(readFileSync(join(folder, "runs"), "utf8"), "\"interactive\":false")
      }).pipe(Effect.provide(connected(kubeconfig)))

      writeFileSync(join(folder, "token"), wrong)
      yield* Effect.gen(function*() {
        assert.strictEqual(runs(), 2)
        writeFileSync(join(folder, "token"), yield* token)
        yield* lookTwenty
        assert.strictEqual(runs(), 3)
      }).pipe(Effect.provide(connected(kubeconfig)))

      writeFileSync(join(folder, "token"), wrong)
      yield* Effect.gen(function*() {
        yield* Effect.forEach(Array(5), () => Effect.flip(look(namespace)))
        assert.strictEqual(runs(), 5)
      }).pipe(Effect.provide(connected(kubeconfig)))

      writeFileSync(join(folder, "token"), yield* token)
      writeFileSync(join(folder, "expiry"), "2001-01-01T00:00:00Z")
      yield* Effect.gen(function*() {
        yield* lookTwenty
        assert.strictEqual(runs(), 6)
      }).pipe(Effect.provide(connected(kubeconfig)))
    })))

  it.effect("that a plugin does not give are reported with what to do, and without what it printed", () =>
    scoped(Effect.gen(function*() {
      const { folder, kubeconfig } = yield* account(() => ({
        exec: {
          apiVersion: "client.authentication.k8s.io/v1",
          command: "./plugin",
          installHint: "get it from example.com"
        }
      }))
      writeFileSync(join(folder, "plugin"), "#!/bin/sh\necho hunter2; echo hunter2 >&2; exit 3")
      chmodSync(join(folder, "plugin"), 0o755)
      const { message } = yield* Effect.flip(Effect.provide(look("default"), connected(kubeconfig)))
      assert.include(message, "ended with exit code 3; run it by hand to see why (get it from example.com)")
      assert.notInclude(message, "hunter2")
    })))

  it.effect("that the server knows nothing of are no credentials", () =>
    scoped(Effect.gen(function*() {
      const { kubeconfig, namespace } = yield* account(() => ({}))
      const { message } = yield* Effect.flip(Effect.provide(look(namespace), connected(kubeconfig)))
      assert.include(message, "saw no credentials")
    })))

  it.effect("do not hide that the server itself is not the one we trust", () =>
    scoped(Effect.gen(function*() {
      const { folder, kubeconfig } = yield* account(() => ({ token: wrong }))
      const config = JSON.parse(readFileSync(kubeconfig, "utf8"))
      delete config.clusters[0].cluster["certificate-authority"]
      writeFileSync(join(folder, "other"), JSON.stringify(config))
      const { message } = yield* Effect.flip(Effect.provide(look("default"), connected(join(folder, "other"))))
      assert.include(message, "signed by a CA we were not given")
    })))
})

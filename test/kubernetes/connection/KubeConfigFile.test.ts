import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Redacted } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { readKubeConfig } from "../../../src/kubernetes/connection/KubeConfigFile.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"

const one = `
apiVersion: v1
kind: Config
current-context: prod
clusters:
- name: prod
  cluster: { server: "https://prod.example.com:6443/", certificate-authority: pki/ca.crt, tls-server-name: api }
users:
- name: kim
  user: { client-certificate: pki/kim.crt, client-key-data: ${Buffer.from("a key").toString("base64")} }
contexts:
- name: prod
  context: { cluster: prod, user: kim, namespace: shop }
- name: lost
  context: { cluster: nowhere, user: kim }
`

const two = `
current-context: test
clusters: [{ name: test, cluster: { server: "http://127.0.0.1:8080", insecure-skip-tls-verify: true, proxy-url: "http://proxy:3128" } }]
users:
- name: kim
  user: { token: "not this one" }
- name: robot
  user:
    exec: { apiVersion: client.authentication.k8s.io/v1, command: ./login, args: [token], env: [{ name: A, value: b }], interactiveMode: Never }
    as: jane
    as-groups: [dev, ops]
contexts: [{ name: test, context: { cluster: test, user: robot } }]
preferences: null
`

const inFolder = <A, E>(
  use: (folder: string) => Effect.Effect<A, E, Effect.Services<ReturnType<typeof readKubeConfig>>>
) =>
  Effect.gen(function*() {
    const folder = yield* temporaryFolder("gitops-kubeconfig-")
    writeFileSync(join(folder, "one"), one)
    writeFileSync(join(folder, "two"), two)
    return yield* use(folder)
  }).pipe(Effect.scoped, Effect.provide(NodeServices.layer))

const withEnvironment = (env: Record<string, string>) =>
  Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

const read = (kubeconfig?: string, context?: string, env: Record<string, string> = {}) =>
  readKubeConfig({ kubeconfig, context }).pipe(withEnvironment(env))

describe("the cluster to talk to", () => {
  it.effect("is the current context of the file that was named, its paths relative to that file", () =>
    inFolder((folder) =>
      Effect.gen(function*() {
        const access = yield* read(join(folder, "one"))
        assert.deepInclude(access, {
          origin: `context "prod" of ${join(folder, "one")}`,
          server: "https://prod.example.com:6443",
          authority: { file: join(folder, "pki/ca.crt") },
          tlsServerName: "api",
          insecure: false
        })
        assert.deepStrictEqual(access.user.certificate, { file: join(folder, "pki/kim.crt") })
        const { key } = access.user
        assert.strictEqual(key !== undefined && "data" in key ? Redacted.value(key.data) : "", "a key")
      })
    ))

  it.effect("is looked up in all files of $KUBECONFIG, the first that defines a name wins, and missing files are passed over", () =>
    inFolder((folder) =>
      Effect.gen(function*() {
        const env = { KUBECONFIG: [join(folder, "absent"), join(folder, "one"), join(folder, "two")].join(":") }
        assert.strictEqual((yield* read(undefined, undefined, env)).server, "https://prod.example.com:6443")
        const access = yield* read(undefined, "test", env)
        assert.deepInclude(access, { server: "http://127.0.0.1:8080", insecure: true, proxy: "http://proxy:3128" })
        assert.deepInclude(access.user.exec, { command: join(folder, "login"), args: ["token"], env: { A: "b" } })
        assert.deepStrictEqual(access.user.impersonate, [
          ["Impersonate-User", "jane"],
          ["Impersonate-Group", "dev"],
          ["Impersonate-Group", "ops"]
        ])
      })
    ))

  const mistake = (text: string, context?: string) =>
    inFolder((folder) =>
      Effect.gen(function*() {
        writeFileSync(join(folder, "bad"), text)
        const { message } = yield* Effect.flip(read(join(folder, "bad"), context))
        return message.replaceAll(`${folder}/`, "")
      })
    )

  it.effect("a context that is not there is refused with those there are", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* mistake(one, "stage"), "bad: context \"stage\" is not there; there are: prod, lost")
      assert.strictEqual(
        yield* mistake(one, "lost"),
        "bad: context \"lost\" names cluster \"nowhere\", which is not there"
      )
      assert.include(yield* mistake("clusters: []"), "no current context; pick one with --context")
    }))

  it.effect("a file that is no kubeconfig is refused with the place of each mistake, and never with what stands there", () =>
    Effect.gen(function*() {
      const message = yield* mistake("users: [{name: a, user: {token: {secret: hunter2}}}]\nclusters: [{name: 7}]")
      assert.include(message, "users.0.user.token")
      assert.include(message, "clusters.0.name")
      assert.notInclude(message, "hunter2")
      assert.include(yield* mistake("a: b: c"), "not valid YAML")
    }))

  it.effect("that cannot be found says the four ways to give one", () =>
    inFolder((folder) =>
      Effect.gen(function*() {
        const { message } = yield* Effect.flip(read(undefined, undefined, { HOME: folder }))
        assert.strictEqual(
          message,
          "no kubeconfig: found nothing that says which cluster to use; give --kubeconfig <file>, set KUBECONFIG, put one at " +
            "~/.kube/config, or run in a pod with a mounted ServiceAccount token"
        )
        const absent = yield* Effect.flip(read(join(folder, "absent")))
        assert.include(absent.message, "cannot be read")
      })
    ))
})

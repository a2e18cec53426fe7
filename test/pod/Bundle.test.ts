import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import manifest from "../../package.json" with { type: "json" }
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { run } from "../cluster/Surroundings.ts"
import { startController } from "../e2e/Controller.ts"
import { readRemote } from "../e2e/mirroring/readRemote.ts"

import { bareRepository } from "../remote/BareRepository.ts"
import { startSshGitServer } from "../remote/SshGitServer.ts"
import { type Bundle, bundle } from "./bundle.ts"
import { firstRequest } from "./firstRequest.ts"

class Bundled extends Context.Service<Bundled, Bundle>()("test/Bundled") {
  static readonly layer = Layer.effect(Bundled, bundle)
}

const ask = (program: string, args: ReadonlyArray<string>, cwd: string) =>
  run(process.execPath, [program, ...args], { cwd, env: { PATH: "/nowhere" } })

/** More files than are parsed without a thread. */
const manyFiles = (namespace: string) =>
  Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [
      `c${i}.yaml`,
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c${i}, namespace: ${namespace} }\ndata: { value: one }\n`
    ])
  )

layer(Bundled.layer, { excludeTestServices: true })("the bundle", (it) => {
  it.effect("tells its version and its commands, with nothing but Node", () =>
    Effect.gen(function*() {
      const { folder, program } = yield* Bundled
      const version = yield* ask(program, ["--version"], folder)
      assert.strictEqual(version.output.trim(), `gitops-controller v${manifest.version}`)
      const help = yield* ask(program, ["--help"], folder)
      for (const command of ["run", "validate", "plan", "restore", "rbac"]) assert.include(help.output, command)
    }))

  it.effect("has the host keys of well-known Git hosts with it", () =>
    Effect.gen(function*() {
      const { folder } = yield* Bundled
      const shipped = readFileSync(join(folder, "known_hosts"), "utf8")
      const hosts = shipped.split("\n").flatMap((line) => line.startsWith("#") ? [] : line.split(" ")[0]?.split(","))
      for (const host of ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "ssh.dev.azure.com"])
        assert.include(hosts, host)
    }))

  it.effect("has a source map that leads back to the source", () =>
    Effect.gen(function*() {
      const { folder } = yield* Bundled
      const sources = readdirSync(folder).filter((name) => name.endsWith(".map")).flatMap((name) => {
        const map: { readonly sources: ReadonlyArray<string> } = JSON.parse(readFileSync(join(folder, name), "utf8"))
        return map.sources
      })
      assert.isTrue(sources.some((source) => source.endsWith("src/main.ts")))
      assert.isTrue(sources.some((source) => source.endsWith("src/manifest/ParserPool.ts")))
    }))

  it.effect("asks the API server after less than 1.5 seconds of work", () =>
    Effect.gen(function*() {
      const { program } = yield* Bundled
      const times = yield* Effect.forEach([1, 2, 3], () => firstRequest(program))
      assert.isBelow(Math.min(...times), 1500, `${times.map(Math.round)} ms`)
    }))
})

layer(Layer.merge(sharedControlPlane, Bundled.layer), { excludeTestServices: true, timeout: 120_000 })(
  "the bundle in a cluster",
  (it) => {
    it.effect("keeps both sides in step with a repository that it reaches over SSH, parsing on threads", () =>
      Effect.gen(function*() {
        const { program } = yield* Bundled
        const cluster = yield* ControlPlane
        const namespace = yield* cluster.namespace("bundle")
        const repository = yield* bareRepository()
        const commit = yield* repository.commit(manyFiles(namespace))
        const { identityFile, knownHostsFile, url } = yield* startSshGitServer(repository)
        const controller = yield* startController({
          kubeconfig: cluster.kubeconfig,
          gitUrl: url,
          command: [process.execPath, program],
          config: {
            stateNamespace: `${namespace}-state`,
            commit: { quiet: "200ms", maxAge: "1s" },
            credentials: { ssh: { identity: identityFile, knownHosts: knownHostsFile } },
            rules: [
              { resources: ["serviceaccounts"], namespaces: [namespace], names: ["made-*"], syncTo: "git" },
              { resources: ["configmaps"], namespaces: [namespace], syncTo: "kubernetes" }
            ]
          }
        })
        yield* controller.until("all of them are in step", ({ total }) => total.inStep >= 100, { within: 60_000 })
        yield* cluster.kubectlOk(["create", "serviceaccount", "made-here", "-n", namespace])
        yield* readRemote(repository).has(`ServiceAccount ${namespace}/made-here`)
        const applied = yield* cluster.kubectlOk(["get", "configmap", "c99", "-n", namespace, "-o", "jsonpath={.data}"])
        assert.strictEqual(applied, `{"value":"one"}`)
        assert.notStrictEqual(yield* repository.tip(), commit)
        assert.notInclude(yield* controller.log, "parser thread")
      }))
  }
)

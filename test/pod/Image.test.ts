import { assert, describe, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { chmodSync, chownSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import manifest from "../../package.json" with { type: "json" }
import { memoryRefusal } from "../../src/memoryRefusal.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { startController } from "../e2e/Controller.ts"
import { readRemote } from "../e2e/mirroring/readRemote.ts"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { runTool } from "../process/Tool.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { startSshGitServer } from "../remote/SshGitServer.ts"
import { type LoadedImage, loadedImage } from "./Container.ts"
import { whyNoContainers } from "./ContainerTools.ts"

class TheImage extends Context.Service<TheImage, LoadedImage>()("test/TheImage") {
  static readonly layer = Layer.effect(TheImage, loadedImage)
}

const runIn = ([command, ...first]: readonly [string, ...ReadonlyArray<string>], ...args: ReadonlyArray<string>) =>
  runTool(command, [...first, ...args])

/** Readable for the image's group alone, as a Secret is with an fsGroup. */
const secretFolder = Effect.fnUntraced(function*(files: Readonly<Record<string, string>>) {
  const folder = join(yield* temporaryFolder("gitops-secret-"), "files")
  mkdirSync(folder)
  for (const [name, source] of Object.entries(files)) {
    const file = join(folder, name)
    copyFileSync(source, file)
    chmodSync(file, 0o440)
    chownSync(file, 0, 65532)
  }
  chmodSync(join(folder, ".."), 0o755)
  return folder
})

const options = { excludeTestServices: true, timeout: 300_000 }

describe.skipIf(whyNoContainers !== undefined)("in a container", () => {
  layer(TheImage.layer, options)("the image", (it) => {
    it.effect("says what it is, and runs the program as somebody without rights", () =>
      Effect.gen(function*() {
        const { config } = yield* TheImage
        assert.deepStrictEqual(config.Entrypoint, ["gitops-controller"])
        assert.strictEqual(config.User, "65532:65532")
        const labels = {
          "org.opencontainers.image.title": manifest.name,
          "org.opencontainers.image.description": manifest.description,
          "org.opencontainers.image.licenses": manifest.license,
          "org.opencontainers.image.version": manifest.version
        }
        for (const [name, value] of Object.entries(labels)) assert.strictEqual(config.Labels[name], value)
      }))

    it.effect("holds the program, Node and its libraries, and nothing else", () =>
      Effect.gen(function*() {
        const { files } = yield* TheImage
        const isLibrary = (path: string) => /^(\/usr)?\/lib(64)?\/([\w-]+\/)?[\w.+-]+\.so[.\d]*$/.test(path)
        const others = files.map(({ path }) => path).filter((path) => !isLibrary(path) && !path.startsWith("/app/"))
        assert.sameMembers(others, ["/etc/nsswitch.conf", "/usr/local/bin/gitops-controller", "/usr/local/bin/node"])
        const names = files.map(({ path }) => path.slice(path.lastIndexOf("/") + 1))
        assert.includeMembers(names, ["gitops-controller.js", "parseWorker.js", "known_hosts", "LICENSE", "NOTICE"])
      }))

    it.effect("is less than 25 MB above Node", () =>
      Effect.gen(function*() {
        const { files } = yield* TheImage
        const above = files.filter(({ path }) => path !== "/usr/local/bin/node")
        const bytes = above.reduce((sum, { size }) => sum + size, 0)
        assert.isBelow(bytes, 25_000_000)
        assert.isAbove(bytes, 5_000_000)
      }))

    it.effect("runs on a read-only file system, without capabilities and without a network", () =>
      Effect.gen(function*() {
        const { command } = yield* TheImage
        assert.strictEqual(yield* runIn(command(), "--version"), `gitops-controller v${manifest.version}`)
      }))

    it.effect("refuses a memory limit that it can't live in, with a sentence", () =>
      Effect.gen(function*() {
        const { command } = yield* TheImage
        const refused = yield* Effect.flip(runIn(command({ memory: "64m" }), "--version"))
        assert.include(refused.message, memoryRefusal(64 * 2 ** 20) ?? "a refusal")
      }))

    it.effect("knows the hosts that come with it, and instead of them those of a mounted /ssh/known_hosts", () =>
      Effect.gen(function*() {
        const { command } = yield* TheImage
        const repository = yield* bareRepository()
        yield* repository.commit({ "README.md": "hello\n" })
        const { identityFile, knownHostsFile, url } = yield* startSshGitServer(repository)
        const check = (files: Readonly<Record<string, string>>) =>
          Effect.gen(function*() {
            const mounts = { "/ssh": yield* secretFolder(files) }
            const env = { KUBERNETES_SERVICE_HOST: "127.0.0.1" }
            return yield* runIn(command({ mounts, env, network: true }), "git", "check", url)
          })
        const refused = yield* Effect.flip(check({ identity: identityFile }))
        assert.include(
          refused.message,
          "the list of well-known Git hosts that comes with this program has no key of it"
        )
        assert.include(yield* check({ identity: identityFile, known_hosts: knownHostsFile }), "✓ push")
      }))
  })

  layer(Layer.merge(sharedControlPlane, TheImage.layer), options)("the image in a cluster", (it) => {
    it.effect(
      "keeps both sides in step over SSH, with a token that is renewed under it, in the least memory that is let in",
      () =>
        Effect.gen(function*() {
          const { command } = yield* TheImage
          const cluster = yield* ControlPlane
          const namespace = yield* cluster.namespace("image")
          const repository = yield* bareRepository()
          const configMap = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: given, namespace: ${namespace} }\n`
          yield* repository.commit({ "given.yaml": configMap })
          const { identityFile, knownHostsFile, url } = yield* startSshGitServer(repository)
          yield* cluster.kubectlOk(["create", "serviceaccount", "controller", "-n", namespace])
          const subject = `--serviceaccount=${namespace}:controller`
          yield* cluster.kubectlOk(["create", "clusterrolebinding", namespace, "--clusterrole=cluster-admin", subject])
          // It is worth nothing any more once the Secret is gone, as if it had expired.
          const token = (secret: string) =>
            cluster.kubectlOk(["create", "secret", "generic", secret, "-n", namespace]).pipe(
              Effect.andThen(
                cluster.kubectlOk(
                  ["create", "token", "controller", "-n", namespace, "--bound-object-kind=Secret"].concat(
                    `--bound-object-name=${secret}`
                  )
                )
              )
            )
          const files = yield* temporaryFolder("gitops-account-")
          writeFileSync(join(files, "token"), yield* token("first"))
          writeFileSync(join(files, "namespace"), namespace)
          const { hostname, port } = new URL(cluster.server)
          const config = {
            http: { port: 0 },
            interval: "1s",
            restore: "off",
            commit: { quiet: "200ms", maxAge: "1s" },
            rules: [
              { resources: ["serviceaccounts"], namespaces: [namespace], names: ["made-*"], syncTo: "git" },
              { resources: ["configmaps"], namespaces: [namespace], syncTo: "kubernetes" }
            ]
          }
          writeFileSync(join(files, "config.yaml"), JSON.stringify(config))
          const account = {
            token: join(files, "token"),
            namespace: join(files, "namespace"),
            "ca.crt": cluster.caFile
          }
          const accountFolder = yield* secretFolder(account)
          const mounts = {
            "/ssh": yield* secretFolder({ identity: identityFile, known_hosts: knownHostsFile }),
            "/config": yield* secretFolder({ "config.yaml": join(files, "config.yaml") }),
            "/var/run/secrets/kubernetes.io/serviceaccount": accountFolder
          }
          const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port }
          const controller = yield* startController({
            command: [
              ...command({ mounts, env, network: true, memory: "128m" }),
              "run",
              "--config",
              "/config/config.yaml"
            ],
            gitUrl: url
          })
          yield* controller.until("the ConfigMap is in step", ({ total }) => total.inStep > 0)
          yield* cluster.kubectlOk(["get", "configmap", "given", "-n", namespace])
          yield* cluster.kubectlOk(["create", "serviceaccount", "made-here", "-n", namespace])
          yield* readRemote(repository).has(`ServiceAccount ${namespace}/made-here`)
          yield* cluster.kubectlOk(["delete", "secret", "first", "-n", namespace])
          yield* eventually("the token is refused", controller.log, (log) => log.includes("401"), { within: 60_000 })
          writeFileSync(join(accountFolder, "token"), yield* token("second"))
          yield* cluster.kubectlOk(["create", "serviceaccount", "made-later", "-n", namespace])
          yield* readRemote(repository).has(`ServiceAccount ${namespace}/made-later`, () => true, { within: 60_000 })
          assert.strictEqual((yield* controller.process.stop).code, 0)
        }),
      180_000
    )
  })
})

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { rmSync, writeFileSync } from "node:fs"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { makeLogin } from "../remote/HttpCredentials.ts"
import { htmlPage, times } from "../remote/HttpFault.ts"
import { type HttpGitServerOptions, startHttpGitServer } from "../remote/HttpGitServer.ts"
import { startController } from "./Controller.ts"

const configMap = (namespace: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: ${namespace} }\ndata: { value: ${value} }\n`

const setUp = Effect.fnUntraced(function*(options: HttpGitServerOptions = {}, files: "empty" | "one" = "one") {
  const cluster = yield* ControlPlane
  const namespace = yield* cluster.namespace("remote")
  const repository = yield* bareRepository()
  if (files === "one") yield* repository.commit({ "a.yaml": configMap(namespace, "one") })
  const server = yield* startHttpGitServer(repository, options)
  const config = {
    gitUrl: server.url,
    stateNamespace: `${namespace}-state`,
    credentials: { https: server.credentials },
    rules: [{ syncTo: "kubernetes" }]
  }
  const start = (change: Readonly<Record<string, unknown>> = {}) =>
    startController({ kubeconfig: cluster.kubeconfig, config: { ...config, ...change } })
  const value = cluster.kubectlOk(["get", "configmap", "a", "-n", namespace, "-o", "jsonpath={.data.value}"])
  const seen = (wanted: string) =>
    eventually(`the value is ${wanted}`, value, (text) => text === wanted, { within: 60_000 })
  const change = (wanted: string) => repository.commit({ "a.yaml": configMap(namespace, wanted) })
  return { change, config, repository, seen, server, start, value }
})

const failing = (words: string) => ({ gitFailure = "" }: { readonly gitFailure?: string }) => gitFailure.includes(words)

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("a repository that cannot be read", (it) => {
  it.effect("an empty one is no failure, and its first commit is applied", () =>
    Effect.gen(function*() {
      const { change, seen, start } = yield* setUp({}, "empty")
      const controller = yield* start()
      const empty = yield* controller.until("it is ready with nothing", ({ ready, settled }) => ready && settled)
      assert.isUndefined(empty.commit)
      assert.isUndefined(empty.gitFailure)
      yield* change("first")
      yield* seen("first")
    }))

  it.effect("a branch that does not exist is told with the branches that do, and followed once it does", () =>
    Effect.gen(function*() {
      const { repository, seen, start } = yield* setUp()
      const controller = yield* start({ branch: "mian" })
      const { gitFailure = "" } = yield* controller.until("the failure is told", failing("mian"))
      assert.match(gitFailure, /has no branch mian.*main/)
      yield* repository.moveBranch(yield* Effect.map(repository.tip(), String), "mian")
      yield* seen("one")
    }))

  it.effect("refused credentials are told with their file and never shown; a rotated password works without a restart", () =>
    Effect.gen(function*() {
      const { change, config, seen, server, start } = yield* setUp({ credentials: "made" })
      const controller = yield* start()
      yield* seen("one")
      const passwordFile = config.credentials.https.passwordFile ?? ""
      const rotated = { ...makeLogin(), username: server.login?.username ?? "" }
      const old = server.login?.password ?? "no password"
      server.setCredentials(rotated)
      yield* change("two")
      const { gitFailure = "" } = yield* controller.until(
        "the refusal is told",
        failing("refuses the credentials (401)")
      )
      assert.include(gitFailure, passwordFile)
      yield* Effect.sync(() => writeFileSync(passwordFile, rotated.password))
      yield* seen("two")
      const log = yield* controller.log
      assert.notInclude(log, old)
      assert.notInclude(log, rotated.password)
      assert.notInclude(gitFailure, old)
    }))

  it.effect("an unknown CA is told with the key of the configuration that cures it", () =>
    Effect.gen(function*() {
      const { start } = yield* setUp()
      const controller = yield* start({ credentials: {} })
      const { gitFailure = "" } = yield* controller.until("the failure is told", failing("certificate isn't trusted"))
      assert.include(gitFailure, "credentials.https.caFile")
    }))

  it.effect("a CA file that is replaced while it runs works without a restart", () =>
    Effect.gen(function*() {
      const { change, config, seen, server, start } = yield* setUp()
      const controller = yield* start()
      yield* seen("one")
      const renewed = yield* server.renewAuthority
      yield* change("two")
      const { caFile = "" } = config.credentials.https
      const { gitFailure = "" } = yield* controller.until("the failure is told", failing("certificate isn't trusted"))
      assert.include(gitFailure, caFile)
      yield* Effect.sync(() => writeFileSync(caFile, renewed))
      yield* seen("two")
    }))

  it.effect("a password file that is missing is told with its path, and used once it is there", () =>
    Effect.gen(function*() {
      const { config, seen, server, start } = yield* setUp({ credentials: "made" })
      const { passwordFile = "" } = config.credentials.https
      rmSync(passwordFile)
      const controller = yield* start()
      const { gitFailure = "" } = yield* controller.until("the failure is told", failing("there is no such file"))
      assert.strictEqual(
        gitFailure,
        `A file of the credentials for ${server.url} can't be used: ${passwordFile}: there is no such file; make it, or mount the volume that holds it`
      )
      assert.isEmpty(server.requests)
      yield* Effect.sync(() => writeFileSync(passwordFile, server.login?.password ?? ""))
      yield* seen("one")
    }))

  it.effect("whatever answers in its place is told, and what was applied stays until it is back", () =>
    Effect.gen(function*() {
      const { change, seen, server, start, value } = yield* setUp()
      const controller = yield* start()
      yield* seen("one")
      yield* change("two")
      for (
        const [fault, message] of [
          [htmlPage, /answers with text\/html instead of Git's protocol, beginning "Sign in/],
          [{ status: 404 }, /There is no repository at https:\S+ \(the server answers 404\)\. Check gitUrl/],
          [
            { status: 500, headers: { "content-type": "text/plain" }, body: "the disk is full\n" },
            /refused \(500\): the disk is full\. Trying again/
          ]
        ] as const
      ) {
        server.setFault(() => fault)
        const told = ({ gitFailure = "" }: { readonly gitFailure?: string }) => message.test(gitFailure)
        const status = yield* controller.until(`${message} is told`, told)
        assert.strictEqual(status.total.inStep, 1)
        assert.strictEqual(yield* value, "one")
      }
      server.setFault(() => undefined)
      yield* seen("two")
    }))

  it.effect("a server that goes away and comes back is waited for", () =>
    Effect.gen(function*() {
      const { change, seen, server, start } = yield* setUp()
      const controller = yield* start()
      yield* seen("one")
      yield* server.stop
      yield* change("two")
      yield* controller.until("the failure is told", failing("can't be reached"))
      yield* server.start
      yield* seen("two")
    }))

  it.effect(
    "a server that stalls is given up on after 30 s, what was applied stays in force, and it goes on by itself",
    () =>
      Effect.gen(function*() {
        const { change, seen, server, start, value } = yield* setUp()
        const controller = yield* start()
        yield* seen("one")
        const silentOnce = times(1, { silent: true })
        server.setFault((request) => request.command === "ls-refs" ? silentOnce(request) : undefined)
        yield* change("two")
        const message = `${server.url} was silent for 30 s: gave up waiting, and trying again`
        const status = yield* controller.until("the silence is told", ({ gitFailure }) => gitFailure === message, {
          within: 45_000
        })
        assert.strictEqual(status.total.inStep, 1)
        assert.strictEqual(yield* value, "one")
        yield* seen("two")
        assert.include(yield* controller.log, message)
      }),
    120_000
  )
})

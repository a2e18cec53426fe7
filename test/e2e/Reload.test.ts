import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { createServer } from "node:net"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { freePort } from "../cluster/FreePort.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { defaults, runCommand, startController } from "./Controller.ts"

const configMap = (namespace: string, name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${namespace} }\ndata: { value: ${value} }\n`

const everything = { syncTo: "kubernetes" }
const leaving = (...names: ReadonlyArray<string>) => ({ resources: ["configmaps"], names, syncTo: "ignore" })

/** A running controller with the ConfigMaps `left` and `kept` in step, and the means to change its configuration. */
const setUp = Effect.fnUntraced(function*() {
  const cluster = yield* ControlPlane
  const namespace = yield* cluster.namespace("reload")
  const repository = yield* bareRepository()
  const commit = yield* repository.commit({
    "left.yaml": configMap(namespace, "left", "git"),
    "kept.yaml": configMap(namespace, "kept", "git")
  })
  const config = (rules: ReadonlyArray<unknown>, change: object = {}) => ({
    ...defaults,
    gitUrl: repository.url,
    stateNamespace: `${namespace}-state`,
    rules,
    ...change
  })
  const controller = yield* startController({ kubeconfig: cluster.kubeconfig, config: config([everything]) })
  yield* controller.inStepWith(commit)
  const said = (text: string) => eventually(`it logs "${text}"`, controller.log, (log) => log.includes(text))
  const value = (name: string) =>
    cluster.kubectlOk(["get", "configmap", name, "-n", namespace, "-o", "jsonpath={.data.value}"])
  const fieldManagers = (name: string) => {
    const format = "jsonpath={.metadata.managedFields[*].manager}"
    return cluster.kubectlOk(["get", "configmap", name, "-n", namespace, "--show-managed-fields", "-o", format])
  }
  const drift = (name: string) =>
    cluster.kubectlOk(["patch", "configmap", name, "-n", namespace, "-p", `{"data":{"value":"drift"}}`])
  const seen = (name: string, wanted: string) =>
    eventually(`${name} is ${wanted}`, value(name), (text) => text === wanted)
  const write = (rules: ReadonlyArray<unknown>, change: object = {}) =>
    controller.rewrite(JSON.stringify(config(rules, change), undefined, 2))
  return { cluster, controller, drift, fieldManagers, repository, said, seen, value, write }
})

/** Somebody else listens on it until the scope closes. */
const occupy = (port: number) =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer()
      server.listen(port, () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.callback<void>((resume) => void server.close(() => resume(Effect.void)))
  )

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("a configuration that changes", (it) => {
  it.effect("gives an object to nobody and back to Git while the rest goes on", () =>
    Effect.gen(function*() {
      const { controller, drift, said, seen, value, write } = yield* setUp()
      yield* write([leaving("left"), everything])
      yield* said("The rules changed: rule set 2")
      yield* controller.until("the other rule has what is left", ({ kinds, settled }) =>
        settled && kinds.some(({ rules }) =>
          rules.some(({ inStep, rule }) => rule === 2 && inStep === 1)
        ))
      yield* drift("left")
      yield* drift("kept")
      yield* seen("kept", "git")
      assert.strictEqual(yield* value("left"), "drift")
      yield* write([everything])
      yield* seen("left", "git")
      assert.strictEqual((yield* controller.log).split("Listening on").length, 2, "nothing was started again")
    }))

  it.effect("is refused while it is broken: the old one goes on, everybody is told, and mending it is enough", () =>
    Effect.gen(function*() {
      const { controller, drift, said, seen, write } = yield* setUp()
      yield* controller.rewrite("rules:\n  - synTo: kubernetes\n")
      const { configuration, settled } = yield* controller.until(
        "the refusal is told",
        ({ configuration }) => configuration !== undefined
      )
      assert.isTrue(settled)
      const mistakes = [
        `config.yaml:1:1: no repository: write "gitUrl: https://host/path" into this file, or give the URL on the command line: gitops-controller [run | validate] https://host/path`,
        `config.yaml:2:5: unknown key "synTo", did you mean "syncTo"?`,
        `config.yaml:2:5: missing key "syncTo"; allowed: git, kubernetes, ignore, both`
      ]
      assert.deepStrictEqual(configuration?.refused.split("\n"), mistakes)
      const line = (yield* controller.log).split("\n").find((text) => text.includes("The configuration is refused"))
      for (const mistake of mistakes) assert.include(line, JSON.stringify(mistake).slice(1, -1))
      const asked = yield* runCommand(["status", "--url", yield* controller.address], controller.folder)
      assert.strictEqual(asked.code, 1)
      assert.include(asked.stdout, mistakes.map((mistake) => `\n  ${mistake}`).join(""))
      assert.match((yield* controller.get("/metrics")).body, /gitops_config_reloads_total\{outcome="refused"\} 1/)
      yield* drift("kept")
      yield* seen("kept", "git")
      yield* write([leaving("left"), everything])
      yield* said("The rules changed: rule set 2")
      yield* controller.until("the notice is gone", ({ configuration }) => configuration === undefined)
      assert.match((yield* controller.get("/metrics")).body, /gitops_config_reloads_total\{outcome="taken"\} 1/)
    }))

  it.effect("is refused while it would leave to nobody what is owned: the old one goes on", () =>
    Effect.gen(function*() {
      const { controller, drift, fieldManagers, said, seen, value, write } = yield* setUp()
      yield* write([leaving("left"), everything], { fieldManager: "another", name: "other" })
      const { configuration, settled } = yield* controller.until(
        "the refusal is told",
        ({ configuration }) => configuration !== undefined
      )
      assert.isTrue(settled)
      const [manager, name, ...others] = configuration?.refused.split("\n") ?? []
      assert.match(
        manager ?? "",
        /^config\.yaml:\d+:3: "fieldManager" can't change from "gitops-controller" to "another" while it runs: /
      )
      assert.match(name ?? "", /^config\.yaml:\d+:3: "name" can't change from "default" to "other" while it runs: /)
      assert.deepStrictEqual(others, [])
      yield* drift("left")
      yield* seen("left", "git")
      assert.notInclude(yield* fieldManagers("left"), "another")
      assert.strictEqual((yield* controller.log).split("Listening on").length, 2, "nothing was started again")
      yield* write([leaving("left"), everything])
      yield* said("The rules changed: rule set 2")
      yield* controller.until("the notice is gone", ({ configuration }) => configuration === undefined)
      yield* drift("left")
      yield* drift("kept")
      yield* seen("kept", "git")
      assert.strictEqual(yield* value("left"), "drift")
    }))

  it.effect("starts anew under other settings in the same process, and goes back when it can't", () =>
    Effect.gen(function*() {
      const { controller, drift, repository, said, seen, write } = yield* setUp()
      const port = yield* freePort
      yield* write([everything], { http: { port }, interval: "2s" })
      yield* said("The configuration changed (interval, http.port): starting again under it")
      yield* said(`:${port}: /status`)
      yield* controller.until("it works again", ({ ready, settled }) => ready && settled)
      yield* drift("kept")
      yield* seen("kept", "git")
      assert.isFalse(yield* controller.process.hasExited)
      const taken = yield* freePort
      yield* occupy(taken)
      yield* write([everything], { http: { port: taken }, interval: "2s" })
      const status = yield* controller.until(
        "the old one is back",
        ({ configuration, ready, settled }) => configuration !== undefined && ready && settled
      )
      assert.include(status.configuration?.refused, `Port ${taken} can't be listened on: another program listens there`)
      assert.include(yield* controller.address, `:${port}`, "the last one that came up is back, not the first")
      const next = yield* repository.commit({ "kept.yaml": null })
      yield* controller.inStepWith(next)
      yield* write([everything], { http: { port }, interval: "2s" })
      yield* controller.until("the notice is gone", ({ configuration }) => configuration === undefined)
    }))
})

import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import * as Config from "../../src/config/Config.ts"
import { load, rule } from "./samples.ts"

const url = "gitUrl: file:///srv/git/cluster.git\n"

/** What is wrong with a text for a process that runs under another one, without the folder. */
const refused = Effect.fnUntraced(function*(running: string, text: string, podNamespace = "pod") {
  const files = yield* FileSystem.FileSystem
  const file = `${yield* files.makeTempDirectoryScoped({ prefix: "gitops-config-" })}/config.yaml`
  yield* files.writeFileString(file, text)
  const before = yield* load(running, { podNamespace })
  const followed = yield* Effect.result(Config.follow({ file, podNamespace }, before))
  return followed._tag === "Success" ? [] : followed.failure.message.replaceAll(file, "config.yaml").split("\n")
})

const instead = `To change it, stop it, run "gitops-controller release --all" with the old configuration, ` +
  "and then start it with the new one"
const lostRecord = `the record of what it owns in the cluster would never be looked at again. ${instead}`

layer(NodeServices.layer)("A process that runs can't become another", (it) => {
  it.effect("each key that would make it so is refused at its place, in the order of the file", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* refused(url + rule, url + "fieldManager: x\n" + rule + "stateNamespace: state\nname: other\n"),
        [
          `config.yaml:2:1: "fieldManager" can't change from "gitops-controller" to "x" while it runs: what it owns in the cluster would keep its old owner. ${instead}`,
          `config.yaml:5:1: "stateNamespace" can't change from "pod" to "state" while it runs: ${lostRecord}`,
          `config.yaml:6:1: "name" can't change from "default" to "other" while it runs: ${lostRecord}`
        ]
      )
    }))

  it.effect("leaving such a key out is a change, too", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* refused(url + rule + "name: other\n", url + rule), [
        `config.yaml:1:1: "name" can't change from "other" to "default" while it runs: ${lostRecord}`
      ])
    }))

  it.effect("writing down what counted anyway is none, nor is any other setting", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* refused(
          url + rule,
          "gitUrl: file:///srv/git/other.git\nbranch: main\nnamespace: shop\ninterval: 1m\nhttp: { port: 1 }\n" +
            "rules: [{ syncTo: ignore }]\nname: default\nstateNamespace: pod\nfieldManager: gitops-controller\n"
        ),
        []
      )
    }))

  it.effect("a file with mistakes is told of those first", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* refused(url + rule, url + rule + "name: other\nbranhc: main\n"), [
        `config.yaml:5:1: unknown key "branhc", did you mean "branch"?`
      ])
    }))
})

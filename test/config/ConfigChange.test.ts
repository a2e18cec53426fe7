import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { changeOf } from "../../src/config/ConfigChange.ts"
import { load } from "./samples.ts"

const url = "gitUrl: file:///srv/git/cluster.git\n"
const rules = "rules:\n  - { resources: [configmaps], syncTo: kubernetes }\n"

const change = Effect.fnUntraced(function*(before: string, after: string) {
  return changeOf(yield* load(before), yield* load(after))
})

layer(NodeServices.layer)("Between two configurations", (it) => {
  it.effect("nothing differs when only comments, order, spelling or written-out defaults do", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* change(
          url + rules + "interval: 60s\ncommit: { author: { name: a } }\n",
          "# moved down\n" + rules + url +
            "branch:\ncommit:\n  quiet: 2s\n  author:\n    name: a\ninterval: 1m\nhttp: { port: 8080 }\n".replace(
              "branch:\n",
              ""
            )
        ),
        { rules: false, settings: [] }
      )
    }))

  it.effect("new rules are no other settings", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* change(url + rules, url + rules.replace("kubernetes", "ignore")), {
        rules: true,
        settings: []
      })
      assert.deepStrictEqual(yield* change(url + rules, url + rules + "  - { syncTo: ignore }\n"), {
        rules: true,
        settings: []
      })
    }))

  it.effect("every other setting is named by its key, also one that comes or goes", () =>
    Effect.gen(function*() {
      const before = url + rules + "branch: main\ncredentials: { ssh: { identity: /ssh/a } }\n"
      const after = "gitUrl: file:///srv/git/other.git\n" + rules +
        "interval: 31s\nhttp: { port: 9090 }\ncredentials: { ssh: { identity: /ssh/b, knownHosts: /ssh/known } }\n" +
        "commit: { author: { email: a@example.com } }\nfieldManager: another\n"
      const found = yield* change(before, after)
      assert.isFalse(found.rules)
      assert.deepStrictEqual(found.settings.toSorted(), [
        "branch",
        "commit.author.email",
        "credentials.ssh.identity",
        "credentials.ssh.knownHosts",
        "fieldManager",
        "gitUrl",
        "http.port",
        "interval"
      ])
    }))
})

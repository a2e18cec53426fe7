import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { DocumentChange } from "../../../src/git/GitMessages.ts"
import { planCommit } from "../../../src/inspect/plan/PlanCommit.ts"
import { readDirectory } from "../../../src/inspect/readDirectory.ts"
import { Survey } from "../../../src/inspect/Survey.ts"
import { field } from "../../../src/manifest/FieldPath.ts"
import { unknown } from "../../../src/manifest/FieldType.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { gitOptions } from "../reading.ts"

const key = (name: string) => ({ group: "", kind: "ConfigMap", namespace: "shop", name })

const document = (name: string) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: "shop" } })

const text = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\ndata: { a: ${value} } # kept\n`

const why = { rule: "rule 1", changedBy: [{ fieldManager: "kubectl-edit" }, { fieldManager: "kubectl-edit" }] }

const patch = (name: string, previous: string, value: string): DocumentChange => ({
  _tag: "PatchDocument",
  key: key(name),
  type: unknown,
  changes: [{ _tag: "Set", path: [field("data"), field("a")], value, previous }],
  why
})

const planned = Effect.fnUntraced(
  function*(
    files: Readonly<Record<string, string>>,
    changes: ReadonlyArray<DocumentChange>
  ) {
    const folder = yield* temporaryFolder("gitops-plan-")
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    }
    const { files: source, origin, tip } = yield* readDirectory(folder)
    const served = { kinds: new Map(), unknownGroups: new Set<string>() }
    const survey = Layer.mock(Survey)({ files: source, origin, tip, served, ruleset: { number: 1, rules: [] } })
    return yield* planCommit(changes.map((change) => ({ stage: 3, change })), { cluster: "c", obstacle: undefined })
      .pipe(
        Effect.provide(survey)
      )
  },
  Effect.scoped,
  Effect.provide(Layer.merge(NodeServices.layer, gitOptions({})))
)

describe("the commit of a plan", () => {
  it.live("edits the file that holds the document, and says who set what", () =>
    Effect.gen(function*() {
      const { commit, objects } = yield* planned({ "a.yaml": text("web", "one") }, [patch("web", "one", "two")])
      assert.deepStrictEqual(commit?.files, [{
        path: "a.yaml",
        action: "change",
        diff: [
          "@@ -1,4 +1,4 @@",
          " apiVersion: v1",
          " kind: ConfigMap",
          " metadata: { name: web, namespace: shop }",
          "-data: { a: one } # kept",
          "+data: { a: two } # kept"
        ]
      }])
      assert.deepStrictEqual(objects, [{
        stage: 3,
        kind: "ConfigMap",
        object: "shop/web",
        place: "a.yaml:1",
        outcome: {
          _tag: "Write",
          isNew: false,
          fields: [[field("data"), field("a")]],
          setBy: ["kubectl-edit"],
          remark: undefined
        }
      }])
    }))

  it.live("shows nothing of a file in which a Secret stands", () =>
    Effect.gen(function*() {
      const secret =
        "---\napiVersion: v1\nkind: Secret\nmetadata: { name: s, namespace: shop }\nstringData: { a: planted }\n"
      const { commit } = yield* planned({ "a.yaml": text("web", "one") + secret }, [patch("web", "one", "two")])
      assert.deepStrictEqual(commit?.files, [{ path: "a.yaml", action: "change", diff: undefined }])
    }))

  it.live("leaves out what can't be written, and what needs it, and tells of each", () =>
    Effect.gen(function*() {
      const put = (name: string, needs: ReadonlyArray<string>): DocumentChange => ({
        _tag: "PutDocument",
        key: key(name),
        manifest: document(name),
        needs: needs.map(key),
        why
      })
      const { commit, objects } = yield* planned({ "a.yaml": text("web", "one"), "b.yaml": text("old", "other") }, [
        put("with-both", ["web", "fresh"]),
        put("fresh", []),
        put("alone", ["missing"]),
        put("with-alone", ["alone"]),
        patch("old", "one", "two")
      ])
      assert.deepStrictEqual(commit?.files.map(({ action, path }) => [action, path]), [
        ["add", "shop/configmap-fresh.yaml"],
        ["add", "shop/configmap-with-both.yaml"]
      ])
      assert.deepStrictEqual(objects.map(({ outcome }) => outcome._tag), [
        "Write",
        "Write",
        "Waiting",
        "Waiting",
        "Waiting"
      ])
      assert.include(
        objects.map(({ outcome }) => "reason" in outcome ? outcome.reason : ""),
        "goes to Git together with ConfigMap shop/missing, which can't yet"
      )
    }))

  it.live("is none where Git says all of it already", () =>
    Effect.gen(function*() {
      const { commit, objects } = yield* planned({}, [])
      assert.deepStrictEqual([commit, objects], [undefined, []])
    }))
})

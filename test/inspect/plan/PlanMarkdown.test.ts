import { assert, describe, it } from "@effect/vitest"
import { planMarkdown } from "../../../src/inspect/plan/PlanMarkdown.ts"
import { everything, object, path, plan, touched } from "../PlanSamples.ts"

const large = (name: string) =>
  object(
    touched({
      _tag: "Added",
      path: path("data", "x"),
      after: Array.from({ length: 50 }, (_, index) => `line ${index} of ${name}\n`).join(""),
      isHidden: false,
      setBy: []
    }),
    { object: name }
  )

describe("the plan as Markdown", () => {
  it("folds each object that has something to show, and says first what has to be mended", () => {
    const text = planMarkdown(everything)
    assert.deepStrictEqual(text.split("\n").slice(0, 14), [
      "### Plan: 2 to create, 1 to change, 1 to release, 1 to take over, 2 to write to Git, 1 to delete, 2 in step, 1 refused, 1 waiting, 1 left alone",
      "",
      "From https://git.example.com/acme/cluster.git, branch main, commit 0123456789ab<br>to https://api.example.com:6443 (context prod)",
      "",
      "_Estimated: no permission for a dry run._",
      "",
      "**Files to mend:**",
      "",
      "```diff",
      "apps/broken.yaml:7:3: this is no YAML",
      "```",
      "",
      "**Rules to mend:**",
      ""
    ])
    assert.include(text, "\n- <code>+ create Namespace shop</code> ns.yaml:1\n")
    assert.include(
      text,
      [
        "<details><summary><code>~ change Deployment.apps shop/web</code> apps/web.yaml:1</summary>",
        "",
        "```diff",
        "! /spec/replicas: 3 → 5   (set by kubectl-edit; autoscaler, which may set it again)"
      ].join("\n")
    )
    assert.include(
      text,
      [
        "**To Git, branch main, in a commit:**",
        "",
        "```",
        "Update Deployment shop/api and create ConfigMap shop/new"
      ].join("\n")
    )
    assert.include(
      text,
      [
        "<details><summary><code>shop/configmap-new.yaml</code></summary>",
        "",
        "```diff",
        "--- /dev/null",
        "+++ b/shop/configmap-new.yaml",
        "@@ -0,0 +1,2 @@",
        "+a: `x`",
        "+b",
        "```"
      ].join("\n")
    )
    assert.strictEqual(text.match(/<details>/g)?.length, text.match(/<\/details>/g)?.length)
  })

  it("stays below what a comment may hold, and counts what was left out", () => {
    const objects = Array.from({ length: 200 }, (_, index) => large(`shop/web-${index}`))
    const text = planMarkdown(plan(objects, { passedOver: [{ place: "charts", message: "a Helm chart" }] }))
    const shown = text.match(/<details>/g)?.length ?? 0
    assert.isBelow(text.length, 60_000)
    assert.isAbove(text.length, 50_000)
    assert.include(text, `_${200 - shown} more objects left out: this comment would be too long._`)
    assert.include(text, "charts: a Helm chart")
    assert.notInclude(planMarkdown(plan([large("shop/web")])), "left out")
  })

  it("has as many files as there is room for, after the objects", () => {
    const files = Array.from({ length: 200 }, (_, index) => ({
      path: `shop/configmap-${index}.yaml`,
      action: "add" as const,
      diff: Array.from({ length: 50 }, (_, line) => `+line ${line}`)
    }))
    const commit = { obstacle: undefined, branch: "main", message: "Create 200 ConfigMap objects\n", files }
    const text = planMarkdown(plan([large("shop/web")], { commit }))
    const shown = text.match(/<details>/g)?.length ?? 0
    assert.isBelow(text.length, 60_000)
    assert.isAbove(text.length, 50_000)
    assert.include(text, `_${201 - shown} more files left out: this comment would be too long._`)
    assert.include(text, "ConfigMap shop/web")
  })

  it("stays below it whatever is too long", () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({ place: `file-${index}.yaml`, message: "is broken" }))
    const text = planMarkdown(plan([large("shop/web")], { problems: many, passedOver: many, ruleProblems: many }))
    assert.isBelow(text.length, 60_000)
    assert.match(text, /\n\.\.\. and \d+ more lines\n/)
    const endless = planMarkdown(plan([object({ _tag: "Refused", reason: "x".repeat(100_000) })]))
    assert.isBelow(endless.length, 60_000)
  })

  it("can't be broken out of by what it shows", () => {
    const text = planMarkdown(plan([
      object(touched({
        _tag: "Added",
        path: path("data", "x"),
        after: "a\n````\n</details> <img src=x> @everybody\n",
        isHidden: false,
        setBy: []
      })),
      object({ _tag: "Create", after: undefined, givenBack: [] }, { place: "a<b>`c`@d.yaml:1" })
    ]))
    assert.include(text, "`````diff\n")
    assert.include(text, "a&lt;b&gt;&#96;c&#96;@&#8203;d.yaml:1")
  })
})

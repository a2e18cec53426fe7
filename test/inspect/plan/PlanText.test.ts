import { assert, describe, it } from "@effect/vitest"
import { hasFaults, hasWork, inOrder } from "../../../src/inspect/plan/Plan.ts"
import { planText } from "../../../src/inspect/plan/PlanText.ts"
import { everything, object, path, plan, touched } from "../PlanSamples.ts"

const bodyOf = (text: string) => text.split("\n").slice(4, -2).map((line) => line.slice(4))

const changed = (before: string, after: string) =>
  bodyOf(planText(plan([
    object(touched({ _tag: "Changed", path: path("data", "x"), before, after, isHidden: false, setBy: [] }))
  ])))

describe("the plan as text", () => {
  it("names every object with what happens to it, and counts", () => {
    assert.deepStrictEqual(planText(everything).split("\n"), [
      "From https://git.example.com/acme/cluster.git, branch main, commit 0123456789ab",
      "to https://api.example.com:6443 (context prod)",
      "",
      "+ create Namespace shop   ns.yaml:1",
      "+ create ConfigMap shop/settings (after Namespace shop)   apps/settings.yaml:1",
      "    then let go of: /spec/replicas",
      "~ change Deployment.apps shop/web   apps/web.yaml:1",
      "    ~ /spec/replicas: 3 → 5   (set by kubectl-edit; autoscaler, which may set it again)",
      "    + /spec/template/spec/containers/[name=log]/env: [{\"name\":\"A\",\"value\":\"b\"}]",
      "    - /metadata/annotations/a~1b: \"old\"",
      "    ~ /spec/template/spec/containers: in the order [name=log], [name=app]",
      "    released /spec/paused: stays false",
      "    who owns which field is not known, as somebody took metadata.managedFields away: nothing is let go of or removed",
      "    taken over from kubectl-create: /spec/replicas, /spec/template",
      "- release ConfigMap shop/let-go   apps/web.yaml:1",
      "    released /data/a: stays \"1\"",
      "    released /data/b: has no value",
      "= take over ConfigMap shop/taken   apps/web.yaml:1",
      "    taken over from helm: /data/a",
      "> write Deployment.apps shop/api   apps/api.yaml:1",
      "    /spec/replicas, /spec/paused   (set by kubectl-edit)",
      "    the cluster decides this field",
      "> write ConfigMap shop/new   shop/configmap-new.yaml",
      "    a new document",
      "! refused ConfigMap shop/bad   apps/bad.yaml:3:5",
      "    it is wrong; mend it",
      "? waiting ConfigMap old/web   apps/web.yaml:1",
      "    its namespace is going",
      ". held ConfigMap shop/held   apps/web.yaml:1",
      "    its rule is suspended",
      "x delete ConfigMap shop/gone",
      "    Git holds it no longer",
      "",
      "To Git, branch main, in a commit:",
      "",
      "    Update Deployment shop/api and create ConfigMap shop/new",
      "",
      "    - the lines of it",
      "",
      "--- a/apps/api.yaml",
      "+++ b/apps/api.yaml",
      "there is a Secret in this file, so its text is not shown",
      "--- /dev/null",
      "+++ b/shop/configmap-new.yaml",
      "@@ -0,0 +1,2 @@",
      "+a: `x`",
      "+b",
      "",
      "Files to mend:",
      "  apps/broken.yaml:7:3: this is no YAML",
      "",
      "Rules to mend:",
      "  config.yaml:4:7: the filter does not fit",
      "",
      "Rules that wait:",
      "  config.yaml:9:7: the cluster serves no \"widgets\"",
      "",
      "Passed over:",
      "  charts/web: a Helm chart",
      "",
      "Estimated: no permission for a dry run.",
      "",
      "Plan: 2 to create, 1 to change, 1 to release, 1 to take over, 2 to write to Git, 1 to delete, 2 in step, 1 refused, 1 waiting, 1 left alone"
    ])
  })

  it("says so when there is nothing to do", () => {
    const nothing = plan([object({ _tag: "InStep" })])
    assert.deepStrictEqual(planText(nothing).split("\n").slice(2), ["", "Plan: 0 to create, 0 to change, 1 in step"])
    assert.isFalse(hasWork(nothing))
    assert.isTrue(hasWork(everything))
    const writes = { _tag: "Write", isNew: true, fields: [], setBy: [], remark: undefined } as const
    assert.isTrue(hasWork(plan([object(writes)])))
    assert.isFalse(hasFaults(nothing))
    assert.isTrue(hasFaults(plan([object({ _tag: "Refused", reason: "" })])))
  })

  it("shows texts of several lines line by line, with what stands near", () => {
    assert.deepStrictEqual(changed("1\n2\n3\n4\n5\n6\n7\n8\n", "1\n2\n3\n4\nfive\n6\n7\n8\n"), [
      "~ /data/x:",
      "    ...",
      "    3",
      "    4",
      "  - 5",
      "  + five",
      "    6",
      "    7",
      "    ..."
    ])
    assert.deepStrictEqual(changed("a\nb\nc", "b\nc\nd"), ["~ /data/x:", "  - a", "    b", "    c", "  + d"])
    assert.deepStrictEqual(changed("one", "one\ntwo"), ["~ /data/x:", "  - \"one\"", "  + one", "  + two"])
  })

  it("spreads long values over lines, and stays bounded", () => {
    const [first, ...rest] = bodyOf(planText(plan([
      object(touched({
        _tag: "Added",
        path: path("data", "x"),
        after: { list: Array.from({ length: 100 }, (_, index) => `item ${index}`), long: "x".repeat(1000) },
        isHidden: false,
        setBy: []
      }))
    ])))
    assert.strictEqual(first, "+ /data/x:")
    assert.deepStrictEqual(rest.slice(0, 3), ["  + list:", "  + - item 0", "  + - item 1"])
    assert.strictEqual(rest.at(-1), "    ... and 42 more lines")
    const lines = changed("x".repeat(1000), "y".repeat(1000))
    assert.isBelow(Math.max(...lines.map((line) => line.length)), 300)
    const large = (text: string) => Array.from({ length: 5000 }, (_, index) => `${text}${index}`).join("\n")
    assert.isBelow(changed(large("a"), large("b")).length, 100)
  })

  it("lets nothing through that moves the cursor", () => {
    assert.deepStrictEqual(changed("\u001b[2Ka\n\u202eb", "c\n"), [
      "~ /data/x:",
      "  - \ufffd[2Ka",
      "  - \ufffdb",
      "  + c"
    ])
    assert.deepStrictEqual(changed("\u009b", "b"), ["~ /data/x: \"\ufffd\" → \"b\""])
  })

  it("is in the order in which things are done, then by kind and name", () => {
    const names = inOrder([
      object({ _tag: "InStep" }, { object: "b/a" }),
      object({ _tag: "InStep" }, { object: "a/b" }),
      object({ _tag: "InStep" }, { kind: "Deployment.apps", object: "a/a" }),
      object({ _tag: "InStep" }, { stage: 4, kind: "APIService.apiregistration.k8s.io", object: "a" }),
      object({ _tag: "InStep" }, { stage: 1, kind: "Namespace", object: "z" })
    ]).map(({ kind, object }) => `${kind} ${object}`)
    assert.deepStrictEqual(names, [
      "Namespace z",
      "ConfigMap a/b",
      "ConfigMap b/a",
      "Deployment.apps a/a",
      "APIService.apiregistration.k8s.io a"
    ])
  })
})

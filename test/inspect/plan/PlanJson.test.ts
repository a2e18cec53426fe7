import { assert, describe, it } from "@effect/vitest"
import { planJson } from "../../../src/inspect/plan/PlanJson.ts"
import { encodeJson } from "../../../src/manifest/JsonText.ts"
import { everything, object, path, plan, touched } from "../PlanSamples.ts"

describe("the plan as JSON", () => {
  it("has every object that is not in step, with what happens to it", () => {
    const { commit, counts, hasFaults, hasWork, objects } = JSON.parse(encodeJson(planJson(everything)))
    assert.deepStrictEqual(counts, {
      "create": 2,
      "change": 1,
      "release": 1,
      "take over": 1,
      "write": 2,
      "in step": 2,
      "refused": 1,
      "waiting": 1,
      "held": 1,
      "delete": 1
    })
    assert.deepStrictEqual([hasWork, hasFaults], [true, true])
    assert.deepStrictEqual(objects.slice(1, 3), [
      {
        action: "create",
        kind: "ConfigMap",
        object: "shop/settings",
        place: "apps/settings.yaml:1",
        after: "Namespace shop",
        givenBack: ["/spec/replicas"]
      },
      {
        action: "change",
        kind: "Deployment.apps",
        object: "shop/web",
        place: "apps/web.yaml:1",
        changes: [
          {
            path: "/spec/replicas",
            change: "changed",
            before: 3,
            after: 5,
            setBy: [{ manager: "kubectl-edit", mayReturn: false }, { manager: "autoscaler", mayReturn: true }]
          },
          {
            path: "/spec/template/spec/containers/[name=log]/env",
            change: "added",
            after: [{ name: "A", value: "b" }]
          },
          { path: "/metadata/annotations/a~1b", change: "removed", before: "old" },
          { path: "/spec/template/spec/containers", change: "ordered", order: ["[name=log]", "[name=app]"] }
        ],
        released: [{ path: "/spec/paused", stays: false }],
        taken: [{ manager: "kubectl-create", paths: ["/spec/replicas", "/spec/template"] }],
        ownerUnknown: true
      }
    ])
    assert.deepStrictEqual(commit, {
      branch: "main",
      message: "Update Deployment shop/api and create ConfigMap shop/new\n\n- the lines of it\n",
      files: [
        { path: "apps/api.yaml", action: "change", hidden: true },
        { path: "shop/configmap-new.yaml", action: "add", diff: "@@ -0,0 +1,2 @@\n+a: `x`\n+b\r\n" }
      ]
    })
    assert.deepStrictEqual(objects.slice(5, 8), [
      {
        action: "write",
        kind: "Deployment.apps",
        object: "shop/api",
        place: "apps/api.yaml:1",
        isNew: false,
        fields: ["/spec/replicas", "/spec/paused"],
        setBy: ["kubectl-edit"],
        remark: "the cluster decides this field"
      },
      {
        action: "write",
        kind: "ConfigMap",
        object: "shop/new",
        place: "shop/configmap-new.yaml",
        isNew: true,
        fields: [],
        setBy: []
      },
      {
        action: "refused",
        kind: "ConfigMap",
        object: "shop/bad",
        place: "apps/bad.yaml:3:5",
        reason: "it is wrong; mend it"
      }
    ])
  })

  it("loses no digit of a number", () => {
    const change = {
      _tag: "Added",
      path: path("spec", "size"),
      after: 9007199254740993n,
      isHidden: false,
      setBy: []
    } as const
    assert.include(encodeJson(planJson(plan([object(touched(change))]))), "\"after\":9007199254740993")
  })
})

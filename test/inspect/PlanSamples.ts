// Small plans for tests of what is made of them.
import type { Plan, PlannedChange, PlannedObject } from "../../src/inspect/plan/Plan.ts"
import type { FieldPath } from "../../src/manifest/FieldPath.ts"

/** Of names alone. */
export const path = (...names: ReadonlyArray<string>): FieldPath => names.map((name) => ({ _tag: "Field", name }))

export const plan = (objects: ReadonlyArray<PlannedObject>, change: Partial<Plan> = {}): Plan => ({
  origin: "https://git.example.com/acme/cluster.git, branch main, commit 0123456789ab",
  cluster: "https://api.example.com:6443 (context prod)",
  obstacle: undefined,
  objects,
  commit: undefined,
  unseen: [],
  problems: [],
  ruleProblems: [],
  waitingRules: [],
  passedOver: [],
  notes: [],
  ...change
})

export const object = (
  outcome: PlannedObject["outcome"],
  change: Partial<Omit<PlannedObject, "outcome">> = {}
): PlannedObject => ({ stage: 3, kind: "ConfigMap", object: "shop/web", place: "apps/web.yaml:1", outcome, ...change })

export const touched = (...changes: ReadonlyArray<PlannedChange>): PlannedObject["outcome"] => ({
  _tag: "Touch",
  changes,
  released: [],
  taken: [],
  ownerUnknown: false
})

const told = { isHidden: false, setBy: [] }

/** One of everything. */
export const everything: Plan = plan([
  object({ _tag: "Create", after: undefined, givenBack: [] }, {
    stage: 1,
    kind: "Namespace",
    object: "shop",
    place: "ns.yaml:1"
  }),
  object({ _tag: "Create", after: "Namespace shop", givenBack: [path("spec", "replicas")] }, {
    place: "apps/settings.yaml:1",
    object: "shop/settings"
  }),
  object(
    {
      _tag: "Touch",
      changes: [
        {
          _tag: "Changed",
          path: path("spec", "replicas"),
          before: 3,
          after: 5,
          isHidden: false,
          setBy: [{ manager: "kubectl-edit", mayReturn: false }, { manager: "autoscaler", mayReturn: true }]
        },
        {
          _tag: "Added",
          path: [
            ...path("spec", "template", "spec", "containers"),
            { _tag: "Item", keys: { name: "log" } },
            ...path("env")
          ],
          after: [{ name: "A", value: "b" }],
          ...told
        },
        { _tag: "Removed", path: path("metadata", "annotations", "a/b"), before: "old", ...told },
        {
          _tag: "Ordered",
          path: path("spec", "template", "spec", "containers"),
          order: [{ _tag: "Item", keys: { name: "log" } }, { _tag: "Item", keys: { name: "app" } }],
          ...told
        }
      ],
      released: [{ path: path("spec", "paused"), stays: false, isHidden: false }],
      taken: [{ manager: "kubectl-create", paths: [path("spec", "replicas"), path("spec", "template")] }],
      ownerUnknown: true
    },
    { kind: "Deployment.apps" }
  ),
  object({
    _tag: "Touch",
    changes: [],
    released: [{ path: path("data", "a"), stays: "1", isHidden: false }, {
      path: path("data", "b"),
      stays: undefined,
      isHidden: false
    }],
    taken: [],
    ownerUnknown: false
  }, { object: "shop/let-go" }),
  object({
    _tag: "Touch",
    changes: [],
    released: [],
    taken: [{ manager: "helm", paths: [path("data", "a")] }],
    ownerUnknown: false
  }, {
    object: "shop/taken"
  }),
  object({
    _tag: "Write",
    isNew: false,
    fields: [path("spec", "replicas"), path("spec", "paused")],
    setBy: ["kubectl-edit"],
    remark: "the cluster decides this field"
  }, { kind: "Deployment.apps", object: "shop/api", place: "apps/api.yaml:1" }),
  object({ _tag: "Write", isNew: true, fields: [], setBy: [], remark: undefined }, {
    object: "shop/new",
    place: "shop/configmap-new.yaml"
  }),
  object({ _tag: "InStep" }, { object: "shop/in-step" }),
  object({ _tag: "Touch", changes: [], released: [], taken: [], ownerUnknown: false }, { object: "shop/in-step-too" }),
  object({ _tag: "Refused", reason: "it is wrong; mend it" }, { object: "shop/bad", place: "apps/bad.yaml:3:5" }),
  object({ _tag: "Waiting", reason: "its namespace is going" }, { object: "old/web" }),
  object({ _tag: "Held", reason: "its rule is suspended" }, { object: "shop/held" }),
  object({ _tag: "Delete", uid: "u1", always: false, reason: "Git holds it no longer" }, {
    object: "shop/gone",
    place: undefined
  })
], {
  commit: {
    obstacle: undefined,
    branch: "main",
    message: "Update Deployment shop/api and create ConfigMap shop/new\n\n- the lines of it\n",
    files: [
      { path: "apps/api.yaml", action: "change", diff: undefined },
      { path: "shop/configmap-new.yaml", action: "add", diff: ["@@ -0,0 +1,2 @@", "+a: `x`", "+b\r"] }
    ]
  },
  problems: [{ place: "apps/broken.yaml:7:3", message: "this is no YAML" }],
  ruleProblems: [{ place: "config.yaml:4:7", message: "the filter does not fit" }],
  waitingRules: [{ place: "config.yaml:9:7", message: "the cluster serves no \"widgets\"" }],
  passedOver: [{ place: "charts/web", message: "a Helm chart" }],
  notes: ["Estimated: no permission for a dry run."]
})

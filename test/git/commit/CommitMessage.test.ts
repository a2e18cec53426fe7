import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { commitMessage } from "../../../src/git/commit/CommitMessage.ts"
import type { ObjectChange } from "../../../src/git/commit/ObjectChange.ts"
import type { FieldChange } from "../../../src/manifest/FieldChange.ts"
import { field, type FieldPath, type Step } from "../../../src/manifest/FieldPath.ts"
import type { Json } from "../../../src/manifest/Manifest.ts"
import { git } from "../../remote/NativeGit.ts"

const web: ObjectChange = {
  verb: "update",
  kind: "Deployment.apps",
  namespace: "shop",
  name: "web",
  path: "shop/web.yaml",
  fields: [],
  rule: "rule 1 (deployments)"
}
const service: ObjectChange = { ...web, kind: "Service" }
const role: ObjectChange = { ...web, kind: "ClusterRole.rbac.authorization.k8s.io", namespace: "", name: "view" }

const controller = { name: "gitops-controller", version: "1.2.3" }
const messageOf = (...changes: ReadonlyArray<ObjectChange>) => commitMessage({ changes, controller, cluster: "c-1" })
const subjectOf = (...changes: ReadonlyArray<ObjectChange>) => messageOf(...changes).split("\n")[0]

const times = (count: number, change: (index: number) => Partial<ObjectChange>) =>
  Array.from({ length: count }, (_, index) => ({ ...web, name: `web-${index}`, ...change(index) }))

const at = (...steps: ReadonlyArray<Step | string>): FieldPath =>
  steps.map((step) => typeof step === "string" ? field(step) : step)
const set = (path: FieldPath, value: Json, previous?: Json): FieldChange => ({ _tag: "Set", path, value, previous })

const app: Step = { _tag: "Item", keys: { name: "app" } }
const image = set(at("spec", "template", "spec", "containers", app, "image"), "nginx:1.28", "nginx:1.27")
const replicas = set(at("spec", "replicas"), 3, 2)
const tier: FieldChange = { _tag: "Remove", path: at("metadata", "labels", "tier"), previous: "web" }
const changing = (...fields: ReadonlyArray<FieldChange>): ObjectChange => ({ ...web, fields })

describe("the subject of a commit", () => {
  it.each<[string, ReadonlyArray<ObjectChange>]>([
    ["Update Deployment shop/web", [web]],
    ["Create ClusterRole view", [{ ...role, verb: "create" }]],
    ["Update Deployment shop/web and Service shop/web", [web, service]],
    ["Remove 3 Deployment objects in shop", times(3, () => ({ verb: "remove" }))],
    ["Update 3 objects in shop", [...times(2, () => ({})), service]],
    ["Update 3 Deployment objects in 3 namespaces", times(3, (index) => ({ namespace: `n-${index}` }))],
    ["Update 4 objects", [...times(3, () => ({})), role]],
    ["Update 3 ClusterRole objects", times(3, () => ({ kind: role.kind, namespace: "" }))],
    ["Change 2 Deployment objects in shop (1 created, 1 updated)", [{ ...web, verb: "create" }, web]],
    [
      "Change 3 objects in shop (1 created, 1 updated, 1 removed)",
      [{ ...web, verb: "create" }, service, { ...web, verb: "remove" }]
    ],
    [`Update Deployment shop/${"x".repeat(47)}…`, [{ ...web, name: "x".repeat(200) }]],
    ["Set image of Deployment shop/web to nginx:1.28", [changing(image)]],
    ["Set replicas of Deployment shop/web to 3", [changing(replicas)]],
    ["Update image and replicas of Deployment shop/web", [changing(image, replicas)]],
    ["Update image, replicas and label tier of Deployment shop/web", [changing(image, replicas, tier)]],
    ["Remove label tier of Deployment shop/web", [changing(tier)]],
    ["Set label tier of Deployment shop/web to \"\"", [changing(set(tier.path, ""))]],
    ["Update containers of Deployment shop/web", [changing(set(at("spec", "containers", app), { name: "app" }))]],
    ["Update image of 3 Deployment objects in shop", times(3, () => ({ fields: [image] }))],
    ["Update 3 Deployment objects in shop", times(3, (index) => ({ fields: [index === 0 ? image : replicas] }))],
    ["Set image of Deployment shop/web", [changing(set(image.path, `nginx:${"1".repeat(40)}`, "nginx"))]],
    ["Update Deployment shop/web", [changing(set(at("data", "x".repeat(60)), "1", "2"))]],
    ["Update password of Secret shop/web", [{ ...changing(set(at("data", "password"), "geheim")), kind: "Secret" }]],
    ["Update 2 Deployment objects in shop", times(2, () => ({ name: "y".repeat(40) }))]
  ])("is \"%s\"", (subject, changes) => {
    assert.strictEqual(subjectOf(...changes), subject)
  })
})

describe("the message of a commit", () => {
  it("has a line for each object, who changed it, why, and each field, and trailers at its end", () => {
    const edited: ObjectChange = {
      ...changing(image, replicas, tier, { _tag: "Arrange", path: at("spec", "list"), order: [] }),
      changedBy: [{ fieldManager: "kubectl-set", time: "2026-11-23T10:00:00Z" }, { fieldManager: "keel" }],
      remark: "This field belongs to the cluster."
    }
    assert.strictEqual(
      messageOf(edited, { ...role, verb: "remove" }),
      [
        "Change 2 objects (1 updated, 1 removed)",
        "",
        "- Update Deployment.apps shop/web in shop/web.yaml (rule 1 (deployments), changed by kubectl-set at 2026-11-23T10:00:00Z, keel)",
        "    This field belongs to the cluster.",
        "    /spec/template/spec/containers/[name=app]/image: nginx:1.27 → nginx:1.28",
        "    /spec/replicas: 2 → 3",
        "    /metadata/labels/tier: removed (was web)",
        "    /spec/list: put in another order",
        "- Remove ClusterRole.rbac.authorization.k8s.io view in shop/web.yaml (rule 1 (deployments))",
        "",
        "Gitops-Controller: gitops-controller 1.2.3",
        "Gitops-Cluster: c-1",
        ""
      ].join("\n")
    )
  })

  it("tells values only where they are short", () => {
    const told = (change: FieldChange) => messageOf(changing(change)).split("\n")[3]?.trim()
    assert.strictEqual(told(set(at("a"), "x")), "/a: added as x")
    assert.strictEqual(told(set(at("a"), { b: 1 })), "/a: added")
    assert.strictEqual(told(set(at("a"), true, null)), "/a: null → true")
    assert.strictEqual(told(set(at("a"), "one\ntwo", "one")), "/a: changed")
    assert.strictEqual(told(set(at("a"), "x".repeat(121), "y")), "/a: changed")
    assert.strictEqual(told(set(at("a"), ["x"], ["y"])), "/a: changed")
    assert.strictEqual(told({ _tag: "Remove", path: at("a"), previous: ["y"] }), "/a: removed")
  })

  it("tells no value of a Secret, nor of anything called so", () => {
    for (const kind of ["Secret", "SealedSecret.bitnami.com", "ClusterSecretStore.external-secrets.io"]) {
      for (const changes of [[set(at("data", "p"), "geheim", "geheimer")], [set(at("data", "p"), "geheim")]])
        assert.notInclude(messageOf({ ...changing(...changes), kind }), "geheim")
      const removed: FieldChange = { _tag: "Remove", path: at("data", "p"), previous: "geheim" }
      assert.notInclude(messageOf({ ...changing(removed, removed), kind }), "geheim")
    }
  })

  it("names ten fields of an object and three of those who changed it, and counts the others", () => {
    const fields = Array.from({ length: 25 }, (_, index) => set(at("data", `k${index}`), index))
    const changedBy = ["a", "b", "c", "d", "e"].map((fieldManager) => ({ fieldManager }))
    const lines = messageOf({ ...changing(...fields), changedBy }).split("\n")
    assert.include(lines[2], "changed by a, b, c and 2 more)")
    assert.lengthOf(lines.filter((line) => line.startsWith("    /")), 10)
    assert.strictEqual(lines[13], "    and 15 more")
  })

  it("stays of a size that people read, however much changes", () => {
    const fields = Array.from({ length: 25 }, (_, index) => set(at("x".repeat(190), `k${index}`), "v".repeat(120)))
    const message = messageOf(...times(10_000, () => ({ fields })))
    assert.isBelow(message.length, 40_000)
    assert.match(message, /\n- and 99\d\d more\n\n/)
  })

  it("names a hundred objects and counts the others", () => {
    const lines = messageOf(...times(1_000, () => ({}))).split("\n").filter((line) => line.startsWith("- "))
    assert.lengthOf(lines, 101)
    assert.strictEqual(lines[99], "- Update Deployment.apps shop/web-99 in shop/web.yaml (rule 1 (deployments))")
    assert.strictEqual(lines[100], "- and 900 more")
  })

  it("has nothing in it that makes CI servers pass over the commit", () => {
    for (const mark of ["[skip ci]", "[CI Skip]", "[no ci]", "[skip actions]", "***NO_CI***"]) {
      assert.notInclude(
        messageOf({ ...web, changedBy: [{ fieldManager: mark }], name: mark, fields: [set(at(mark), mark)] }),
        mark
      )
    }
    assert.include(messageOf({ ...web, rule: "containers[name=app]" }), "containers[name=app]")
  })
})

/** What somebody might call a thing who wants to say something in our name. */
const evil = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z0-9.-]{1,80}$/) },
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.nat(3).map((before) => "x".repeat(before) + "🚀".repeat(150)),
  fc.array(
    fc.constantFrom(
      ..."\n\r\t\v\f\0\u0085\u2028\u2029\u202e\u2066\u200b\ufeff\ud800# :-",
      "\n\n",
      "\r\n",
      "Signed-off-by: Somebody <somebody@example.com>",
      "Confirm-deletions: default 20",
      "Gitops-Cluster: other",
      "---\n",
      "# ------------------------ >8 ------------------------\n",
      "(cherry picked from commit 1234567)",
      "diff --git a/a b/a",
      "x"
    ),
    { maxLength: 12 }
  ).map((parts) => parts.join(""))
)

const path: fc.Arbitrary<FieldPath> = fc.array(
  fc.oneof(
    evil.map(field),
    evil.map((name): Step => ({ _tag: "Item", keys: { name } })),
    evil.map((value): Step => ({ _tag: "Value", value }))
  ),
  { maxLength: 4 }
)
const value = fc.oneof(evil, fc.integer(), fc.constant(null), fc.constant({ a: 1 }))

const fieldChange: fc.Arbitrary<FieldChange> = fc.oneof(
  fc.record({ _tag: fc.constant("Set" as const), path, value, previous: fc.option(value, { nil: undefined }) }),
  fc.record({ _tag: fc.constant("Remove" as const), path, previous: value }),
  fc.record({ _tag: fc.constant("Arrange" as const), path, order: fc.constant([]) })
)

const change: fc.Arbitrary<ObjectChange> = fc.record({
  verb: fc.constantFrom("create", "update", "remove"),
  kind: evil,
  namespace: evil,
  name: evil,
  path: evil,
  fields: fc.array(fieldChange, { maxLength: 3 }),
  rule: evil,
  changedBy: fc.array(fc.record({ fieldManager: evil, time: evil }), { maxLength: 4 }),
  remark: evil
}, { requiredKeys: ["verb", "kind", "namespace", "name", "path", "fields", "rule"] })

const content = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 6 }),
  controller: fc.record({ name: evil, version: evil }),
  cluster: evil
})

describe("names from people we don't trust", () => {
  it("stay on their lines, visible and in reading order", () => {
    fc.assert(
      fc.property(content, (content) => {
        const message = commitMessage(content)
        const [subject = "", blank, ...rest] = message.split("\n")
        assert.isAbove(subject.length, 0)
        assert.isBelow(subject.length, 72)
        assert.strictEqual(blank, "")
        assert.notMatch(message, /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
        const expected = content.changes.flatMap(({ fields, remark }) => [
          "- ",
          ...remark === undefined ? [] : ["    "],
          ...fields.map(() => "    /")
        ])
        assert.strictEqual(rest.length, expected.length + 4)
        for (const [index, start] of expected.entries()) {
          assert.isTrue(rest[index]?.startsWith(start))
          assert.isBelow(rest[index]?.length ?? 0, 1000)
        }
      }),
      { numRuns: 500 }
    )
  })

  it("are never trailers, comments or anything else to Git", () =>
    fc.assert(
      fc.asyncProperty(content, (content) =>
        Effect.runPromise(Effect.gen(function*() {
          const message = commitMessage(content)
          const trailers = yield* git(["interpret-trailers", "--parse"], { stdin: message })
          assert.deepStrictEqual(trailers.split("\n"), message.split("\n").slice(-3, -1))
          assert.match(trailers, /^Gitops-Controller: \S.*\nGitops-Cluster: \S.*$/)
          assert.strictEqual(`${yield* git(["stripspace", "--strip-comments"], { stdin: message })}\n`, message)
        }))),
      { numRuns: 60 }
    ))
})

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { commitMessage, type ObjectChange } from "../../../src/git/commit/CommitMessage.ts"
import { git } from "../../remote/NativeGit.ts"

const web: ObjectChange = {
  verb: "update",
  kind: "Deployment.apps",
  namespace: "shop",
  name: "web",
  path: "shop/web.yaml"
}
const service: ObjectChange = { ...web, kind: "Service" }
const role: ObjectChange = { ...web, kind: "ClusterRole.rbac.authorization.k8s.io", namespace: "", name: "view" }

const controller = { name: "gitops-controller", version: "1.2.3" }
const messageOf = (...changes: ReadonlyArray<ObjectChange>) => commitMessage({ changes, controller, cluster: "c-1" })
const subjectOf = (...changes: ReadonlyArray<ObjectChange>) => messageOf(...changes).split("\n")[0]

const times = (count: number, change: (index: number) => Partial<ObjectChange>) =>
  Array.from({ length: count }, (_, index) => ({ ...web, name: `web-${index}`, ...change(index) }))

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
    ["Update 2 Deployment objects in shop", times(2, () => ({ name: "y".repeat(40) }))]
  ])("is \"%s\"", (subject, changes) => {
    assert.strictEqual(subjectOf(...changes), subject)
  })
})

describe("the message of a commit", () => {
  it("has a line for each object, and trailers at its end", () => {
    const changes = [{ ...web, rule: "1 (images)", fieldManager: "kubectl-edit" }, { ...role, verb: "remove" } as const]
    assert.strictEqual(
      messageOf(...changes),
      [
        "Change 2 objects (1 updated, 1 removed)",
        "",
        "- Update Deployment.apps shop/web in shop/web.yaml (rule 1 (images), changed by kubectl-edit)",
        "- Remove ClusterRole.rbac.authorization.k8s.io view in shop/web.yaml",
        "",
        "Gitops-Controller: gitops-controller 1.2.3",
        "Gitops-Cluster: c-1",
        ""
      ].join("\n")
    )
  })

  it("names a hundred objects and counts the others", () => {
    const lines = messageOf(...times(1_000, () => ({}))).split("\n").filter((line) => line.startsWith("- "))
    assert.lengthOf(lines, 101)
    assert.strictEqual(lines[99], "- Update Deployment.apps shop/web-99 in shop/web.yaml")
    assert.strictEqual(lines[100], "- and 900 more")
  })

  it("has nothing in it that makes CI servers pass over the commit", () => {
    for (const mark of ["[skip ci]", "[CI Skip]", "[no ci]", "[skip actions]", "***NO_CI***"])
      assert.notInclude(messageOf({ ...web, fieldManager: mark, name: mark }), mark)
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

const change: fc.Arbitrary<ObjectChange> = fc.record({
  verb: fc.constantFrom("create", "update", "remove"),
  kind: evil,
  namespace: evil,
  name: evil,
  path: evil,
  rule: evil,
  fieldManager: evil
}, { requiredKeys: ["verb", "kind", "namespace", "name", "path"] })

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
        assert.strictEqual(rest.length, content.changes.length + 4)
        for (const line of rest.slice(0, content.changes.length)) {
          assert.isTrue(line.startsWith("- "))
          assert.isBelow(line.length, 800)
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

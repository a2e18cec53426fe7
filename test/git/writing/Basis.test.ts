import { assert, describe, it } from "@effect/vitest"
import type { DocumentChange, PatchDocument } from "../../../src/git/GitMessages.ts"
import { compare, documentsOf, judgeAll, type Judgement } from "../../../src/git/writing/Basis.ts"
import { makeSubmission } from "../../../src/git/writing/Submission.ts"
import { field } from "../../../src/manifest/FieldPath.ts"
import { unknown } from "../../../src/manifest/FieldType.ts"
import { manifestDigest } from "../../../src/manifest/ManifestDigest.ts"
import { parseManifestFile } from "../../../src/manifest/ManifestFile.ts"
import { emptyIndex, update } from "../../../src/manifest/ManifestIndex.ts"
import { text } from "./submitting.ts"

const indexOf = (files: Readonly<Record<string, string>>) =>
  update(
    emptyIndex(""),
    Object.entries(files).map(([path, text]) => ({ path, entry: { blob: text, mode: "file" as const } })),
    (blob) => parseManifestFile(Buffer.from(blob))
  )

const index = indexOf({
  "a.yaml": text("a", "1"),
  "twice.yaml": text("twice", "1"),
  "again.yaml": text("twice", "1"),
  "plain.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: plain\n",
  "role.yaml": "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: r\n  namespace: x\n"
})
const documents = documentsOf(index, "default")
const none = () => undefined
const why = { rule: "1" }
const configMap = (name: string, namespace: string) => ({ group: "", kind: "ConfigMap", namespace, name })
const digestOf = (name: string) =>
  [...index.kinds.values()].flat().find(({ manifest }) => manifest.name === name)?.manifest.digest ?? ""

const put = (name: string, namespace: string, value: string, basedOn?: string): DocumentChange => ({
  _tag: "PutDocument",
  key: configMap(name, namespace),
  manifest: {
    data: { key: value },
    kind: "ConfigMap",
    metadata: { namespace, name, uid: "set by the server" },
    apiVersion: "v1"
  },
  ...basedOn === undefined ? {} : { basedOn },
  why
})

const submissionOf = (change: DocumentChange, ...others: ReadonlyArray<DocumentChange>) =>
  makeSubmission(1, "ConfigMap", { _tag: "Documents", changes: [change, ...others] }, 0)

const judged = (change: DocumentChange, ...others: ReadonlyArray<DocumentChange>) =>
  judgeAll(submissionOf(change, ...others), "c0", documents, none)

describe("what a change is based on", () => {
  it("is found by its key: without a namespace in the default one, and for the cluster in any", () => {
    assert.deepStrictEqual(documents(configMap("plain", "default")).map(({ path }) => path), ["plain.yaml"])
    assert.deepStrictEqual(documents(configMap("plain", "shop")), [])
    const role = { group: "rbac.authorization.k8s.io", kind: "ClusterRole", namespace: "", name: "r" }
    assert.deepStrictEqual(documents(role).map(({ path }) => path), ["role.yaml"])
  })

  it("is the document's digest, or that there is none", () => {
    assert.strictEqual(judged(put("a", "shop", "2", digestOf("a")))._tag, "Based")
    assert.strictEqual(judged(put("new", "shop", "2"))._tag, "Based")
    const outdated: Judgement = { _tag: "Settled", answer: { _tag: "DecideAgain", keys: [configMap("a", "shop")] } }
    assert.deepStrictEqual(judged(put("a", "shop", "2", "other")), outdated)
    assert.deepStrictEqual(judged(put("a", "shop", "2")), outdated)
    assert.deepStrictEqual(judged(put("new", "shop", "2"), put("a", "shop", "2")), outdated)
    assert.strictEqual(judged(put("new", "shop", "2", "gone"))._tag, "Settled")
  })

  it("does not matter where the tip says it already, in whatever order and with whatever the server sets", () => {
    const committed: Judgement = { _tag: "Settled", answer: { _tag: "Committed", commit: "c0" } }
    assert.deepStrictEqual(judged(put("a", "shop", "1", "other")), committed)
    assert.deepStrictEqual(
      judged({ _tag: "RemoveDocument", key: configMap("gone", "shop"), basedOn: "x", why }),
      committed
    )
    const both = judged(put("a", "shop", "1"), put("new", "shop", "1"))
    assert.deepStrictEqual(both._tag === "Based" ? both.changes.map(({ change }) => change.key.name) : [], ["new"])
  })

  it("is refused where a file that can't be read may hold it", () => {
    const submission = submissionOf(put("new", "shop", "2"))
    const judgement = judgeAll(submission, "c0", documents, () => "broken.yaml")
    assert.strictEqual(
      judgement._tag === "Settled" && judgement.answer._tag === "Refused" && judgement.answer.words,
      "ConfigMap shop/new may be described in broken.yaml already, which can't be read; mend that file"
    )
  })

  it("is compared after a push that nobody answered, and never tried again", () => {
    const there = submissionOf(put("a", "shop", "1", "other"))
    assert.deepStrictEqual(compare(there, "c1", documents, () => false), { _tag: "Committed", commit: "c1" })
    const based = submissionOf(put("a", "shop", "2", digestOf("a")), put("new", "shop", "1"))
    assert.deepStrictEqual(compare(based, "c1", documents, () => false), {
      _tag: "DecideAgain",
      keys: [configMap("a", "shop"), configMap("new", "shop")]
    })
  })
})

describe("a patch", () => {
  const patch = (name: string): PatchDocument => ({
    _tag: "PatchDocument",
    key: configMap(name, "shop"),
    changes: [{ _tag: "Set", path: [field("data"), field("key")], value: "2", previous: "1" }],
    type: unknown,
    why
  })

  it("is based on its document, whatever else is in it; without one it is decided again", () => {
    const based = judged(patch("a"))
    assert.deepStrictEqual(based._tag === "Based" ? based.changes.map(({ at }) => at?.path) : [], ["a.yaml"])
    assert.deepStrictEqual(judged(patch("gone")), {
      _tag: "Settled",
      answer: { _tag: "DecideAgain", keys: [configMap("gone", "shop")] }
    })
  })

  it("is refused where two documents describe the object", () => {
    const contested = judged(patch("twice"))
    assert.strictEqual(
      contested._tag === "Settled" && contested.answer._tag === "Refused" && contested.answer.reason,
      "Contested"
    )
  })

  it("counts as there, after a push that nobody answered, if it would change nothing", () => {
    const submission = submissionOf(patch("a"))
    assert.deepStrictEqual(compare(submission, "c1", documents, () => true), { _tag: "Committed", commit: "c1" })
    const again = { _tag: "DecideAgain", keys: [configMap("a", "shop")] }
    assert.deepStrictEqual<unknown>(compare(submission, "c1", documents, () => false), again)
  })
})

describe("the digest of a manifest", () => {
  it("is the one that its document has in a file", () => {
    const manifest = {
      metadata: { name: "a", creationTimestamp: null },
      b: { z: 1, a: [2.5, { y: null, x: "é" }] },
      kind: "K"
    }
    const [parsed] = parseManifestFile(Buffer.from(JSON.stringify({ ...manifest, apiVersion: "v1" }))).manifests
    assert.strictEqual(manifestDigest({ apiVersion: "v1", ...manifest }), parsed?.digest)
  })
})

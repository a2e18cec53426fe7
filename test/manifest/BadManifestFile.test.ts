import { assert, describe, it } from "@effect/vitest"
import { formatPlace } from "../../src/manifest/Manifest.ts"
import { parseManifestFile } from "../../src/manifest/ManifestFile.ts"

const config = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`

const template =
  "it looks like a Helm or Go template: render it first, or keep it beside its Chart.yaml so that it is passed over"

interface Bad {
  readonly text: string | Uint8Array
  /** All that is said, word for word, as of a file named `f`. */
  readonly said: ReadonlyArray<string>
  /** The manifests that are there all the same. */
  readonly kept?: ReadonlyArray<string>
}

const bad: Readonly<Record<string, Bad>> = {
  "broken YAML, which costs the whole file": {
    text: `${config("a")}---\na: b: c\n`,
    said: ["f:5:5: a second \":\" can't follow here; put the value in quotes, or check the indentation"]
  },
  "a document without apiVersion, and keeps the others": {
    text: `${config("a")}---\n\nkind: ConfigMap\nmetadata: {name: b}\n---\n${config("c")}`,
    said: ["f:6:1: this document has a kind but no apiVersion; add one, such as \"apiVersion: v1\""],
    kept: ["a", "c"]
  },
  "a document without kind": {
    text: "metadata: {name: a}\napiVersion: v1\n",
    said: ["f:2:1: this document has an apiVersion but no kind; add one, such as \"kind: ConfigMap\""]
  },
  "an empty kind": {
    text: "apiVersion: v1\nkind:\nmetadata: {name: a}\n",
    said: ["f:1:1: this document has an apiVersion but no kind; add one, such as \"kind: ConfigMap\""]
  },
  "a manifest without metadata": {
    text: "apiVersion: v1\nkind: ConfigMap\n",
    said: ["f:1:1: this ConfigMap has no metadata.name; give it one"]
  },
  "a manifest without a name": {
    text: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  namespace: b\n",
    said: ["f:3:1: this ConfigMap has no metadata.name; give it one"]
  },
  "an empty name": {
    text: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"\"}\n",
    said: ["f:3:12: metadata.name is empty; give the object a name"]
  },
  "a name to be generated": {
    text: "apiVersion: batch/v1\nkind: Job\nmetadata:\n  generateName: a-\n",
    said: [
      "f:4:3: metadata.generateName would make a new object at every apply; give this object a metadata.name instead"
    ]
  },
  "all fields that are no text at once": {
    text:
      "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: 0644\n  namespace: yes\n  labels: {a: 1.0, b: [c]}\n  annotations:\n    d: true\n",
    said: [
      "f:4:3: metadata.name is 420, a number, but must be text; put it in quotes",
      "f:5:3: metadata.namespace is true, a boolean, but must be text; put it in quotes",
      "f:6:12: label a is 1, a number, but must be text; put it in quotes",
      "f:6:20: label b is a list, but must be text",
      "f:8:5: annotation d is true, a boolean, but must be text; put it in quotes"
    ]
  },
  "a kind and an apiVersion that are no text": {
    text: "apiVersion: 1\nkind: [a]\nmetadata: {name: a}\n",
    said: [
      "f:1:1: apiVersion is 1, a number, but must be text; put it in quotes",
      "f:2:1: kind is a list, but must be text"
    ]
  },
  "an apiVersion that can't be one": {
    text: "apiVersion: apps/v1/beta\nkind: Pod\nmetadata: {name: a}\n",
    said: ["f:1:1: apiVersion \"apps/v1/beta\" must be a version such as v1, or a group and a version such as apps/v1"]
  },
  "a kind that can't be one": {
    text: "apiVersion: v1\nkind: Config Map\nmetadata: {name: a}\n",
    said: ["f:2:1: kind \"Config Map\" is no kind of object"]
  },
  "metadata that is no map": {
    text: "apiVersion: v1\nkind: Pod\nmetadata: name\n",
    said: ["f:3:1: metadata is \"name\", but must be a map with a name"]
  },
  "labels that are no map": {
    text: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: [b]}\n",
    said: ["f:3:21: metadata.labels is a list, but must be a map"]
  },
  "a name that would lead somewhere else": {
    text: "apiVersion: v1\nkind: Pod\nmetadata: {name: a/b, namespace: ..}\n",
    said: [
      "f:3:12: metadata.name \"a/b\" can't be a name: \"/\", \"%\", \".\" and \"..\" are not allowed",
      "f:3:23: metadata.namespace \"..\" can't be a name: \"/\", \"%\", \".\" and \"..\" are not allowed"
    ]
  },
  "a document that is no map beside manifests": {
    text: `${config("a")}---\n- b\n---\ntext\n`,
    said: [
      "f:5:1: this document is a list, not a manifest; mend it or take it out",
      "f:7:1: this document is text, not a manifest; mend it or take it out"
    ],
    kept: ["a"]
  },
  "items of a list that are no manifests": {
    text:
      `apiVersion: v1\nkind: List\nitems:\n- 3\n- {a: b}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: 1}\n-\n`,
    said: [
      "f:4:3: this item is a number, but must be a map with apiVersion and kind",
      "f:5:3: this item has neither apiVersion nor kind",
      "f:8:14: metadata.name is 1, a number, but must be text; put it in quotes",
      "f:9:1: this item is empty, but must be a map with apiVersion and kind"
    ]
  },
  "a manifest encrypted with SOPS": {
    text:
      "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {b: \"ENC[AES256_GCM,data:x]\"}\nsops:\n  mac: \"ENC[AES256_GCM,data:y]\"\n  version: 3.9.0\n",
    said: [
      "f:5:1: this manifest is encrypted with SOPS, which can't be decrypted yet; it is not applied, for the cluster would get the ciphertext"
    ]
  },
  "a list encrypted with SOPS": {
    text:
      `{"apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}], "sops": {"mac": "ENC[y]"}}`,
    said: [
      "f:1:116: this manifest is encrypted with SOPS, which can't be decrypted yet; it is not applied, for the cluster would get the ciphertext"
    ]
  },
  "a template that is no YAML": {
    text: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n",
    said: [`f:4:10: a map or list can't be a key; ${template}`]
  },
  "a template with control flow": {
    text: "{{- if .Values.enabled }}\napiVersion: v1\nkind: ConfigMap\n{{- end }}\n",
    said: [`f:1:3: a value is missing here; ${template}`]
  },
  "a template that is YAML by chance": {
    text: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \"{{ .Release.Name }}\"\n",
    said: [`f:4:3: metadata.name is "{{ .Release.Name }}"; ${template}`]
  },
  "a pointer into git lfs": {
    text: "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    said: [
      "f: file is a pointer into git lfs, whose content is not in the repository; commit the manifest itself (git lfs untrack)"
    ]
  },
  "a binary file": {
    text: Buffer.from([0x7f, 0x45, 0, 1]),
    said: ["f: file is binary, not text; rename it or move it out of the synced path"]
  },
  "text in another encoding": {
    text: Buffer.from("kind: caf\u00e9\n", "latin1"),
    said: ["f: file is not UTF-8 text; save it as UTF-8"]
  },
  "a file of 20 MiB": {
    text: Buffer.alloc(20 * 1024 * 1024, "a"),
    said: ["f: file is 20.0 MiB; manifests are read up to 4.0 MiB, so split it or move it out of the synced path"]
  }
}

const said = (text: string | Uint8Array): ReadonlyArray<string> =>
  parseManifestFile(Buffer.from(text)).problems.map(({ message, ...place }) =>
    `${formatPlace({ path: "f", ...place })}: ${message}`
  )

describe("a file that is wrong", () => {
  for (const [name, { kept = [], said: expected, text }] of Object.entries(bad)) {
    it(`reports ${name}`, () => {
      assert.deepStrictEqual(said(text), expected)
      const { manifests, payloads } = parseManifestFile(Buffer.from(text))
      assert.deepStrictEqual(manifests.map((manifest) => manifest.name), kept)
      assert.strictEqual(payloads.length, kept.length)
    })
  }

  it("is nobody's concern if it can't be read, but holds nothing that looks like a manifest", () => {
    assert.deepStrictEqual(parseManifestFile(Buffer.from("a: b: c")).broken, { foreign: true })
    assert.deepStrictEqual(parseManifestFile(Buffer.from("kind: a: b")).broken, { foreign: false })
    assert.isUndefined(parseManifestFile(Buffer.from("a: b")).broken)
  })

  it("is told in a few short sentences, however much is wrong with it", () => {
    const all = said("kind: A\n---\n".repeat(1000))
    assert.strictEqual(all.length, 21)
    assert.strictEqual(all.at(-1), "f: and 980 more problems in this file")
    assert.strictEqual(said("kind: A\n---\n".repeat(21)).at(-1), "f: and 1 more problem in this file")
    const long = "x".repeat(1_000_000)
    const texts = [
      `a: ${"1".repeat(1_000_000)}\nkind: b`,
      `${long}: a\n${long}: b`,
      `kind: *${long}`,
      `kind: ${long}`,
      `kind: !a!${long} b`
    ]
    for (
      const text of [...texts, `apiVersion: v1\nkind: A\nmetadata: {name: ${long}/}`, `apiVersion: v1\nkind: ${long}`]
    ) {
      assert.isBelow(said(text).join().length, 200, text.slice(0, 20))
    }
  })

  it("is told by a sentence without control characters in the path", () => {
    assert.strictEqual(formatPlace({ path: "a\u001b[31m\n.yaml", line: 1 }), "a\ufffd[31m\ufffd.yaml:1")
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { encodeJson } from "../../src/manifest/JsonText.ts"
import type { Json } from "../../src/manifest/Manifest.ts"
import { parseManifestFile } from "../../src/manifest/ManifestFile.ts"
import { authors, values, writeYaml } from "./writeYaml.ts"

const parse = (text: string | Uint8Array) => parseManifestFile(typeof text === "string" ? Buffer.from(text) : text)

const payloads = (text: string): ReadonlyArray<Json> => parse(text).payloads.map((payload) => JSON.parse(payload))

const web = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {app: web, tier: "1"}
spec: {replicas: 2}
`

const config = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`

const named = (text: string) =>
  parse(text).manifests.map(({ kind, line, name, position }) => `${position} ${kind} ${name} line ${line}`)

describe("a file of manifests", () => {
  it("gives each manifest its identity, place and digest", () => {
    const { digest, ...manifest } = parse(`# the front door\n\n${web}`).manifests[0] ?? { digest: "" }
    assert.match(digest, /^[\w-]{22}$/)
    assert.deepStrictEqual(manifest, {
      group: "apps",
      version: "v1",
      kind: "Deployment",
      namespace: "shop",
      name: "web",
      labels: { app: "web", tier: "1" },
      isPaused: false,
      position: 0,
      line: 3
    })
  })

  it("finds every document, and passes over empty ones", () => {
    const text = `# nothing\n---\n${config("a")}---\n---\n# nothing either\n---\n\n${config("b")}...\n---\n`
    assert.deepStrictEqual(named(text), ["0 ConfigMap a line 3", "1 ConfigMap b line 11"])
  })

  it("says nothing of documents that are no manifests", () => {
    for (
      const text of ["", "# nothing\n", "a: 1\n", "- a\n", "text\n", "{}", "[1]", "name: ci\non: [push]\njobs: {}\n"]
    ) {
      assert.deepStrictEqual(parse(text), { manifests: [], payloads: [], problems: [] }, text)
    }
  })

  it("says nothing of kustomize's own files", () => {
    const { manifests, problems, references } = parse(
      "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../base, a.yaml]\n"
    )
    assert.deepStrictEqual({ manifests, problems, references }, {
      manifests: [],
      problems: [],
      references: ["../base", "a.yaml"]
    })
  })

  it("flattens lists", () => {
    const item = config("a").replaceAll(/^(?=.)/gm, "  ").replace("  ", "- ")
    assert.deepStrictEqual(named(`apiVersion: v1\nkind: List\nitems:\n${item}${item.replace("a}", "b}")}`), [
      "0 ConfigMap a line 4",
      "1 ConfigMap b line 7"
    ])
    const json = JSON.stringify(
      {
        apiVersion: "v1",
        kind: "List",
        items: [{ apiVersion: "v1", kind: "List", items: [{ apiVersion: "v1", kind: "Pod", metadata: { name: "p" } }] }]
      },
      null,
      1
    )
    assert.deepStrictEqual(named(json), ["0 Pod p line 9"])
    assert.deepStrictEqual(parse("apiVersion: v1\nkind: List\nitems: []\n").problems, [])
    assert.deepStrictEqual(parse("apiVersion: v1\nkind: List\n").problems, [])
  })

  it("lets the items of a list of one kind leave out what the list says", () => {
    const text = "apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: a}\n  data: {b: c}\n"
    assert.deepStrictEqual(payloads(text), [{
      apiVersion: "v1",
      data: { b: "c" },
      kind: "ConfigMap",
      metadata: { name: "a" }
    }])
    const written = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {b: c}\n"
    assert.strictEqual(parse(text).manifests[0]?.digest, parse(written).manifests[0]?.digest)
  })

  it("takes a kind that merely ends in List for what it is", () => {
    assert.deepStrictEqual(named("apiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: a}\nspec: {}\n"), [
      "0 AllowList a line 1"
    ])
  })

  it("reads JSON, byte order marks, UTF-16 and Windows line ends", () => {
    const digest = parse(web).manifests[0]?.digest
    const json = JSON.stringify({
      spec: { replicas: 2 },
      kind: "Deployment",
      apiVersion: "apps/v1",
      metadata: { labels: { tier: "1", app: "web" }, namespace: "shop", name: "web" }
    })
    const utf16 = Buffer.from(`\ufeff${web}`, "utf16le")
    for (const same of [json, `\ufeff${web}`, utf16, Buffer.from(utf16).swap16(), web.replaceAll("\n", "\r\n")]) {
      assert.strictEqual(parse(same).manifests[0]?.digest, digest)
      assert.strictEqual(parse(same).manifests[0]?.line, 1)
    }
  })

  it("leaves out what only the server sets, and nothing else", () => {
    const text = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  uid: 1-2-3
  resourceVersion: "7"
  generation: 3
  selfLink: /apis
  creationTimestamp: "2024-01-01T00:00:00Z"
  deletionTimestamp: null
  deletionGracePeriodSeconds: 30
  managedFields: []
  annotations: {}
  finalizers: []
spec:
  template:
    metadata: {creationTimestamp: null, labels: {a: b}}
    spec: {volumes: [{emptyDir: {}}], creationTimestamp: null}
  other: {metadata: {creationTimestamp: "2024-01-01T00:00:00Z"}}
  status: {kept: true}
status: {replicas: 3}
`
    assert.deepStrictEqual(payloads(text), [{
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { annotations: {}, finalizers: [], name: "web" },
      spec: {
        other: { metadata: { creationTimestamp: "2024-01-01T00:00:00Z" } },
        status: { kept: true },
        template: { metadata: { labels: { a: "b" } }, spec: { creationTimestamp: null, volumes: [{ emptyDir: {} }] } }
      }
    }])
  })

  it("keeps what an alias shares where only one of the places loses a field", () => {
    const text = "apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: a, uid: x}\ncopy: *m\n"
    assert.deepStrictEqual(payloads(text), [{
      apiVersion: "v1",
      copy: { name: "a", uid: "x" },
      kind: "ConfigMap",
      metadata: { name: "a" }
    }])
  })

  it("keeps every digit", () => {
    const text = `${config("a")}data: {big: 9223372036854775807}\n`
    assert.include(parse(text).payloads[0], `"big":9223372036854775807`)
  })

  it("gives equal objects equal digests, whatever the layout, and others others", () =>
    fc.assert(fc.property(values, values, authors, authors, (one, other, anna, otto) => {
      const manifest = (spec: Json): Json => ({ apiVersion: "v1", kind: "Sample", metadata: { name: "a" }, spec })
      const digest = (spec: Json, author: typeof anna) =>
        parse(writeYaml(manifest(spec), author())).manifests[0]?.digest
      assert.isDefined(digest(one, anna))
      assert.strictEqual(digest(one, anna), digest(one, otto))
      const equal = encodeJson(JSON.parse(JSON.stringify(one))) === encodeJson(JSON.parse(JSON.stringify(other)))
      if (!equal) {
        assert.notStrictEqual(
          JSON.stringify(parse(writeYaml(manifest(one), anna())).payloads),
          JSON.stringify(parse(writeYaml(manifest(other), otto())).payloads)
        )
      }
    })))

  it("reads null where no namespace and no labels are meant", () => {
    const { labels, namespace } =
      parse("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: , labels: {x: }}\n").manifests[0] ?? {}
    assert.deepStrictEqual({ labels, namespace }, { labels: { x: "" }, namespace: undefined })
  })
})

import { assert, describe, it } from "@effect/vitest"
import { parseManifestFile } from "../../src/manifest/ManifestFile.ts"

const references = (text: string) => parseManifestFile(Buffer.from(text)).references

describe("what a kustomization refers to", () => {
  it("is everything that it reads from files", () => {
    const found = references(`resources: [../base, web.yaml, "https://example.com/x.yaml"]
components: [../debug]
bases: [../old]
crds: [crd.yaml]
configurations: [names.yaml]
generators: [generator.yaml]
transformers: [transformer.yaml]
validators: [validator.yaml]
patches:
  - path: ../patches/a.yaml
    target: {kind: Deployment}
  - patch: |-
      - op: remove
        path: /spec
patchesStrategicMerge:
  - ../patches/b.yaml
  - |-
    apiVersion: v1
    kind: ConfigMap
patchesJson6902: [{path: ../patches/c.yaml}]
replacements: [{path: ../replacement.yaml}]
configMapGenerator:
  - name: a
    files: [app.properties, key=../other.yaml]
    envs: [a.env]
secretGenerator: [{name: b, env: b.env}]
helmCharts: [{name: c, valuesFile: values.yaml, additionalValuesFiles: [more.yaml]}]
openapi: {path: schema.json}
`)
    assert.deepStrictEqual(
      new Set(found),
      new Set([
        "../old",
        "../debug",
        "names.yaml",
        "crd.yaml",
        "generator.yaml",
        "../patches/a.yaml",
        "../patches/c.yaml",
        "../patches/b.yaml",
        "../replacement.yaml",
        "../base",
        "web.yaml",
        "https://example.com/x.yaml",
        "transformer.yaml",
        "validator.yaml",
        "app.properties",
        "../other.yaml",
        "a.env",
        "b.env",
        "values.yaml",
        "more.yaml",
        "schema.json"
      ])
    )
  })

  it("is nothing where the document is something else", () => {
    assert.isUndefined(references("a: b\n"))
    assert.isUndefined(references("namePrefix: x-\n"))
    assert.isUndefined(references("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nresources: [x]\n"))
    assert.deepStrictEqual(references("resources: {limits: {cpu: 1}}\n"), [])
  })
})

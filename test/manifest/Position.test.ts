import { assert, describe, it } from "@effect/vitest"
import { placeOfField } from "../../src/manifest/Position.ts"

const file = `# no manifest
a: b
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations:
    example.com/a.b: "1"
    example.com/a: "2"
spec:
  template: &template
    spec:
      containers:
      - name: web
        imag: nginx
        args: ["-v", "x"]
        ports:
          - containerPort: 80
            protocol: TCP
          - {containerPort: 81, name: admin}
      - {name: other}
  copy: *template
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: one}
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: two, labels: {a: "b"}}
`

const place = (position: number, field: string, text = file): string | undefined => {
  const found = placeOfField(Buffer.from(text), position, field)
  return found === undefined ? undefined : `${found.line}:${found.column}`
}

describe("the place of a field", () => {
  it("is where its key stands", () => {
    assert.strictEqual(place(0, ".spec.template.spec.containers[0].imag"), "16:9")
    assert.strictEqual(place(0, "spec.template.spec.containers[0].imag"), "16:9")
    assert.strictEqual(place(0, ".spec.template"), "12:3")
    assert.strictEqual(place(0, "metadata.name"), "7:3")
  })

  it("is found by the keys of list items", () => {
    assert.strictEqual(place(0, `.spec.template.spec.containers[name="web"].imag`), "16:9")
    assert.strictEqual(place(0, `.spec.template.spec.containers[name="other"]`), "22:9")
    assert.strictEqual(
      place(0, `.spec.template.spec.containers[name="web"].ports[containerPort=81,protocol="TCP"].name`),
      "21:33"
    )
    assert.strictEqual(place(0, `.spec.template.spec.containers[name="web"].args[="x"]`), "17:22")
  })

  it("is found where keys have dots", () => {
    assert.strictEqual(place(0, ".metadata.annotations.example.com/a.b"), "9:5")
    assert.strictEqual(place(0, ".metadata.annotations.example.com/a"), "10:5")
    assert.strictEqual(place(0, "metadata.annotations[example.com/a.b]"), "9:5")
  })

  it("is that of the nearest thing around what isn't there", () => {
    assert.strictEqual(place(0, ".spec.template.spec.containers[0].image"), "15:9")
    assert.strictEqual(place(0, ".spec.template.spec.containers[7].image"), "14:7")
    assert.strictEqual(place(0, `.spec.template.spec.containers[name="none"].image`), "14:7")
    assert.strictEqual(place(0, ".spec.selector"), "11:1")
    assert.strictEqual(place(0, ".spec.copy.spec.x"), "13:5")
    assert.strictEqual(place(0, "data"), "4:1")
    assert.strictEqual(place(0, ""), "4:1")
  })

  it("is found in the items of a list", () => {
    assert.strictEqual(place(1, ".metadata.name"), "30:16")
    assert.strictEqual(place(2, ".metadata.labels.a"), "33:36")
    assert.strictEqual(place(2, ".data"), "31:5")
  })

  it("is nowhere for a manifest that isn't there", () => {
    assert.isUndefined(place(3, ".metadata"))
    assert.isUndefined(place(0, ".metadata", "a: b: c"))
    assert.isUndefined(place(0, ".metadata", "\0"))
  })
})

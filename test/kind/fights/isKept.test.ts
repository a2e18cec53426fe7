import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { type Drifted, driftedFields, type Fought, foughtFields } from "../../../src/kind/fights/Fights.ts"
import { isKept } from "../../../src/kind/fights/isKept.ts"
import { statedFields } from "../../../src/kind/fights/StatedFields.ts"
import * as FieldsV1 from "../../../src/kubernetes/fields/FieldsV1.ts"
import { fieldsOf } from "../../../src/kubernetes/fields/ManagedFields.ts"
import type { KubernetesObject } from "../../../src/kubernetes/KubernetesObject.ts"
import { format } from "../../../src/manifest/FieldPath.ts"
import { everything } from "../../../src/manifest/FieldScope.ts"
import { type FieldType, scalar, unknown } from "../../../src/manifest/FieldType.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { isObject } from "../../../src/manifest/ServerFields.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { mutatingWebhook } from "../../kubernetes/mutatingWebhook.ts"
import { apply, entryOf, fieldManager, here, live } from "../../kubernetes/operating.ts"
import { eventually } from "../../process/Eventually.ts"

/** Fields of which the answer to an apply says something else than the payload. */
const changedByServer = (payload: JsonObject, answer: KubernetesObject, type: FieldType) =>
  statedFields(payload, answer, type).flatMap((field) => isKept(field, payload["kind"]) ? [] : [field.path])

const texts: FieldType = { _tag: "Struct", fields: new Map(), rest: scalar }
const metadata: FieldType = {
  _tag: "Struct",
  fields: new Map([["labels", () => texts], ["annotations", () => texts]]),
  rest: undefined
}
const configMapType: FieldType = {
  _tag: "Struct",
  fields: new Map([["data", () => texts], ["metadata", () => metadata]]),
  rest: undefined
}

const configMap = (namespace: string, name: string, data: Readonly<Record<string, string>>): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace },
  data
})

const dataOf = (object: JsonObject): JsonObject => isObject(object["data"]) ? object["data"] : {}

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("a mutating webhook", (it) => {
  const changed = (payload: JsonObject, answer: KubernetesObject) =>
    changedByServer(payload, answer, configMapType).map(format)

  const told = ({ manager, path }: Fought) => `${format(path)} ${manager}`

  const drifted = (payload: JsonObject, live: KubernetesObject) =>
    ({ live, payload, type: configMapType, fieldManager, scope: everything }) satisfies Drifted

  const fought = (payload: JsonObject, live: KubernetesObject) => foughtFields(drifted(payload, live)).map(told)

  /** What our entry holds of the data. */
  const held = (object: KubernetesObject) =>
    FieldsV1.paths(fieldsOf(entryOf(object, fieldManager, "Apply") ?? { manager: "", operation: "Apply" })).map(format)

  /** Until the API server calls the webhook. */
  const called = (namespace: string) =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const args = ["create", "configmap", "probe", "-n", namespace, "--from-literal=level=any", "--dry-run=server"]
      yield* eventually(
        "the webhook answers",
        cluster.kubectlJson<JsonObject>(args),
        (probe) => dataOf(probe)["level"] !== "any"
      )
    })

  it.effect("that sets a field to its own value is told from a fight: the field stays ours, and nothing loops", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        yield* mutatingWebhook(namespace, () => [
          { op: "add", path: "/data/level", value: "theirs" },
          { op: "add", path: "/data/added", value: "by the webhook" }
        ])
        yield* called(namespace)
        const payload = configMap(namespace, "one", { level: "ours", size: "1" })
        const answer = yield* apply(payload)
        assert.deepStrictEqual(dataOf(answer), { added: "by the webhook", level: "theirs", size: "1" })
        assert.deepStrictEqual(changed(payload, answer), ["/data/level"])
        assert.deepStrictEqual(fought(payload, yield* live(payload)), [])
        assert.deepStrictEqual(held(answer), ["/data/level", "/data/size"])
        const again = yield* apply(payload)
        assert.strictEqual(again.metadata.resourceVersion, answer.metadata.resourceVersion)
        yield* cluster.kubectlOk(["patch", "configmap", "one", "-n", namespace, "--patch", `{"data":{"size":"2"}}`])
        const found = yield* live(payload)
        assert.deepStrictEqual(fought(payload, found), ["/data/size kubectl-patch"])
        assert.deepStrictEqual(held(found), ["/data/level"])
      })
    ))

  it.effect("that sets another value with every write, anybody's, is named itself, and not who wrote", () =>
    here((namespace) =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        let writes = 0
        yield* mutatingWebhook(namespace, () => [{ op: "add", path: "/data/level", value: `write ${++writes}` }])
        yield* called(namespace)
        const payload = configMap(namespace, "one", { level: "ours", size: "1" })
        const answer = yield* apply(payload)
        assert.deepStrictEqual(changed(payload, answer), ["/data/level"])
        assert.deepStrictEqual(fought(payload, yield* live(payload)), [])
        yield* cluster.kubectlOk(["label", "configmap", "one", "-n", namespace, "a=b"])
        const found = yield* live(payload)
        assert.notStrictEqual(dataOf(found)["level"], dataOf(answer)["level"])
        assert.deepStrictEqual(fought(payload, found), [])
        assert.deepStrictEqual(driftedFields(drifted(payload, found)).map(told), ["/data/level the API server"])
      })
    ))
})

describe("what the API server makes of an apply", () => {
  const answered = (object: JsonObject, answer: JsonObject) =>
    changedByServer(
      object,
      { ...answer, apiVersion: "v1", kind: "Any", metadata: { name: "a", uid: "u", resourceVersion: "1" } },
      unknown
    ).map(format)

  it("is no change when it is the same in another spelling", () => {
    const sent = {
      spec: { cpu: "1000m", memory: "1024Mi", whole: 1, empty: {}, none: [], off: false, list: [{ a: 1 }] }
    }
    const got = { spec: { cpu: "1", memory: "1Gi", whole: "1", list: [{ a: 1, more: "default" }], others: 5 } }
    assert.deepStrictEqual(answered(sent, got), [])
  })

  it("is a change when it says something else", () => {
    const sent = { spec: { cpu: "1000m", image: "web:1", list: ["a"], on: true, gone: "x" } }
    const got = { spec: { cpu: "2", image: "mirror/web:1", list: ["a", "b"], on: false } }
    assert.deepStrictEqual(answered(sent, got), [
      "/spec/cpu",
      "/spec/image",
      "/spec/list",
      "/spec/on",
      "/spec/gone"
    ])
  })

  it("is no change when lines of a Secret's base64 became one", () => {
    const got = { data: { a: "YWJj" } }
    assert.deepStrictEqual(answered({ kind: "Secret", data: { a: "YW\nJj\n" } }, got), [])
    assert.deepStrictEqual(answered({ kind: "ConfigMap", data: { a: "YW\nJj\n" } }, got), ["/data/a"])
  })
})

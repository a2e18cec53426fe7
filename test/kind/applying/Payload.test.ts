import { assert, describe, it } from "@effect/vitest"
import * as Payload from "../../../src/kind/applying/Payload.ts"
import * as ApplySet from "../../../src/kind/ApplySet.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"

const target = { namespace: "shop", applySet: "applyset-x-v1" }

describe("what is sent for a manifest", () => {
  it("is the manifest with our label, in its namespace", () => {
    const manifest = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "web", labels: { team: "x" } },
      data: { a: "b" }
    }
    assert.deepStrictEqual(Payload.whole(manifest, target), {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "web",
        namespace: "shop",
        labels: { "team": "x", "applyset.kubernetes.io/part-of": "applyset-x-v1" }
      },
      data: { a: "b" }
    })
  })

  it("names no namespace for a cluster-scoped object, even if the manifest does", () => {
    const manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "web", namespace: "shop" } }
    const payload = Payload.whole(manifest, { ...target, namespace: "" })
    assert.notProperty(payload["metadata"], "namespace")
  })

  it("has no label of ours where the life of the object is not Git's", () => {
    const manifest = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "web", labels: { team: "x" } } }
    assert.deepStrictEqual(Payload.whole(manifest, { ...target, applySet: undefined })["metadata"], {
      name: "web",
      namespace: "shop",
      labels: { team: "x" }
    })
  })

  it("says which object it is, however little of it is sent, and what the object has to be", () => {
    const whole = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "web", namespace: "shop", labels: { a: "b" } }
    }
    assert.deepStrictEqual(Payload.identified({ data: { a: "b" } }, whole), {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "web", namespace: "shop" },
      data: { a: "b" }
    })
    assert.deepStrictEqual(Payload.identified({ metadata: { labels: { a: "b" } } }, whole), whole)
    const clustered = { apiVersion: "v1", kind: "Namespace", metadata: { name: "web" } }
    assert.deepStrictEqual(Payload.identified({}, clustered), clustered)
    assert.deepStrictEqual(JSON.parse(Payload.encoded(clustered, { uid: "u", resourceVersion: "7" })), {
      ...clustered,
      metadata: { name: "web", uid: "u", resourceVersion: "7" }
    })
  })

  it("holds the texts of a Secret where they are stored, or drift in them could not be seen", () => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "web" } }
    const dataOf = (fields: JsonObject) => {
      const { data, stringData } = Payload.whole({ ...secret, ...fields }, target)
      return { data, stringData }
    }
    assert.deepStrictEqual(
      dataOf({ data: { a: "b2xk", b: "a2VwdA==" }, stringData: { a: "wins", e: "é", none: "" } }),
      { data: { a: "d2lucw==", b: "a2VwdA==", e: "w6k=", none: "" }, stringData: undefined }
    )
    assert.deepStrictEqual(dataOf({ stringData: { a: 1 } }), { data: undefined, stringData: { a: 1 } }, "is refused")
    assert.deepStrictEqual(dataOf({ data: { a: "b2xk" } }), { data: { a: "b2xk" }, stringData: undefined })
    const settings = { apiVersion: "example.org/v1", kind: "Secret", metadata: { name: "web" }, stringData: { a: "b" } }
    assert.deepStrictEqual(Payload.whole(settings, target)["stringData"], { a: "b" }, "another group's Secret")
  })

  it("gives a Job without labels its label later, or the server would not derive its own", () => {
    const labelled = (apiVersion: string, kind: string, labels?: JsonObject) =>
      Payload.defaultsItsLabels({
        apiVersion,
        kind,
        metadata: { name: "a", ...labels === undefined ? {} : { labels } }
      })
    assert.isTrue(labelled("batch/v1", "Job"))
    assert.isTrue(labelled("v1", "ReplicationController"))
    assert.isFalse(labelled("batch/v1", "Job", { x: "y" }))
    assert.isFalse(labelled("example.org/v1", "Job"))
    assert.isFalse(labelled("v1", "ConfigMap"))
    assert.deepStrictEqual(Payload.unlabelled({ kind: "Job", metadata: { name: "a", labels: { x: "y" } } }), {
      kind: "Job",
      metadata: { name: "a" }
    })
  })

  it("is nothing for Secrets that belong to Helm or are service-account tokens", () => {
    assert.include(Payload.refusal("Secret", { type: "helm.sh/release.v1" }) ?? "", "never applied")
    assert.include(Payload.refusal("Secret", { type: "kubernetes.io/service-account-token" }) ?? "", "never applied")
    assert.isUndefined(Payload.refusal("Secret", { type: "Opaque" }))
  })
})

describe("the ApplySet", () => {
  it("has the id its specification says", () => {
    const id = ApplySet.idOf({ name: "set", namespace: "ns", kind: "ConfigMap", group: "" })
    assert.match(id, /^applyset-[A-Za-z0-9_-]{43}-v1$/)
    assert.notStrictEqual(id, ApplySet.idOf({ name: "set", namespace: "other", kind: "ConfigMap", group: "" }))
  })

  it("names the kinds and the other namespaces of its members on its parent", () => {
    const members = new Map([["Role.rbac.authorization.k8s.io", new Set(["b/r"])], [
      "ConfigMap",
      new Set(["a/x", "home/y"])
    ], ["Namespace", new Set(["a"])]])
    const { annotations, labels } = ApplySet.parentMetadata("applyset-x-v1", "home", members)
    assert.deepStrictEqual(labels, { "applyset.kubernetes.io/id": "applyset-x-v1" })
    assert.strictEqual(
      annotations["applyset.kubernetes.io/contains-group-kinds"],
      "ConfigMap,Namespace,Role.rbac.authorization.k8s.io"
    )
    assert.strictEqual(annotations["applyset.kubernetes.io/additional-namespaces"], "a,b")
  })
})

import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { prove } from "../../../src/kind/mirroring/RemovalProof.ts"
import type { ServedKind } from "../../../src/kubernetes/Discovery.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { inNamespace } from "../applying.ts"
import { kubectl } from "../opponents.ts"
import { spec } from "../samples.ts"

const group = "proofs.example.com"
const quoll: ServedKind = {
  ...spec.kind,
  group,
  kind: "Quoll",
  plural: "quolls",
  singular: "quoll",
  shortNames: []
}
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `quolls.${group}` },
  spec: {
    group,
    names: { kind: "Quoll", plural: "quolls", singular: "quoll" },
    scope: "Namespaced",
    versions: [{
      name: "v1",
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } }
    }]
  }
}

const ask = (namespace: string, kind = spec.kind, uid?: string) =>
  prove(kind, { kind, version: "v1", namespace, name: "web" }, uid)

const definitionUid = Effect.gen(function*() {
  const cluster = yield* ControlPlane
  yield* kubectl(["create", "-f", "-"], definition)
  yield* Effect.addFinalizer(() => Effect.ignore(kubectl(["delete", "crd", `quolls.${group}`, "--wait=false"])))
  yield* eventually(
    "the kind is served",
    cluster.request(`/apis/${group}/v1/quolls`),
    ({ status }) => status === 200
  )
  return (yield* kubectl(["get", "crd", `quolls.${group}`, "-o", "jsonpath={.metadata.uid}"])).trim()
})

layer(sharedControlPlane, { timeout: 300_000, excludeTestServices: true })("the proof that an object is gone", (it) => {
  it.effect("is that the API server says so of just this object", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        yield* kubectl(["create", "configmap", "web", "-n", namespace])
        assert.deepStrictEqual(yield* ask(namespace), { _tag: "Present" })
        yield* kubectl(["delete", "configmap", "web", "-n", namespace])
        assert.deepStrictEqual(yield* ask(namespace), { _tag: "Gone", with: undefined })
      })
    ))

  it.effect("says when its namespace went with it, and fails while that is going", () =>
    inNamespace((namespace) =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* ask("no-such-namespace"), { _tag: "Gone", with: "no-such-namespace" })
        yield* kubectl(["delete", "namespace", namespace, "--wait=false"])
        const proof = yield* ask(namespace)
        assert.include(proof._tag === "Unproved" ? proof.reason : "", `its namespace ${namespace} is being deleted`)
      })
    ))

  describe("under a definition of its own", () => {
    it.effect(
      "holds only while that is the one under which it was seen",
      () =>
        inNamespace((namespace) =>
          Effect.scoped(Effect.gen(function*() {
            const uid = yield* definitionUid
            assert.deepStrictEqual(yield* ask(namespace, quoll, uid), { _tag: "Gone", with: undefined })
            for (const other of ["another", undefined]) {
              const proof = yield* ask(namespace, quoll, other)
              assert.include(proof._tag === "Unproved" ? proof.reason : "", "was made anew")
            }
            yield* kubectl([
              "patch",
              "crd",
              `quolls.${group}`,
              "--type=merge",
              "-p",
              "{\"metadata\":{\"finalizers\":[\"example.com/stay\"]}}"
            ])
            yield* kubectl(["delete", "crd", `quolls.${group}`, "--wait=false"])
            const going = yield* Effect.match(ask(namespace, quoll, uid), {
              onFailure: ({ message }) => message,
              onSuccess: (proof) => proof._tag === "Unproved" ? proof.reason : proof._tag
            })
            assert.include(going, "is being deleted")
            yield* kubectl([
              "patch",
              "crd",
              `quolls.${group}`,
              "--type=merge",
              "-p",
              "{\"metadata\":{\"finalizers\":[]}}"
            ])
            yield* eventually(
              "the kind is gone",
              Effect.flip(ask(namespace, quoll, uid)),
              ({ _tag }) => _tag === "KindNotServed"
            )
          }))
        ),
      60_000
    )
  })
})

import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { claims, contests } from "../../src/manifest/Claims.ts"
import type { ManifestRef } from "../../src/manifest/Manifest.ts"

const ref = (path: string, name: string, namespace?: string, version = "v1", line = 1): ManifestRef => ({
  path,
  blob: path,
  manifest: {
    group: "apps",
    version,
    kind: "Deployment",
    namespace,
    name,
    labels: {},
    isPaused: false,
    position: 0,
    line,
    digest: path
  }
})

const told = (refs: ReadonlyArray<ManifestRef>, namespaced: boolean | undefined) =>
  [...claims(refs, namespaced, "default")].map(([id, claim]) =>
    `${id}: ${claim._tag === "Declared" ? claim.ref.path : claim.refs.map(({ path }) => path).join(" or ")}`
  )

describe("who speaks for an object", () => {
  it("is the manifest in its namespace, or in the default one", () => {
    assert.deepStrictEqual(told([ref("a", "web"), ref("b", "web", "shop"), ref("c", "api")], true), [
      "default/web: a",
      "shop/web: b",
      "default/api: c"
    ])
  })

  it("is nobody if two manifests do, whatever their API version", () => {
    assert.deepStrictEqual(told([ref("a", "web", "shop"), ref("b", "web", "shop", "v1beta1"), ref("c", "api")], true), [
      "shop/web: a or b",
      "default/api: c"
    ])
    assert.deepStrictEqual(told([ref("a", "web"), ref("b", "web", "default"), ref("c", "web")], true), [
      "default/web: a or b or c"
    ])
  })

  it("doesn't depend on a namespace where the kind has none", () => {
    assert.deepStrictEqual(told([ref("a", "web", "shop"), ref("b", "web")], false), ["web: a or b"])
  })

  it("goes by what is written as long as nobody knows the kind", () => {
    assert.deepStrictEqual(told([ref("a", "web", "shop"), ref("b", "web"), ref("c", "web", "default")], undefined), [
      "shop/web: a",
      "web: b",
      "default/web: c"
    ])
  })

  it("is said at every place that describes a contested object", () => {
    const refs = [ref("a.yaml", "web", "shop", "v1", 3), ref("b.yaml", "web", "shop"), ref("c.yaml", "api")]
    assert.deepStrictEqual(contests(claims(refs, true, "default")), [
      {
        path: "a.yaml",
        line: 3,
        message: "Deployment shop/web is described here and in b.yaml:1, so neither is applied; keep one of them"
      },
      {
        path: "b.yaml",
        line: 1,
        message: "Deployment shop/web is described here and in a.yaml:3, so neither is applied; keep one of them"
      }
    ])
    const many = Array.from({ length: 6 }, (_, at) => ref(`${at}.yaml`, "web"))
    assert.strictEqual(
      contests(claims(many, false, "default"))[0]?.message,
      "Deployment web is described here and in 1.yaml:1, 2.yaml:1 and 3 more places, so neither is applied; keep one of them"
    )
  })

  it("loses no manifest", () => {
    const some = fc.record({
      name: fc.constantFrom("a", "b", "c"),
      namespace: fc.constantFrom(undefined, "default", "x")
    })
    fc.assert(fc.property(fc.array(some), fc.constantFrom(true, false, undefined), (all, namespaced) => {
      const refs = all.map(({ name, namespace }, at) => ref(`${at}`, name, namespace))
      const found = [...claims(refs, namespaced, "default").values()].flatMap((claim) =>
        claim._tag === "Declared" ? [claim.ref] : claim.refs
      )
      assert.deepStrictEqual(found.map(({ path }) => path).sort(), refs.map(({ path }) => path).sort())
    }))
  })
})

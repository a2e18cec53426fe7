import { assert, describe, it } from "@effect/vitest"
import { forKind, isNameOf, ownership } from "../../src/rules/Ruleset.ts"
import { deployment, filters, rule, subject } from "./samples.ts"

describe("the rules of a kind", () => {
  it("are told by plural, singular, kind and short name in any case, alone or with the group", () => {
    const names = ["deployments", "Deployment", "DEPLOY", "deployment", "deployments.apps", "Deploy.APPS"]
    for (const name of names) assert.isTrue(isNameOf(name, deployment), name)
    for (const name of ["deploymen", "deployments.extensions", "deployments.", ".apps", "deployments.v1.apps"])
      assert.isFalse(isNameOf(name, deployment), name)
  })

  it("of the core group have no group behind the name", () => {
    const service = { group: "", kind: "Service", plural: "services", singular: "service", shortNames: ["svc"] }
    assert.isTrue(isNameOf("svc", service))
    assert.isFalse(isNameOf("services.core", service))
  })
})

describe("the ownership of objects", () => {
  const replicas = rule(0, { filters: filters("/spec/replicas"), namespaces: ["shop"] })
  const whole = rule(1)
  const rules = forKind({ number: 1, rules: [replicas, whole, rule(2, { filters: filters("/spec") })] }, deployment)

  it("is one value for all that match the same rules", () => {
    const one = ownership(rules, subject({ name: "one" }))
    assert.strictEqual(ownership(rules, subject({ name: "other" })), one)
    assert.notStrictEqual(ownership(rules, subject({ namespace: "elsewhere" })), one)
    assert.strictEqual(one.lifecycle, whole)
  })

  it("stays right when there are more combinations of rules than are kept", () => {
    const many = Array.from(
      { length: 13 },
      (_, index) => rule(index, { filters: filters(`/spec/f${index}`), names: [`${"?".repeat(index)}1*`] })
    )
    const all = forKind({ number: 1, rules: many }, deployment)
    for (let number = 0; number < 2 ** 13; number++) {
      const bits = number.toString(2).padStart(13, "0")
      const { root } = ownership(all, subject({ name: bits }))
      const owned = many.map((candidate, index) =>
        root.at({ _tag: "Field", name: "spec" }).at({ _tag: "Field", name: `f${index}` }).owner === candidate
          ? "1"
          : "0"
      )
      assert.strictEqual(owned.join(""), bits)
    }
  })
})

import { assert, describe, it } from "@effect/vitest"
import { fieldDiff } from "../../../src/inspect/plan/FieldDiff.ts"
import { isHidden, withoutValues } from "../../../src/inspect/plan/PlanSecret.ts"
import { format } from "../../../src/manifest/FieldPath.ts"
import { unknown } from "../../../src/manifest/FieldType.ts"

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

describe("values of Secrets", () => {
  it("are hidden wherever they may stand, and everything else is told", () => {
    const before = {
      type: "Opaque",
      metadata: { labels: { a: "1" }, annotations: { [lastApplied]: "whole-secret" } },
      data: { password: "secret-1", gone: "secret-2" }
    }
    const after = {
      type: "other",
      metadata: { labels: { a: "2" }, annotations: { [lastApplied]: "whole-secret-2" } },
      data: { password: "secret-3", come: "secret-4" },
      stringData: { a: "secret-5" }
    }
    const changes = fieldDiff(before, after, unknown).map((change) =>
      isHidden("Secret", change.path) ? withoutValues(change) : change
    )
    assert.notInclude(JSON.stringify(changes), "secret")
    assert.deepStrictEqual(changes.map(({ _tag, path }) => `${_tag} ${format(path)}`), [
      "Added /data/come",
      "Removed /data/gone",
      "Changed /data/password",
      `Changed /metadata/annotations/${lastApplied.replace("/", "~1")}`,
      "Changed /metadata/labels/a",
      "Added /stringData",
      "Changed /type"
    ])
    assert.include(JSON.stringify(changes), "other")
    assert.isTrue(isHidden("Secret", []), "a whole Secret")
    assert.isFalse(isHidden("ConfigMap", [{ _tag: "Field", name: "data" }]))
    assert.isFalse(isHidden("Secret.example.com", [{ _tag: "Field", name: "data" }]), "another group's Secret")
  })
})

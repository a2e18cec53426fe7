import { assert, describe, it } from "@effect/vitest"
import type { Explanation } from "../../src/inspect/Explanation.ts"
import { memberLabel } from "../../src/kind/ApplySet.ts"
import { wantedDigest } from "../../src/kind/WantedDigest.ts"
import { ownEntry } from "../../src/kubernetes/fields/ManagedFields.ts"
import { ownedDigest } from "../../src/kubernetes/fields/OwnedDigest.ts"
import { pauseAnnotation } from "../../src/manifest/PauseAnnotation.ts"
import type { KindNames } from "../../src/rules/Ruleset.ts"
import { filters, rule } from "../rules/samples.ts"
import { explained, live, manifest, owns, ref, view } from "./views.ts"

const notes = (change: Parameters<typeof explained>[0], rules?: Parameters<typeof explained>[1]) =>
  explained(change, rules).notes

const fields = ({ fields }: Explanation) =>
  fields.map(({ owner, path, rule, standing }) => `${path} ${owner} ${rule?.place ?? "-"} ${standing}`)

const secret: KindNames = { group: "", kind: "Secret", plural: "secrets", singular: "secret", shortNames: [] }

describe("an explanation", () => {
  it("has nothing to note of an object that is Git's and in step", () => {
    const it = explained({})
    assert.deepStrictEqual(it.notes, [])
    assert.deepStrictEqual(it.unmatched, [])
    assert.deepStrictEqual(it.manifests, ["shapes.yaml:3"])
    assert.deepStrictEqual(it.lifecycle, {
      owner: "Git",
      creates: true,
      writes: false,
      rule: { number: 1, place: "config.yaml:1" }
    })
    assert.deepStrictEqual(fields(it), ["/spec/text Git config.yaml:1 inStep"])
  })

  it("names the line of the filter that takes a field", () => {
    const places = { apiGroups: [], resources: [], filters: [{ line: 5, column: 9 }, { line: 6, column: 9 }] }
    const taking = rule(0, { filters: filters("/spec/more", "/spec/items/*/value"), places, syncTo: "ignore" })
    const it = explained({ git: manifest({ items: [{ name: "a", value: "1" }], more: "1", text: "1" }) }, [
      taking,
      rule(1)
    ])
    assert.deepStrictEqual(fields(it), [
      "/spec/items/[name=a,protocol=TCP]/name Git config.yaml:1 missing",
      "/spec/items/[name=a,protocol=TCP]/value nobody config.yaml:6 toBeSeeded",
      "/spec/more nobody config.yaml:5 leftAlone",
      "/spec/text Git config.yaml:1 inStep"
    ])
  })

  it("believes the record when it says that manifest and live object are in step, as long as both are as they were", () => {
    const object = live({ text: "2" }, [owns("gitops-controller", { text: "1" })])
    const entry = ownEntry(object, "gitops-controller")
    assert.isDefined(entry)
    const { ownership } = view([rule(0)], {})
    const synced = {
      payload: wantedDigest(ref().manifest.digest, ownership, []),
      owned: ownedDigest(object, entry)
    }
    const standing = (change: Parameters<typeof explained>[0]) =>
      explained({ live: object, ...change }).fields[0]?.standing
    assert.strictEqual(standing({ synced }), "changedByServer")
    assert.strictEqual(standing({}), "differs")
    assert.strictEqual(standing({ synced: { ...synced, owned: "another" } }), "differs")
    assert.strictEqual(standing({ synced, refs: [ref({ digest: "another" })] }), "differs")
  })

  it("shows no value of a Secret but labels and type, and compares them all the same", () => {
    const data = (text: string) => ({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "web", labels: { app: "web" }, annotations: { last: text } },
      type: "Opaque",
      data: { same: "c2FtZQ==", password: text }
    })
    const it = explained({
      kind: secret,
      key: { group: "", kind: "Secret", namespace: "shop", name: "web" },
      git: data("Z2l0"),
      live: {
        ...live({}, []),
        ...data("bGl2ZQ=="),
        metadata: { ...live({}, []).metadata, ...data("bGl2ZQ==").metadata }
      }
    })
    assert.deepStrictEqual(fields(it), [
      "/data/password Git config.yaml:1 differs",
      "/data/same Git config.yaml:1 inStep",
      "/metadata/annotations/last Git config.yaml:1 differs",
      "/metadata/labels/app Git config.yaml:1 inStep",
      "/type Git config.yaml:1 inStep"
    ])
    assert.deepStrictEqual(it.fields.map(({ git, hidden, live }) => hidden === true ? "hidden" : [live, git]), [
      "hidden",
      "hidden",
      "hidden",
      ["web", "web"],
      ["Opaque", "Opaque"]
    ])
    assert.notMatch(JSON.stringify(it), /Z2l0|bGl2ZQ|c2FtZQ/)
  })
})

describe("an explanation notes", () => {
  it("that no rule claims the object, and why each doesn't", () => {
    const it = explained({}, [rule(0, { namespaces: ["team-*"] }), rule(1, { apiGroups: ["apps"] })])
    assert.deepStrictEqual(it.notes, [
      "No rule claims it, so it is left alone, on either side.",
      "The field manager gitops-controller still holds 1 field that no rule gives to Git: it will be released, with the live value kept."
    ])
    assert.deepStrictEqual(it.unmatched, [
      { number: 1, place: "config.yaml:1", reason: `"namespaces" is "team-*"` },
      { number: 2, place: "config.yaml:1", reason: `"apiGroups" is "apps", and the object's group is "example.com"` }
    ])
  })

  it("that it is paused, on the object or in its manifest", () => {
    const paused = live({}, [], { annotations: { [pauseAnnotation]: "paused" } })
    assert.strictEqual(
      notes({ live: paused })[0],
      "It is paused: the annotation gitops-controller/sync on the object asks to leave it alone, whatever is said above."
    )
    assert.match(notes({ refs: [ref({ isPaused: true })] }).join(), /^It is paused: .* on the manifest asks/)
  })

  it("that a rule is suspended", () =>
    assert.deepStrictEqual(notes({}, [rule(0, { suspend: true })]), [
      "Rule 1 is suspended: it keeps its fields and touches nothing."
    ]))

  it("that another object controls it, unless a rule names its resource", () => {
    const owner = { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-1", uid: "r", controller: true }
    const controlled = live({}, [owns("gitops-controller", {})], { ownerReferences: [owner] })
    assert.match(notes({ live: controlled }).join(), /^ReplicaSet web-1 controls it and would undo what Git says/)
    assert.deepStrictEqual(notes({ live: controlled }, [rule(0, { resources: ["shapes"] })]), [])
  })

  it("that it is never synced, or refused", () => {
    const configMap: KindNames = { ...secret, kind: "ConfigMap", plural: "configmaps" }
    const own = { group: "", kind: "ConfigMap", namespace: "gitops-controller", name: "gitops-controller.default" }
    assert.deepStrictEqual(notes({ kind: configMap, key: own }), [
      "It is never synced, whatever a rule says: it belongs to the controller itself."
    ])
    const token = { ...manifest({}), kind: "Secret", type: "kubernetes.io/service-account-token" }
    assert.deepStrictEqual(notes({ kind: secret, git: token }), [
      "It is refused: a service-account token is made by the cluster and is never applied; remove it from Git."
    ])
  })

  it("that two manifests describe it", () =>
    assert.match(
      notes({ refs: [ref(), ref({ line: 9 })], git: undefined })[0] ?? "",
      /^2 manifests describe it, so none is applied or changed/
    ))

  it("that nobody knows who owns its fields", () =>
    assert.match(notes({ live: live({ text: "1" }, []) }).join(), /^Somebody took its managedFields away/))

  const places = { apiGroups: [], resources: [], filters: [{ line: 5, column: 9 }, { line: 6, column: 9 }] }
  const whole =
    `config.yaml:5:9: "/spec/whole/a" does not fit Shape.example.com: the map "/spec/whole" has one owner as a whole: write "/spec/whole"`

  it("that a filter doesn't fit, with its place, and that it holds up the object; one that takes nothing doesn't", () => {
    const unfit = rule(0, { filters: filters("/spec/whole/a", "/spec/mor"), places, syncTo: "ignore" })
    assert.deepStrictEqual(notes({}, [unfit, rule(1)]), [
      `${whole}; so nothing of this object is applied until that is mended`,
      `config.yaml:6:9: "/spec/mor" does not fit Shape.example.com: "/spec" has no field "mor"; did you mean "/spec/more"?`
    ])
  })

  it("that a filter doesn't fit, and holds up nothing where Git decides about every field anyway", () =>
    assert.deepStrictEqual(notes({}, [rule(0, { filters: filters("/spec/whole/a"), places }), rule(1)]), [whole]))

  it("that it waits to be deleted, once Git holds it no longer", () => {
    const member = live({ text: "1" }, [owns("gitops-controller", { text: "1" })], {
      labels: { [memberLabel]: "our-set" }
    })
    assert.deepStrictEqual(notes({ refs: [], git: undefined, live: member }), [
      "The controller made it and Git holds it no longer: it is deleted once that is proved and granted; status and plan say what stands in the way."
    ])
  })

  it("that its kind isn't served, and what could not be found out", () =>
    assert.deepStrictEqual(notes({ served: undefined, live: undefined, gaps: ["Something: why"] }), [
      "The cluster does not serve Shape.example.com: it waits until its CustomResourceDefinition is there.",
      "Something: why"
    ]))
})

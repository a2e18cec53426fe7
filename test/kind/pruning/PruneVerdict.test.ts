import { assert, describe, it } from "@effect/vitest"
import { protection } from "../../../src/kind/pruning/Protection.ts"
import { judgePrune, type PruneCircumstances } from "../../../src/kind/pruning/PruneVerdict.ts"
import type { Tracked } from "../../../src/kind/Tracked.ts"
import { live, rule, spec, tracked } from "../samples.ts"

const sure: PruneCircumstances = {
  isTipComplete: true,
  isRecorded: true,
  protection: () => undefined,
  spoiled: undefined,
  isUnchanged: false,
  now: 0
}

const verdictOf = (
  known: Partial<Tracked> = {},
  change: Partial<PruneCircumstances> = {},
  by: Parameters<typeof rule>[0] = {}
) => judgePrune(tracked({ live: live(), ...known }), rule(by), undefined, { ...sure, ...change })

const reasonOf = (...args: Parameters<typeof verdictOf>) => {
  const verdict = verdictOf(...args)
  return verdict?._tag === "Kept" ? verdict.reason : `it is ${verdict?._tag}`
}

describe("an object of ours that Git holds no longer", () => {
  it("is to be deleted", () => {
    assert.deepInclude(verdictOf(), { _tag: "AwaitsPrune", uid: "u1", isUnderWay: false })
  })

  it("stays where a rule, a person or another object says so", () => {
    assert.include(reasonOf({}, {}, { prune: "never" }), "rule 1 says \"prune: never\"")
    assert.include(reasonOf({ live: live({ isNeverPruned: true }) }), "gitops-controller/prune says \"never\"")
    assert.include(reasonOf({ live: live({ controller: "Deployment web" }) }), "Deployment web made it")
    assert.include(reasonOf({}, { protection: () => "it is precious" }), "it is precious")
  })

  it("stays while a file can't be read, and is not said to be gone from Git", () => {
    const reason = reasonOf({}, { isTipComplete: false })
    assert.include(reason, "could not be read")
    assert.notInclude(reason, "no longer in Git")
  })

  it("stays while the file that described it is there and nobody can read it", () => {
    assert.include(reasonOf({}, { spoiled: "web.yaml" }), "web.yaml, which described it,")
  })

  it("stays where entry or record don't show that it is ours, unless a rule takes it anyway", () => {
    assert.include(reasonOf({ live: live({ owned: undefined }) }), "managedFields")
    assert.include(reasonOf({}, { isRecorded: false }), "the record doesn't say")
    const anyway = { prune: "always", resources: ["configmaps"] } as const
    assert.strictEqual(verdictOf({}, { isRecorded: false }, anyway)?._tag, "AwaitsPrune")
    assert.strictEqual(verdictOf({ live: live({ owned: undefined }) }, {}, anyway)?._tag, "AwaitsPrune")
  })

  it("stays where both sides may change it and the cluster did", () => {
    const both = { syncTo: "both" } as const
    assert.include(reasonOf({}, {}, both), "changed in the cluster")
    assert.strictEqual(verdictOf({}, { isUnchanged: true }, both)?._tag, "AwaitsPrune")
  })

  it("is going once its deletion has begun, whoever began it", () => {
    const going = verdictOf({ live: live({ terminating: true, finalizers: "example.com/hold" }) })
    assert.deepInclude(going, { _tag: "Going", finalizers: "example.com/hold" })
  })

  it("is asked for once; an answer for another object of its name counts for nothing", () => {
    assert.deepInclude(verdictOf({ prune: { _tag: "UnderWay", uid: "u1" } }), { isUnderWay: true })
    assert.deepInclude(verdictOf({ prune: { _tag: "UnderWay", uid: "u0" } }), { isUnderWay: false })
    assert.strictEqual(reasonOf({ prune: { _tag: "Held", uid: "u1", message: "too many" } }), "too many")
    assert.strictEqual(verdictOf({ prune: { _tag: "Held", uid: "u0", message: "too many" } })?._tag, "AwaitsPrune")
    const sent = { prune: { _tag: "Sent", uid: "u1", until: 10 } } as const
    assert.deepInclude(verdictOf(sent), { isUnderWay: true })
    assert.deepInclude(verdictOf(sent, { now: 10 }), { isUnderWay: false }, "the watch never showed it")
  })
})

describe("what is protected", () => {
  const of = (kind: string, plural: string, group = "") => ({ ...spec, kind: { ...spec.kind, kind, plural, group } })
  const at = (name: string, namespace = "") => ({ name, namespace })

  it("are kinds that take data along, unless a rule names them and has prune written out", () => {
    const claims = of("PersistentVolumeClaim", "persistentvolumeclaims")
    const named = rule({ resources: ["pvc"] })
    assert.include(protection(claims, at("data", "shop"), named), "written out")
    assert.include(protection(claims, at("data", "shop"), rule({ isPruneWritten: true })), "names its resource")
    assert.isUndefined(protection(claims, at("data", "shop"), { ...named, isPruneWritten: true }))
    assert.isUndefined(protection(spec, at("settings", "shop"), rule()))
  })

  it("is what belongs to the controller itself, whatever a rule says", () => {
    const all = rule({ resources: ["namespaces"], prune: "always", isPruneWritten: true })
    assert.isDefined(protection(of("Namespace", "namespaces"), at("gitops-controller"), all))
    assert.isDefined(protection(of("ServiceAccount", "serviceaccounts"), at("any", "gitops-controller"), all))
    assert.isDefined(protection(spec, at("kube-root-ca.crt", "shop"), all))
  })

  it("is what stands in the cluster's own namespaces, for a rule that takes everything and doesn't name them", () => {
    const always = rule({ resources: ["configmaps"], prune: "always" })
    assert.include(protection(spec, at("coredns", "kube-system"), always), "kube-system")
    assert.isDefined(protection(spec, at("coredns", "kube-system"), { ...always, namespaces: ["kube-*"] }))
    assert.isUndefined(protection(spec, at("coredns", "kube-system"), { ...always, namespaces: ["kube-system"] }))
    assert.isUndefined(protection(spec, at("coredns", "kube-system"), rule()))
  })
})

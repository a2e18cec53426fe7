import { assert, describe, it } from "@effect/vitest"
import { isOnlyTried, rightOf } from "../../../src/kind/rights/NeededRights.ts"
import { rightsOfRules } from "../../../src/kind/rights/RightsOfRules.ts"
import type { ServedKind } from "../../../src/kubernetes/Discovery.ts"
import { nameOf } from "../../../src/kubernetes/rights/Right.ts"
import type { Rule } from "../../../src/rules/Rule.ts"
import { filters, rule } from "../../rules/samples.ts"

const kind = (
  group: string,
  name: string,
  plural: string,
  shortNames: ReadonlyArray<string> = [],
  verbs = ["get", "list", "watch", "create", "update", "patch", "delete"]
): ServedKind => ({
  group,
  kind: name,
  plural,
  singular: name.toLowerCase(),
  shortNames,
  namespaced: true,
  versions: [{ version: "v1", verbs: new Set(verbs) }]
})

const deployment = kind("apps", "Deployment", "deployments", ["deploy"])

const served = [
  deployment,
  kind("", "Service", "services", ["svc"]),
  kind("serving.example.com", "Service", "services"),
  kind("", "Pod", "pods", ["po"]),
  kind("rbac.authorization.k8s.io", "RoleBinding", "rolebindings"),
  kind("metrics.example.com", "Reading", "readings", [], ["get", "list"])
]

const all = "get,list,watch,create,patch,delete"

const of = (changes: ReadonlyArray<Partial<Rule>>, kinds: ReadonlyArray<ServedKind> | undefined) => {
  const { notes, rights } = rightsOfRules(changes.map((change, index) => rule(index, change)), kinds)
  return {
    rights: rights.map((right) => `${nameOf(right)} (${right.group}): ${right.verbs.join()}`),
    notes: notes.map(({ message, rule: { index } }) => `rule ${index + 1} ${message}`)
  }
}

describe("the rights of rules, with a cluster", () => {
  it("are for the resources they name, in every group that serves them", () =>
    assert.deepStrictEqual(of([{ resources: ["Deploy", "svc", "service", "po"] }], served), {
      rights: [
        `pods (): ${all}`,
        `services (): ${all}`,
        `deployments.apps (apps): ${all}`,
        `services.serving.example.com (serving.example.com): ${all}`
      ],
      notes: []
    }))

  it("are for the groups they name", () =>
    assert.deepStrictEqual(
      of([{ apiGroups: [""], resources: ["services"] }, { resources: ["service.serving.example.com"] }], served).rights,
      [`services (): ${all}`, `services.serving.example.com (serving.example.com): ${all}`]
    ))

  it("do not create where fields alone are taken, or a rule is suspended", () => {
    assert.deepStrictEqual(
      of([{ resources: ["deploy"], filters: filters("/spec/replicas") }, { resources: ["po"], suspend: true }], served)
        .rights,
      ["pods (): get,list,watch,patch", "deployments.apps (apps): get,list,watch,patch"]
    )
    assert.deepStrictEqual(
      of([{ resources: ["deploy"], filters: filters("/spec/replicas") }, { resources: ["deploy"] }], served).rights,
      [`deployments.apps (apps): ${all}`],
      "unless another rule does"
    )
  })

  it("are none for what is ignored", () =>
    assert.deepStrictEqual(of([{ syncTo: "ignore" }], served), { rights: [], notes: [] }))

  /** What proves that an object is gone. */
  const proofs = [
    "namespaces (): get",
    "customresourcedefinitions.apiextensions.k8s.io (apiextensions.k8s.io): get",
    "apiservices.apiregistration.k8s.io (apiregistration.k8s.io): get"
  ]

  it("change nothing in the cluster for what goes to Git, but may try to create it", () => {
    const toGit = { resources: ["deploy"], syncTo: "git" } as const
    const rights = [...proofs, "deployments.apps (apps): get,list,watch,create"]
    assert.deepStrictEqual(of([toGit], served).rights, rights)
    assert.deepStrictEqual(of([{ ...toGit, filters: filters("/spec/replicas") }], served).rights, rights)
    assert.deepStrictEqual(of([{ ...toGit, suspend: true }], served).rights, [
      "deployments.apps (apps): get,list,watch"
    ])
  })

  it("are also for what can't be changed, when it only goes to Git", () => {
    const event = kind("events.example.com", "Note", "notes", [], ["get", "list", "watch"])
    const rules = (syncTo: Rule["syncTo"]) => of([{ resources: ["notes"], syncTo }], [event])
    assert.include(rules("git").rights, "notes.events.example.com (events.example.com): get,list,watch,create")
    assert.deepStrictEqual(rules("git").notes, [])
    assert.match(rules("kubernetes").notes[0] ?? "", /doesn't serve/)
  })

  it("are all of them for what goes both ways", () => {
    const both = { resources: ["deploy"], syncTo: "both" } as const
    const rights = (verbs: string) => [...proofs, `deployments.apps (apps): ${verbs}`]
    assert.deepStrictEqual(of([both], served).rights, rights(all))
    const kept = rights(all.replace(",delete", ""))
    assert.deepStrictEqual(of([{ ...both, filters: filters("/spec/replicas") }], served).rights, kept)
    assert.deepStrictEqual(of([{ ...both, prune: "never" }], served).rights, kept)
  })

  it("say whether some are for dry runs alone", () => {
    const hasDryRuns = (...changes: ReadonlyArray<Partial<Rule>>) =>
      rightsOfRules(changes.map((change, index) => rule(index, change)), served).hasDryRuns
    assert.isTrue(hasDryRuns({ syncTo: "git" }))
    assert.isTrue(hasDryRuns({ syncTo: "both", filters: filters("/spec/replicas") }))
    assert.isFalse(hasDryRuns({ syncTo: "both" }))
    assert.isFalse(hasDryRuns({ syncTo: "git", suspend: true }, { syncTo: "kubernetes" }))
  })

  it("have a wildcard only where a rule has one, and say which rule it is", () => {
    assert.deepStrictEqual(of([{ resources: ["deploy"] }, { apiGroups: ["apps"] }], served), {
      rights: [`*.apps (apps): ${all}`],
      notes: [`rule 2 names no resource, so its rights are for every resource of "apps"`]
    })
    assert.deepStrictEqual(of([{ apiGroups: ["", "batch"] }], served), {
      rights: [`* (): ${all}`, `*.batch (batch): ${all}`],
      notes: [
        `rule 1 names no resource, so its rights are for every resource of the core group "", "batch", Secrets and pods/exec too`
      ]
    })
    const { notes, rights } = of([{ resources: ["deploy"] }, {}], served)
    assert.deepStrictEqual(rights, [`* (*): ${all}`])
    assert.strictEqual(
      notes[0],
      "rule 2 names no resource, so its rights are for every resource, Secrets and pods/exec too"
    )
  })

  it("leave out what isn't served, or can't be synced, and say so", () =>
    assert.deepStrictEqual(of([{ resources: ["deploy", "widgets", "readings"] }], served), {
      rights: [`deployments.apps (apps): ${all}`],
      notes: [
        `rule 1 names "widgets", "readings", which the cluster doesn't serve: not in the role; ask again once it does`
      ]
    }))

  it("are for all namespaces, whichever the rule names, and say why", () =>
    assert.deepStrictEqual(of([{ resources: ["deploy"], namespaces: ["shop", "team-*"] }], served).notes, [
      `rule 1 names namespaces ("shop", "team-*"), but a kind is watched in all namespaces at once: its rights are for the whole cluster`
    ]))

  it("say what roles and bindings in Git would take besides", () => {
    const note =
      `covers roles or bindings: Kubernetes lets nobody give rights that they don't have themselves, unless they have the verb "escalate" on roles and "bind" on what is bound; neither is in this role, since whoever may push to the branch could then give themselves any right`
    assert.deepStrictEqual(of([{ resources: ["rolebinding"] }], served).notes, [`rule 1 ${note}`])
    assert.include(of([{}], served).notes, `rule 1 ${note}`)
    assert.include(of([{ resources: ["ClusterRoles"] }], undefined).notes, `rule 1 ${note}`)
    assert.deepStrictEqual(of([{ resources: ["rolebinding"], syncTo: "git" }], served).notes, [])
  })
})

describe("the rights of rules, without a cluster", () => {
  it("are those of the names as they are written, and say what could not be looked up", () =>
    assert.deepStrictEqual(
      of([{ apiGroups: ["apps"], resources: ["Deploy"] }, { resources: ["services", "jobs.batch"] }], undefined),
      {
        rights: [`services (*): ${all}`, `deploy.apps (apps): ${all}`, `jobs.batch (batch): ${all}`],
        notes: [
          `rule 1 names "Deploy", taken as written since no cluster answered: a role knows plurals only, no kinds and no short names`,
          `rule 2 names "services", "jobs.batch", taken as written since no cluster answered: a role knows plurals only, no kinds and no short names`,
          `rule 2 names no API group for "services", so any group is meant until a cluster answers`
        ]
      }
    ))
})

describe("what rules need of one kind", () => {
  it("is what all of them need together", () => {
    const rules = [
      rule(0, { filters: filters("/spec") }),
      rule(1, { resources: ["deploy"] }),
      rule(2, { syncTo: "ignore" })
    ]
    assert.deepStrictEqual(rightOf(deployment, rules)?.verbs.join(), all)
    assert.deepStrictEqual(rightOf(deployment, rules.slice(0, 1))?.verbs.join(), "get,list,watch,patch")
    assert.isUndefined(rightOf(deployment, rules.slice(2)))
  })

  it("is create for dry runs alone unless one of them creates", () => {
    const toGit = rule(0, { syncTo: "git" })
    assert.isTrue(isOnlyTried(deployment, [toGit]))
    assert.isFalse(isOnlyTried(deployment, [toGit, rule(1)]))
    assert.isFalse(isOnlyTried(deployment, [rule(0, { filters: filters("/spec") })]), "it takes none at all")
    assert.isTrue(isOnlyTried(deployment, [toGit, rule(1, { resources: ["svc"] })]), "another kind's rule")
  })
})

import * as NodeServices from "@effect/platform-node/NodeServices"
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { load, mistakesIn } from "./samples.ts"

layer(NodeServices.layer)("A rule that writes to Git", (it) => {
  it.effect("may say how much goes, and who wins a conflict", () =>
    Effect.gen(function*() {
      const { deletions, rules } = yield* load(`gitUrl: file:///srv/git/a.git
rules:
  - { resources: [deployments], syncTo: git, prune: always }
  - { resources: [services], syncTo: both, prune: owned, conflict: git }
  - { syncTo: git, prune: never }
deletions: { percent: 5 }
`)
      expect(rules.map(({ conflict, prune, syncTo }) => [syncTo, prune, conflict])).toEqual([
        ["git", "always", "hold"],
        ["both", "owned", "git"],
        ["git", "never", "hold"]
      ])
      expect(deletions).toEqual({ max: 20, percent: 5 })
    }))

  it.effect("is told what can't be meant", () =>
    mistakesIn(`rules:
  - { syncTo: git, prune: always }
  - { resources: [services], syncTo: git, conflict: hold }
  - { resources: [secrets, Secret], apiGroups: [""], syncTo: git }
  - { resources: [secrets], filters: [/data], syncTo: both }
  - { resources: [secrets, configmaps], syncTo: git }
  - { resources: [secrets], apiGroups: [example.com], syncTo: git }
  - { resources: [secrets], syncTo: kubernetes }
`).pipe(Effect.map((found) =>
      expect(found).toEqual([
        `config.yaml:2:27: "prune" is "always"; it takes from Git also what this cluster has never had, so the rule must name its resources: resources: [deployments]`,
        `config.yaml:3:53: "conflict" is "hold"; it belongs to "syncTo: both": under "syncTo: git" one side is always right`,
        `config.yaml:4:62: "syncTo" is "git"; but Secrets are never written to Git, and this rule names nothing else; use "kubernetes" or "ignore", or name other resources`,
        `config.yaml:5:55: "syncTo" is "both"; but Secrets are never written to Git, and this rule names nothing else; use "kubernetes" or "ignore", or name other resources`
      ])
    )))
})

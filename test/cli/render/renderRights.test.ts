import { assert, describe, it } from "@effect/vitest"
import { rightsDocument, rightsYaml } from "../../../src/cli/render/renderRights.ts"
import { rightsOfRules } from "../../../src/kind/rights/RightsOfRules.ts"
import type { Rule } from "../../../src/rules/Rule.ts"
import { rule } from "../../rules/samples.ts"

const subject = {
  file: "config.yaml",
  name: "gitops-controller.default",
  stateNamespace: "sync",
  cluster: "as written",
  rolesOnly: false
}

const printed = (...changes: ReadonlyArray<Partial<Rule>>) =>
  rightsYaml(rightsDocument(rightsOfRules(changes.map((change, index) => rule(index, change)), undefined), subject))

describe("the printed rights", () => {
  it("say why something may be created where all goes to Git", () => {
    const text = printed({ resources: ["configmaps"], apiGroups: [""], syncTo: "git" })
    assert.match(text, /^# "create" for what only goes to Git \(syncTo: git\) is for dry runs: .*Nothing is created\./m)
    assert.include(text, "- apiregistration.k8s.io\n  resources:\n  - apiservices\n  verbs:\n  - get\n")
    assert.notMatch(text, /- configmaps\n {2}verbs:\n(?: {2}- (?:get|list|watch|create)\n)* {2}- patch/)
  })

  it("say nothing of it where all goes to the cluster", () => {
    const text = printed({ resources: ["configmaps"], apiGroups: [""] })
    assert.notInclude(text, "dry runs")
    assert.notInclude(text, "apiservices")
  })
})

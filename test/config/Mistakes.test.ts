import * as NodeServices from "@effect/platform-node/NodeServices"
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { type Case, mistakesIn, rule } from "./samples.ts"

const topKeys =
  "gitUrl, branch, gitPath, rules, name, namespace, stateNamespace, interval, commit, layout, deletions, restore, volumes, lease, credentials, http, fieldManager"

const duration = `a duration such as "30s", "1m30s" or "500ms"`
const keys: ReadonlyArray<Case> = [
  ["an unknown key of a rule", "rules:\n  - names: [web]\n    suspend: true\n    syncto: kubernetes\n", [
    `config.yaml:2:5: missing key "syncTo"; allowed: git, kubernetes, ignore, both`,
    `config.yaml:4:5: unknown key "syncto", did you mean "syncTo"?`
  ]],
  ["an unknown key at the top", `intervall: 30s\n${rule}`, [
    `config.yaml:1:1: unknown key "intervall", did you mean "interval"?`
  ]],
  ["a key like no other", `${rule}banana: 1\n`, [`config.yaml:3:1: unknown key "banana"; allowed: ${topKeys}`]],
  ["a key that looks like an address", `${rule}https://me:word@host/x: 1\n`, [
    `config.yaml:3:1: unknown key "https://…@host/x"; allowed: ${topKeys}`
  ]],
  ["an unknown key in a map on one line", `${rule}lease: { duration: 15s, renews: 10s }\n`, [
    `config.yaml:3:25: unknown key "renews", did you mean "renew"?`
  ]],
  ["no rules", "interval: 30s\n", [
    `config.yaml:1:1: missing key "rules"; it is a list of rules such as "- syncTo: kubernetes"`
  ]],
  ["a key twice", `interval: 30s\n${rule}interval: 60s\n`, [
    `config.yaml:4:1: "interval" is written a second time; the first is on line 1`
  ]],
  ["a key twice and another mistake", `${rule}lease:\n  renew: 5s\n  renew: soon\nport: 80\n`, [
    `config.yaml:5:3: "renew" is written a second time; the first is on line 4`,
    `config.yaml:5:10: "renew" is "soon"; it must be ${duration}`,
    `config.yaml:6:1: unknown key "port"; allowed: ${topKeys}`
  ]]
]

const types: ReadonlyArray<Case> = [
  ["a word for another", "rules:\n  - names: [a]\n    syncTo: kubernets\n", [
    `config.yaml:3:13: "syncTo" is "kubernets"; allowed: git, kubernetes, ignore, both (did you mean "kubernetes"?)`
  ]],
  ["a number for a word", "rules:\n  - syncTo: 5\n", [
    `config.yaml:2:13: "syncTo" is 5; allowed: git, kubernetes, ignore, both`
  ]],
  ["a map for a list of rules", "rules:\n  syncTo: kubernetes\n", [
    `config.yaml:2:3: "rules" is a map; it must be a list of rules such as "- syncTo: kubernetes"`
  ]],
  ["a text for a rule", "rules:\n  - kubernetes\n", [
    `config.yaml:2:5: "rules[0]" is "kubernetes"; it must be a map such as { resources: [deployments], syncTo: kubernetes }`
  ]],
  ["a text for a list", "rules:\n  - namespaces: shop\n    syncTo: ignore\n", [
    `config.yaml:2:17: "namespaces" is "shop"; it must be a list such as [shop, team-*]: write [shop]`
  ]],
  ["a map for labels", "rules:\n  - labels: { app: web }\n    syncTo: ignore\n", [
    `config.yaml:2:13: "labels" is a map; it must be a label selector such as "app=web,tier!=cache"`
  ]],
  ["a number for a text", `${rule}name: 123\n`, [
    `config.yaml:3:7: "name" is 123; it must be a text: put it in quotes`
  ]],
  ["a number in a list of texts", "rules:\n  - names: [web, 1]\n    syncTo: ignore\n", [
    `config.yaml:2:18: "names[1]" is 1; it must be a text: put it in quotes`
  ]],
  ["a text for a boolean", "rules:\n  - suspend: yes\n    syncTo: ignore\n", [
    `config.yaml:2:14: "suspend" is "yes"; it must be true or false`
  ]],
  ["a number without a unit", `${rule}interval: 30\n`, [`config.yaml:3:11: "interval" is 30; it must be ${duration}`]],
  ["a value that was left out", `${rule}branch:\n`, [
    `config.yaml:3:8: "branch" is empty; it must be a text, or leave the key out`
  ]],
  ["a text for a number", `${rule}http: { port: "8080" }\n`, [
    `config.yaml:3:15: "port" is "8080"; it must be a number: 0 to 65535 (0 is any free port)`
  ]],
  ["a number for a map", `${rule}http: 8080\n`, [
    `config.yaml:3:7: "http" is 8080; it must be a map such as { port: 8080 }`
  ]],
  ["a list for a configuration", "- syncTo: kubernetes\n", [
    `config.yaml:1:1: the configuration is a list; it must be a map that holds at least "rules"`
  ]],
  ["a text for a configuration", "kubernetes\n", [
    `config.yaml:1:1: the configuration is "kubernetes"; it must be a map that holds at least "rules"`
  ]],
  ["nothing", "", [`config.yaml: the file is empty; it needs at least "rules"`]],
  ["nothing but comments", "# rules:\n", [`config.yaml: the file is empty; it needs at least "rules"`]]
]

layer(NodeServices.layer)("A mistake is told at its place, with what is allowed:", (it) => {
  for (const [name, text, mistakes] of [...keys, ...types])
    it.effect(name, () => mistakesIn(text).pipe(Effect.map((found) => expect(found).toEqual(mistakes))))

  it.effect("all of them at once, in the order of the file", () =>
    mistakesIn("name: X\nrules:\n  - syncTo: sideways\n  - synkTo: git\ninterval: soon\nhttp: { port: 99999 }\n").pipe(
      Effect.map((found) =>
        expect(found.map((line) => line.split(" ")[0])).toEqual([
          "config.yaml:1:7:",
          "config.yaml:3:13:",
          "config.yaml:4:5:",
          "config.yaml:4:5:",
          "config.yaml:5:11:",
          "config.yaml:6:15:"
        ])
      )
    ))
})

import * as NodeServices from "@effect/platform-node/NodeServices"
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { type Case, mistakesIn, rule } from "./samples.ts"

const syntax: ReadonlyArray<Case> = [
  ["a tab", "rules:\n\t- syncTo: kubernetes\n", ["config.yaml:2:1: YAML is indented with spaces, not with tabs"]],
  ["a star", "rules:\n  - namespaces: [*]\n    syncTo: ignore\n", [
    `config.yaml:2:18: a text that begins with "*" must stand in quotes`
  ]],
  ["a star before a name", "rules:\n  - namespaces: [*-prod]\n    syncTo: ignore\n", [
    `config.yaml:2:18: a text that begins with "*" must stand in quotes`
  ]],
  ["an exclamation mark", "rules:\n  - labels: !canary\n    syncTo: ignore\n", [
    `config.yaml:2:13: a text that begins with "!" must stand in quotes`
  ]],
  ["an at sign", `${rule}name: @prod\n`, [`config.yaml:3:7: a text that begins with "@" must stand in quotes`]],
  ["a placeholder", `${rule}layout: {namespace}/{name}\n`, [
    "config.yaml:3:20: this isn't YAML: the value ends before this; put the whole value in quotes"
  ]],
  ["a second colon", `${rule}name: a: b\n`, [
    `config.yaml:3:7: this isn't YAML: a second ":" follows; check the indentation, or put the text in quotes`
  ]],
  ["an open bracket", "rules: [{ syncTo: ignore }\nname: x\n", [
    "config.yaml:2:1: this isn't YAML: flow sequence in block collection must be sufficiently indented and end with a ]"
  ]],
  ["a second document", `${rule}---\nname: x\n`, [
    "config.yaml:3:1: a second YAML document begins here; a configuration is one document"
  ]],
  [
    "an alias bomb",
    `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n${rule}`,
    [
      "config.yaml:1:1: its aliases repeat too much"
    ]
  ]
]

layer(NodeServices.layer)("What isn't YAML is told at its place, with what to write:", (it) => {
  for (const [name, text, mistakes] of syntax)
    it.effect(name, () => mistakesIn(text).pipe(Effect.map((found) => expect(found).toEqual(mistakes))))
})

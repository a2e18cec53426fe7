import * as NodeServices from "@effect/platform-node/NodeServices"
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { load, mistakesIn } from "./samples.ts"

const url = "file:///srv/git/cluster.git"

const withFilter = (pointer: string) =>
  `rules:\n  - filters:\n      - ${JSON.stringify(pointer)}\n    syncTo: ignore\n  - syncTo: kubernetes\n`

const index = (at: string) =>
  `"${at}" counts the items of a list, and those change places: write [name=app] for the item with that key, "*" for ` +
  `every item, or the list alone; the key "${at}" of a map is written ["${at}"]`

const identity = "it says which object it is, so no rule can take it: take this line out"
const serverSet = "only the API server sets it, so no rule can take it: take this line out"

const refused: ReadonlyArray<readonly [pointer: string, reason: string]> = [
  ["", `it names no field: leave "filters" out to take the whole object`],
  ["/", `it names no field: leave "filters" out to take the whole object`],
  ["spec.replicas", `it must be a JSON pointer that begins with "/": write "/spec/replicas"`],
  [".spec.replicas", `it must be a JSON pointer that begins with "/": write "/spec/replicas"`],
  ["$.spec.replicas", `it must be a JSON pointer that begins with "/": write "/spec/replicas"`],
  ["spec/template", `it must be a JSON pointer that begins with "/": write "/spec/template"`],
  ["my field", `it must be a JSON pointer that begins with "/": write "/spec/replicas"`],
  ["/spec//replicas", `a name is missing between two "/" or at the end: write "/spec/replicas"`],
  ["/spec/", `a name is missing between two "/" or at the end: write "/spec"`],
  ["/spec/containers/0/image", index("0")],
  ["/spec/containers/[12]/image", index("12")],
  ["/spec/containers/-", index("-")],
  ["/spec/containers[name=app]/image", `"/" is missing before "[": write "containers/[name=app]"`],
  ["/spec/containers[*]/image", `"/" is missing before "[": write "containers/*"`],
  ["/spec/containers/[*]/image", `"[*]" is written "*"`],
  ["/spec/containers/[name=app/image", `"[" is not closed in "[name=app/image": write it like [name=app]`],
  ["/spec/containers/[name=app]image", `after "[name=app]" must follow "/" or nothing`],
  ["/spec/containers/[app]/image", `"[app]" names no key with its value: write it like [name=app]`],
  ["/spec/containers/[]/image", `"[]" names no key with its value: write it like [name=app]`],
  [
    "/metadata/finalizers/[=keep]",
    `"[=keep]" has no key before "=": write it like [name=app]; the values of a set can only be taken together, so end before it`
  ],
  ["/spec/containers/[name=]/image", `"name" has no value in "[name=]"; an empty one is written [name=""]`],
  ["/spec/ports/[port=80,]", `a key is missing beside "," in "[port=80,]"`],
  ["/spec/ports/[port=80,port=81]", `"[port=80,port=81]" names "port" twice`],
  [`/spec/ports/[name=a"b"]`, `a quote stands within a value of "[name=a"b"]": put the whole value in quotes`],
  ["/spec/web-*/image", `"*" stands for a whole name, not for a part of one: "web-*" must be "*" or a name`],
  ["/spec/**/image", `"*" stands for a whole name, not for a part of one: "**" must be "*" or a name`],
  ["/metadata/annotations/a~b", `"~" stands alone in "a~b": write "~0" for "~" and "~1" for "/"`],
  ["/metadata/annotations/a~2b", `"~" stands alone in "a~2b": write "~0" for "~" and "~1" for "/"`],
  [
    "/*",
    `it would take the name and the status too: begin with a field such as "/spec", or leave "filters" out to take the whole object`
  ],
  ["/[name=web]", `an object is no list: begin with a field such as "/spec"`],
  ["/kind", identity],
  ["/apiVersion", identity],
  ["/metadata/name", identity],
  ["/metadata/namespace", identity],
  ["/metadata/uid", serverSet],
  ["/metadata/managedFields", serverSet],
  ["/metadata/managedFields/*/manager", serverSet],
  ["/metadata/*", `it would take the name too: write "/metadata" for labels and annotations`],
  ["/metadata/label/app", `metadata has no field "label" that can be synced: write "/metadata/labels"`],
  ["/status", "the status is the cluster's report and is never synced: take this line out"],
  ["/status/replicas", "the status is the cluster's report and is never synced: take this line out"]
]

layer(NodeServices.layer)("A filter", (it) => {
  for (const [pointer, reason] of refused) {
    it.effect(`is refused at its place: ${JSON.stringify(pointer)}`, () =>
      mistakesIn(withFilter(pointer)).pipe(
        Effect.map((found) =>
          expect(found).toEqual([`config.yaml:3:9: "filters[0]" is ${JSON.stringify(pointer)}; ${reason}`])
        )
      ))
  }

  const taken = [
    "/metadata",
    "/metadata/labels",
    "/metadata/annotations/example.com~1owner",
    "/metadata/finalizers",
    "/spec/template/spec/containers/*/image",
    "/spec/template/spec/containers/[name=app]/volumeMounts/[mountPath=/var/lib]/readOnly",
    "/spec/template/spec/containers/[name=app]/ports/[containerPort=80,protocol=TCP]",
    `/data/["8080"]`,
    "/data/status"
  ]
  it.effect("is taken as it is written", () =>
    load(`rules:\n  - filters: ${JSON.stringify(taken)}\n    syncTo: ignore\n`, { gitUrl: url }).pipe(
      Effect.map(({ rules }) => expect(rules[0]?.filters.map(({ text }) => text)).toEqual(taken))
    ))

  it.effect("that an earlier rule leaves nothing to is told, but only against another direction", () =>
    mistakesIn(`
rules:
  - resources: [deployments]
    filters: [/spec/template, '/metadata/labels/*']
    syncTo: ignore
  - resources: [deployments]
    namespaces: [shop]
    filters: [/spec/replicas, '/spec/template/spec/containers/*/image', /metadata/labels/app]
    syncTo: kubernetes
  - resources: [services]
    filters: [/spec/template]
    syncTo: kubernetes
  - resources: [deployments]
    filters: [/spec/template/metadata]
    syncTo: ignore
  - resources: [deployments]
    syncTo: kubernetes
`).pipe(Effect.map((found) =>
      expect(found).toEqual([
        `config.yaml:8:31: "filters[1]" is "/spec/template/spec/containers/*/image"; it never applies: rule 1 above takes "/spec/template" for "syncTo: ignore"; remove it, or move this rule up`,
        `config.yaml:8:73: "filters[2]" is "/metadata/labels/app"; it never applies: rule 1 above takes "/metadata/labels/*" for "syncTo: ignore"; remove it, or move this rule up`
      ])
    )))

  it.effect("does not keep a later rule from applying to the rest", () =>
    load(
      `rules:\n  - filters: [/spec/replicas]\n    syncTo: ignore\n  - filters: [/spec]\n    syncTo: kubernetes\n  - syncTo: kubernetes\n`,
      { gitUrl: url }
    ).pipe(Effect.map(({ rules }) => expect(rules.length).toBe(3))))

  it.effect("after the rule for whole objects never applies", () =>
    mistakesIn("rules:\n  - syncTo: kubernetes\n  - filters: [/spec/replicas]\n    syncTo: ignore\n").pipe(
      Effect.map((found) =>
        expect(found).toEqual([
          "config.yaml:3:5: this rule never applies: rule 1 above takes everything that it would; remove it or move it up"
        ])
      )
    ))
})

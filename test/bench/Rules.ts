// `rules`: who owns which field of many objects, and the manifests cut to what Git owns. No server and no request: only deciding.
import { Effect, Result } from "effect"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { cut } from "../../src/kind/applying/Cut.ts"
import * as Payload from "../../src/kind/applying/Payload.ts"
import { memberLabel } from "../../src/kind/ApplySet.ts"
import { gitScope, ownsLifecycle } from "../../src/kind/GitScope.ts"
import type { JsonObject } from "../../src/manifest/Manifest.ts"
import { parse as parseFilter } from "../../src/rules/FilterSyntax.ts"
import { forKind, type KindNames, type Ownership, ownership, type Rule, type Subject } from "../../src/rules/Ruleset.ts"
import { parse as parseSelector } from "../../src/rules/SelectorSyntax.ts"
import type { Benchmark } from "./Benchmark.ts"
import { deploymentType } from "./DeploymentType.ts"
import { count } from "./Figure.ts"
import { deployments } from "./Manifests.ts"
import { mustAgree, plainly } from "./PlainRules.ts"
import { median } from "./Statistics.ts"

const kind: KindNames = {
  group: "apps",
  kind: "Deployment",
  plural: "deployments",
  singular: "deployment",
  shortNames: ["deploy"]
}

const place = { line: 1, column: 1 }
const containers = "/spec/template/spec/containers"

const pointers = [
  ["/spec/replicas"],
  [`${containers}/*/image`],
  [`${containers}/[name=web]/resources`, `${containers}/[name=web]/env/[name=LOG_LEVEL]/value`],
  ["/metadata/annotations/example.com~1owner", "/spec/template/metadata/annotations"]
]

/** All but the last have filters; each takes some of the objects, by namespace, name or label. */
const ruleOf = (rules: number) => (_: unknown, index: number): Rule => {
  const isLast = index === rules - 1
  return {
    index,
    place,
    places: { apiGroups: [], resources: [], filters: [] },
    apiGroups: ["apps"],
    resources: ["deployments"],
    labels: !isLast && index % 3 === 0
      ? Result.getOrThrow(parseSelector(`app in (web-${index}, web-1${index})`))
      : undefined,
    namespaces: isLast ? [] : ["bench", `team-${index}-*`],
    names: !isLast && index % 3 === 1 ? [`web-*${index % 10}`, `api-${index}`] : [],
    filters: isLast
      ? []
      : (pointers[index % pointers.length] ?? []).map((text) => Result.getOrThrow(parseFilter(text))),
    syncTo: index % 2 === 0 && !isLast ? "ignore" : "kubernetes",
    prune: "owned",
    isPruneWritten: false,
    conflict: "hold",
    suspend: false
  }
}

const heapAfterCollection = (): number => {
  setFlagsFromString("--expose-gc")
  runInNewContext("gc")()
  return process.memoryUsage().heapUsed
}

const millis = (work: () => void): number => {
  const start = performance.now()
  work()
  return performance.now() - start
}

const applySet = "applyset-bench-v1"

/** As the kind does it for an object that is live. */
const payloadOf = (manifest: JsonObject, owner: Ownership): JsonObject => {
  const label = ownsLifecycle(owner) ? applySet : undefined
  const whole = Payload.whole(manifest, { namespace: "bench", applySet: label })
  const found = cut(whole, deploymentType, gitScope(owner), manifest)
  if (found._tag === "Mismatch") throw new Error("a manifest that does not fit the filters")
  return Payload.identified(found.payload, whole)
}

/** The peer knows no label of ours. */
const unlabelled = (payload: JsonObject): JsonObject => {
  const { labels, ...metadata } = payload["metadata"] as { readonly labels: Readonly<Record<string, string>> }
  const theirs = Object.fromEntries(Object.entries(labels).filter(([name]) => name !== memberLabel))
  return { ...payload, metadata: { ...metadata, labels: theirs } }
}

export const rules: Benchmark = ({ quick }) =>
  Effect.sync(() => {
    const [objects, howMany, rounds] = quick ? [5000, 50, 3] : [10_000, 50, 7]
    const manifests = deployments("bench", objects).map(({ object }) => object)
    const bodies = manifests.map((it): JsonObject => JSON.parse(JSON.stringify(it)))
    const subjects = manifests.map(({ metadata }): Subject => ({
      namespace: metadata.namespace,
      name: metadata.name,
      git: metadata.labels,
      live: undefined
    }))
    const bodyAt = (index: number) => bodies[index] ?? {}
    const ruleset = { number: 1, rules: Array.from({ length: howMany }, ruleOf(howMany)) }
    const peer = plainly(ruleset.rules)
    const again = <A>(work: () => A) => {
      work() // compiles
      return Array.from({ length: rounds }, work)
    }

    const decide = again(() => {
      const kindRules = forKind(ruleset, kind)
      return millis(() => subjects.forEach((subject) => ownership(kindRules, subject)))
    })
    const both = again(() => {
      const kindRules = forKind(ruleset, kind)
      const ours = millis(() =>
        subjects.forEach((subject, index) => payloadOf(bodyAt(index), ownership(kindRules, subject)))
      )
      return { ours, theirs: millis(() => bodies.forEach(peer)) }
    })

    const kindRules = forKind(ruleset, kind)
    const before = heapAfterCollection()
    const decided = subjects.map((subject, index) => {
      const owner = ownership(kindRules, subject)
      payloadOf(bodyAt(index), owner)
      return owner
    })
    const bytes = (heapAfterCollection() - before) / objects
    const combinations = new Set(decided).size
    const payloads = decided.map((owner, index) => payloadOf(bodyAt(index), owner))
    payloads.forEach((payload, index) => mustAgree(unlabelled(payload), peer(bodyAt(index))))

    const ours = median(both.map(({ ours }) => ours))
    return {
      title: "rules: who owns what, decided without a request",
      conditions: [
        `${count(objects)} Deployments and ${howMany} rules, ${
          howMany - 1
        } of them with filters; the median of ${rounds}`,
        `${count(combinations)} combinations of rules match some object; ${
          count(Math.round(1000 * objects / ours))
        } objects a second are decided and cut`,
        "The peer reads every rule for every object and every filter for every field, with the same result"
      ],
      figures: [
        {
          what: `${count(objects)} objects decided`,
          unit: "ms",
          ours: median(decide),
          goal: { _tag: "AtMost", limit: 500 }
        },
        {
          what: `${count(objects)} objects decided and cut`,
          unit: "ms",
          ours,
          peer: median(both.map(({ theirs }) => theirs)),
          ratio: median(both.map(({ ours, theirs }) => ours / theirs)),
          goal: { _tag: "AtMost", limit: 1000 }
        },
        { what: "memory per object", unit: "bytes", ours: Math.max(0, bytes), goal: { _tag: "AtMost", limit: 400 } }
      ],
      runs: { decide, both, bytes, combinations }
    }
  })

// Small values of the kind room for its tests.
import { Result } from "effect"
import type { KindSpec } from "../../src/kind/KindSpec.ts"
import type { Round } from "../../src/kind/Round.ts"
import { lastStage } from "../../src/kind/Stage.ts"
import type { Live, Tracked } from "../../src/kind/Tracked.ts"
import { unknown } from "../../src/kind/Tracked.ts"
import type { Claim } from "../../src/manifest/Claims.ts"
import { noFiles } from "../../src/manifest/IndexedFiles.ts"
import type { ManifestRef } from "../../src/manifest/Manifest.ts"
import type { Filter } from "../../src/rules/Filter.ts"
import { parse } from "../../src/rules/FilterSyntax.ts"
import type { Rule } from "../../src/rules/Ruleset.ts"

export const rule = (change: Partial<Rule> = {}): Rule => ({
  index: 0,
  place: { line: 1, column: 1 },
  places: { apiGroups: [], resources: [], filters: [] },
  apiGroups: [],
  resources: [],
  labels: undefined,
  namespaces: [],
  names: [],
  filters: [],
  syncTo: "kubernetes",
  prune: "owned",
  isPruneWritten: false,
  conflict: "hold",
  suspend: false,
  ...change
})

/** Filters as the configuration has them. */
export const filters = (...texts: ReadonlyArray<string>): ReadonlyArray<Filter> =>
  texts.map((text) => Result.getOrThrow(parse(text)))

export const ref = (name: string, digest: string, change: Partial<ManifestRef> = {}): ManifestRef => ({
  path: `${name}.yaml`,
  blob: digest,
  manifest: {
    group: "",
    kind: "ConfigMap",
    version: "v1",
    namespace: "shop",
    name,
    labels: {},
    isPaused: false,
    position: 0,
    line: 1,
    digest
  },
  ...change
})

export const declared = (name: string, digest: string): Claim => ({ _tag: "Declared", ref: ref(name, digest) })

export const live = (change: Partial<Live> = {}): Live => ({
  uid: "u1",
  version: "1",
  owned: "o1",
  held: "h1",
  isPaused: false,
  labels: undefined,
  member: true,
  isNeverPruned: false,
  terminating: false,
  finalizers: "",
  ready: true,
  refusal: undefined,
  finished: false,
  controller: undefined,
  lastWriter: undefined,
  portable: undefined,
  unmirrored: undefined,
  ...change
})

export const tracked = (change: Partial<Tracked>): Tracked => ({ ...unknown, ...change })

export const spec: KindSpec = {
  kind: {
    group: "",
    kind: "ConfigMap",
    plural: "configmaps",
    singular: "configmap",
    shortNames: ["cm"],
    namespaced: true,
    versions: [{ version: "v1", verbs: new Set(["get", "list", "watch", "patch", "create"]) }]
  },
  version: "v1",
  mode: "apply",
  mirrors: false,
  defaultNamespace: "default",
  volumes: "restore",
  own: { stateNamespace: "gitops-controller" }
}

const nothing = new Map()

export const round = (number: number, refs: ReadonlyArray<ManifestRef>, change: Partial<Round> = {}): Round => ({
  number,
  term: 1,
  ruleset: { number: 1, rules: [rule()] },
  tip: {
    commit: `${number}`,
    tree: `${number}`,
    branch: "main",
    subject: "change",
    author: "A Person",
    number: 0,
    rewrittenFrom: undefined,
    named: { _tag: "Nobody" },
    index: {
      kinds: new Map([["ConfigMap", refs]]),
      problems: [],
      passedOver: [],
      files: refs.length,
      indexed: noFiles("")
    } as unknown as Round["tip"]["index"]
  },
  phase: { _tag: "Syncing" },
  openStage: lastStage,
  finishedJobs: nothing,
  synced: nothing,
  mirroring: { _tag: "Closed", reason: "" },
  isFirstContact: false,
  seen: nothing,
  definitions: nothing,
  confirmed: 0,
  ...change
})

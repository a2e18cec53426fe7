/** One rule of the configuration, decoded. */
import type { Filter } from "./Filter.ts"
import type { Selector } from "./Selector.ts"

/** Counted from 1. */
export interface Place {
  readonly line: number
  readonly column: number
}

export interface Rule {
  /** Counted from 0, in the order of the file: the first that matches wins. */
  readonly index: number
  /** Where it stands in the configuration file. */
  readonly place: Place
  /** Where the items of its lists stand. */
  readonly places: {
    readonly apiGroups: ReadonlyArray<Place>
    readonly resources: ReadonlyArray<Place>
    readonly filters: ReadonlyArray<Place>
  }
  readonly apiGroups: ReadonlyArray<string>
  /** Names of resources, also as `resource.group`. */
  readonly resources: ReadonlyArray<string>
  readonly labels: Selector | undefined
  readonly namespaces: ReadonlyArray<string>
  readonly names: ReadonlyArray<string>
  /** Empty: the whole object, and its life. Else only these fields. */
  readonly filters: ReadonlyArray<Filter>
  /** Where changes go: to the cluster, to Git, nowhere, or to whichever side did not change. */
  readonly syncTo: "kubernetes" | "git" | "both" | "ignore"
  /** Whether what is gone from the source goes from the target: what is proved to be ours, everything, nothing. */
  readonly prune: "owned" | "always" | "never"
  /** Whether {@link prune} stands in the configuration, and not only by default. */
  readonly isPruneWritten: boolean
  /** Of `both`: which side counts where both changed a field. */
  readonly conflict: "git" | "kubernetes" | "hold"
  readonly suspend: boolean
}

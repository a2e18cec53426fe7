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
  readonly syncTo: "kubernetes" | "ignore"
  readonly suspend: boolean
}

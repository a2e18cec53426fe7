// Small values of the coordination room for its tests.
import { Duration } from "effect"
import type { Wish } from "../../src/coordination/Account.ts"
import { firstContact, foundIn } from "../../src/coordination/Admission.ts"
import type { CoordinatorOptions } from "../../src/coordination/CoordinatorOptions.ts"
import type { RecordState } from "../../src/coordination/CoordinatorState.ts"
import type { Record } from "../../src/coordination/Record.ts"
import type { Removal } from "../../src/kind/Coordination.ts"

export const options: CoordinatorOptions = {
  name: "default",
  stateNamespace: "ns",
  record: "ns/r",
  repository: "r",
  gitPath: "",
  restore: "auto",
  interval: Duration.seconds(30),
  deletions: { max: 20, percent: 20 },
  gathering: { quiet: Duration.seconds(2), maxAge: Duration.seconds(30) }
}

export const here = { record: "ns/r", cluster: "c", source: { repository: "r", branch: "main", gitPath: "" } }

export const record = (change: Partial<Record> = {}, head: Partial<Record["head"]> = {}): Record => {
  const first = firstContact(here, 1)
  return { ...first, ...change, head: { ...first.head, ...head } }
}

/** Read, and never written yet. */
export const loaded = (from = record()): RecordState => ({
  _tag: "Loaded",
  stored: undefined,
  record: from,
  found: foundIn(from)
})

export const removal = (id: string, change: Partial<Removal> = {}): Removal => ({
  kind: "ConfigMap",
  id,
  document: `digest-of-${id.replaceAll("/", "-")}`,
  always: false,
  goneWith: undefined,
  ...change
})

export const wish = (id: string, change: Partial<Wish> = {}): Wish => ({
  kind: "ConfigMap",
  id,
  basis: `digest-of-${id.replaceAll("/", "-")}`,
  always: false,
  goneWith: undefined,
  ...change
})

/** Objects that were shown. */
export const seen = (...ids: ReadonlyArray<string>): Record["seen"] =>
  new Map([["ConfigMap", new Map(ids.map((id) => [id, undefined]))]])

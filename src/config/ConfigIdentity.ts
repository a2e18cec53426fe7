/**
 * The settings that say who we are in the cluster. Under others, nobody would look after what the ones before own, so a
 * running process keeps the ones it started with. Pure.
 */
import type { Located, Path, Place } from "./ConfigText.ts"

export interface Identity {
  readonly name: string
  readonly stateNamespace: string
  readonly fieldManager: string
}

const lost: Identity = {
  name: "the record of what it owns in the cluster would never be looked at again",
  stateNamespace: "the record of what it owns in the cluster would never be looked at again",
  fieldManager: "what it owns in the cluster would keep its old owner"
}

const keys = ["name", "stateNamespace", "fieldManager"] as const

const instead = `To change it, stop it, run "gitops-controller release --all" with the old configuration, ` +
  "and then start it with the new one"

const quoted = (text: string) => JSON.stringify(text)

/** One mistake for each of them that `next` would change; `keyPlaceOf` says where in the file of `next`. */
export const identityChanges = (
  running: Identity,
  next: Identity,
  keyPlaceOf: (path: Path) => Place
): ReadonlyArray<Located> =>
  keys.filter((key) => running[key] !== next[key]).map((key) => ({
    ...keyPlaceOf([key]),
    message: `"${key}" can't change from ${quoted(running[key])} to ${quoted(next[key])} while it runs: ` +
      `${lost[key]}. ${instead}`
  }))

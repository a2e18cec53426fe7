/** What `release` finds before it does anything: what is ours, what of it is meant, and what the record says. Writes nothing. */
import { Effect } from "effect"
import type { Config } from "../config/Config.ts"
import { type Belongings, belongings, type Named } from "../coordination/Belongings.ts"
import { formatSource, type Source } from "../coordination/Record.ts"
import { RecordStore } from "../coordination/RecordStore.ts"
import { absent, meant, type ReleaseScope } from "../coordination/ReleaseScope.ts"
import { HttpOptions } from "../http/HttpOptions.ts"
import { KindOptions } from "../kind/KindOptions.ts"
import { hasLease } from "../kubernetes/takeLease.ts"
import type { Ruleset } from "../rules/Ruleset.ts"
import { CommandFailed } from "./CommandFailed.ts"
import type { ReleaseFlags } from "./releaseFlags.ts"
import { servedCluster } from "./ServedCluster.ts"
import { scopeOf } from "./whatToRelease.ts"

export interface ReleaseSurvey {
  /** For people. */
  readonly cluster: string
  readonly scope: ReleaseScope
  readonly meant: Belongings
  /** Keys of the record that have nothing of ours. */
  readonly absent: ReadonlyArray<Named>
  /** Whether there is a record or a Lease. */
  readonly hasState: boolean
}

/** The Lease of other manifests has another name, so who leads with them would not be noticed. */
const objection = (found: Source, config: Config, repository: string): string | undefined => {
  const ours = { repository, branch: config.branch ?? found.branch, gitPath: config.gitPath }
  const [theirs, wanted] = [formatSource(found), formatSource(ours)]
  return theirs === wanted
    ? undefined
    : `the record of this name was made for ${theirs}, not for ${wanted}: give the configuration that the controller ran under, and the repository with --git-url if it stood on its command line`
}

export const releaseSurvey = Effect.fnUntraced(function*(flags: ReleaseFlags, config: Config, file: string) {
  const observer = yield* KindOptions
  const { status: { repository } } = yield* HttpOptions
  const store = yield* RecordStore
  const { name: cluster, served } = yield* servedCluster
  const scope = yield* scopeOf(flags, config, file, served)
  const stored = yield* store.load
  const refused = stored === undefined ? undefined : objection(stored.record.head.source, config, repository)
  if (refused !== undefined) return yield* new CommandFailed({ exitCode: 1, message: refused })
  const ruleset: Ruleset = { number: 1, rules: config.rules }
  const inventory = stored?.record.inventory ?? new Map()
  const all = yield* belongings(served, ruleset, inventory, observer)
  return {
    cluster,
    scope,
    meant: meant(ruleset, scope, all),
    absent: absent(inventory, scope, all),
    hasState: stored !== undefined || (yield* hasLease)
  } satisfies ReleaseSurvey
})

/** Whether there is nothing to do. */
export const isNothing = ({ absent, hasState, meant: { found, unknown }, scope }: ReleaseSurvey): boolean =>
  found.length === 0 && unknown.length === 0 && absent.length === 0 && !(scope._tag === "All" && hasState)

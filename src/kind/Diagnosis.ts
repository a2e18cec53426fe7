/** From a failed apply to what ends the trouble. Pure: which failures wait for what stands in one table. */
import type { ApplyFailure } from "./applying/Apply.ts"
import type { LetGoFailure } from "./applying/LetGo.ts"
import type { RecordUnwritten } from "./Coordination.ts"
import type { Live } from "./Tracked.ts"
import { backoff, type Cure, type Trouble } from "./Trouble.ts"

/** What keeps an object from being applied, or let go of. */
export type Failure = ApplyFailure | LetGoFailure | RecordUnwritten

const cures: Readonly<Record<Failure["_tag"], Cure>> = {
  ApiForbidden: "permission",
  ApiRejected: "commit",
  ApiUnauthorized: "permission",
  ApiUnavailable: "retry",
  ApiUnreachable: "retry",
  FieldConflict: "retry",
  FilterMismatch: "commit",
  FiltersNeedSchema: "commit",
  KindNotServed: "retry",
  ManifestRefused: "commit",
  ManifestUnreadable: "retry",
  NamespaceNotFound: "namespace",
  NamespaceTerminating: "deletion",
  NotLeading: "retry",
  ObjectAbsent: "retry",
  ObjectNotFound: "retry",
  Outdated: "retry",
  QuotaExceeded: "quota",
  RecordUnwritten: "retry",
  SurgeryIgnored: "opponent",
  VersionConflict: "retry",
  VersionNotServed: "commit",
  WatchExpired: "retry"
}

export interface Attempt {
  /** The digest of what was to be brought about. */
  readonly wanted: string
  readonly live: Live | undefined
  readonly previous: Trouble | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
  /** 0 to 1. */
  readonly jitter: number
}

/** What a failure means for the object. `place` is where in the manifest it lies, when that is known. */
export const diagnose = (failure: Failure, attempt: Attempt, place: string | undefined): Trouble =>
  trouble(cures[failure._tag], failure.message, attempt, place)

/** A trouble found with this attempt; counts on from the previous one if that was about the same. */
export const trouble = (cure: Cure, message: string, attempt: Attempt, place?: string): Trouble => {
  const { live, now, previous, wanted } = attempt
  const attempts = previous !== undefined && previous.cure === cure && previous.digest === wanted
    ? previous.attempts + 1
    : 1
  return {
    cure,
    message,
    place,
    digest: wanted,
    uid: live?.uid,
    attempts,
    retryAt: now + backoff(cure, attempts, attempt.jitter)
  }
}

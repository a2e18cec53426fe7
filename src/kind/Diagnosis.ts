/** From a failed apply to what ends the trouble. Pure: which failures wait for what stands in one table. */
import type { ManifestRef } from "../manifest/Manifest.ts"
import type { ApplyFailure } from "./applying/Apply.ts"
import type { Live } from "./Tracked.ts"
import { backoff, type Cure, type Trouble } from "./Trouble.ts"

const cures: Readonly<Record<ApplyFailure["_tag"], Cure>> = {
  ApiForbidden: "permission",
  ApiRejected: "commit",
  ApiUnauthorized: "permission",
  ApiUnavailable: "retry",
  ApiUnreachable: "retry",
  FieldConflict: "retry",
  KindNotServed: "retry",
  ManifestRefused: "commit",
  ManifestUnreadable: "retry",
  NamespaceNotFound: "namespace",
  NamespaceTerminating: "deletion",
  NotLeading: "retry",
  ObjectNotFound: "retry",
  QuotaExceeded: "quota",
  VersionConflict: "retry",
  VersionNotServed: "commit",
  WatchExpired: "retry"
}

export interface Attempt {
  readonly ref: ManifestRef
  readonly live: Live | undefined
  readonly previous: Trouble | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
  /** 0 to 1. */
  readonly jitter: number
}

/** What a failure means for the object. `place` is where in the manifest it lies, when that is known. */
export const diagnose = (failure: ApplyFailure, attempt: Attempt, place: string | undefined): Trouble =>
  trouble(cures[failure._tag], failure.message, attempt, place)

/** A trouble found with this attempt; counts on from the previous one if that was about the same. */
export const trouble = (cure: Cure, message: string, attempt: Attempt, place?: string): Trouble => {
  const { live, now, previous, ref } = attempt
  const attempts = previous !== undefined && previous.cure === cure && previous.digest === ref.manifest.digest
    ? previous.attempts + 1
    : 1
  return {
    cure,
    message,
    place,
    digest: ref.manifest.digest,
    uid: live?.uid,
    attempts,
    retryAt: now + backoff(cure, attempts, attempt.jitter)
  }
}

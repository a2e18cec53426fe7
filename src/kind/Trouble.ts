/** What keeps an object from being in step, what ends it, and when to look again. */

/** What has to happen before trying again makes sense. */
export type Cure =
  /** Time: the server or another writer was in the way. */
  | "retry"
  /** A commit that changes the manifest. */
  | "commit"
  /** The namespace it belongs to. */
  | "namespace"
  /** Room in a quota. */
  | "quota"
  /** A permission for our user. */
  | "permission"
  /** Another writer that stops changing what Git owns. */
  | "opponent"
  /** A deletion that is under way to finish. */
  | "deletion"
  /** A snapshot, a volume or a claim to be there. */
  | "volume"
  /** Nothing: it is left alone on purpose. */
  | "none"

export interface Trouble {
  readonly cure: Cure
  /** What went wrong, where, and what to do. */
  readonly message: string
  /** `path:line:column` of what is wrong in the manifest, when it is known better than the manifest's first line. */
  readonly place: string | undefined
  /** What Git wanted when it was found: anything else is tried at once. */
  readonly digest: string
  /** The object it was found with: a new one under the same name is tried at once. */
  readonly uid: string | undefined
  readonly attempts: number
  /** Milliseconds since the epoch: not before. */
  readonly retryAt: number
}

const second = 1000
const minute = 60 * second

/** First wait and longest wait in milliseconds, by what has to happen. The long ones are a net under the events that end them. */
const waits: Readonly<Record<Cure, readonly [first: number, longest: number]>> = {
  retry: [500, 2 * minute],
  commit: [10 * minute, 60 * minute],
  namespace: [2 * second, minute],
  quota: [15 * second, 5 * minute],
  permission: [15 * second, 5 * minute],
  opponent: [30 * second, 10 * minute],
  deletion: [5 * second, 5 * minute],
  volume: [second, 15 * second],
  none: [10 * minute, 60 * minute]
}

/**
 * How long to wait after so many attempts, in milliseconds: doubling, never longer than the bound of its cure,
 * spread by `jitter` (0 to 1) over the last quarter so that many objects do not come back at once.
 */
export const backoff = (cure: Cure, attempts: number, jitter: number): number => {
  const [first, longest] = waits[cure]
  const wait = Math.min(longest, first * 2 ** Math.min(attempts - 1, 20))
  return Math.round(wait * (0.75 + 0.25 * jitter))
}

/** Whether a person has to act; everything else ends by itself. */
export const isFailure = (trouble: Trouble): boolean =>
  trouble.cure === "commit" || trouble.cure === "permission" || trouble.cure === "opponent"

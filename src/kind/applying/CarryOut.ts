/**
 * Carries out the steps of one object: who owns what first, then what is applied, then what was only lent to make it complete. Each is bound to
 * the version that was looked at; when somebody else was quicker, it is looked at and decided again.
 */
import { Effect } from "effect"
import * as FieldsV1 from "../../kubernetes/fields/FieldsV1.ts"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import { operate } from "../../kubernetes/surgery/Surgeon.ts"
import type { Patch, Taken } from "../../kubernetes/surgery/Surgery.ts"
import { Writer, type WriteTarget } from "../../kubernetes/Writer.ts"
import { create } from "./Create.ts"
import { ifCurrent, type IsCurrent, Outdated } from "./Outdated.ts"
import * as Payload from "./Payload.ts"
import { type Change, stepsFor, type Wanted } from "./Steps.ts"

/** What became of the object. */
export interface Applied {
  /** The resourceVersion the server answered with last. */
  readonly version: string
  /** `unchanged`: what Git states was there already. */
  readonly outcome: "created" | "configured" | "unchanged"
  /** Let go of, with the values it has. */
  readonly released: FieldsV1.FieldsV1
  /** What other field managers lost; not known where the object was not looked at, since everything in it is Git's. */
  readonly taken: ReadonlyArray<Taken>
  /** Somebody took `managedFields` away: nothing could be released or removed. */
  readonly ownerUnknown: boolean
  /** Of an object that was made just as its manifest says: the digest of its portable form, so that it is known for the same. */
  readonly madeAs?: string
}

/** After so many looks in vain somebody writes all the time: later, then. */
const looks = 3

/** Somebody else was quicker; or a server whose schema has just changed wrote our owners in its new words, which the next look finds. */
const again: ReadonlySet<string> = new Set(["SurgeryIgnored", "VersionConflict"])

/** Tries again, looking afresh, when somebody else changed the object in between. */
export const lookingAgain = <A, E extends { readonly _tag: string }, R>(attempt: Effect.Effect<A, E, R>) =>
  Effect.retry(attempt, { times: looks - 1, while: ({ _tag }) => again.has(_tag) })

/** No object is ever in this version, so one that is there after all is not applied over. */
const absent = { resourceVersion: "1", metadataOnly: false }

/** What happened so far. */
class Account {
  #applied: Applied

  constructor(outcome: Applied["outcome"]) {
    this.#applied = { version: "", outcome, released: FieldsV1.empty, taken: [], ownerUnknown: false }
  }

  get applied(): Applied {
    return this.#applied
  }

  at(version: string) {
    this.#applied = { ...this.#applied, version }
  }

  operated({ released, taken }: Patch) {
    const before = this.#applied
    this.#applied = {
      ...before,
      released: FieldsV1.union(before.released, released),
      taken: [...before.taken, ...taken]
    }
  }

  changed({ overridden, ownerUnknown }: Change, isChange: boolean) {
    const { outcome, taken, ...before } = this.#applied
    this.#applied = {
      ...before,
      outcome: outcome === "unchanged" && isChange ? "configured" : outcome,
      taken: [...taken, ...overridden],
      ownerUnknown: before.ownerUnknown || ownerUnknown
    }
  }
}

/**
 * Brings about the fields of an object that are Git's.
 * @param uid Of the object that this was decided on; `undefined`: there was none, and it is made.
 * @param isMerged Whether an object is the one on which it was decided which side changed what.
 */
export const carryOut = Effect.fnUntraced(function*(
  target: WriteTarget,
  wanted: Wanted,
  uid: string | undefined,
  isCurrent: IsCurrent,
  isMerged?: (live: KubernetesObject) => boolean
) {
  const writer = yield* Writer
  const account = new Account(uid === undefined ? "created" : "unchanged")

  const make = Effect.fnUntraced(function*() {
    const steps = stepsFor(wanted, undefined)
    if (steps._tag === "Refused") return yield* steps.failure
    if (steps._tag !== "Create") return yield* Effect.die("an object that is absent is made or refused")
    return yield* create(target, wanted.manifest, steps.payload, isCurrent, absent)
  })

  /** The answer, if something in it has to be given back. */
  const applyTo = Effect.fnUntraced(function*({ metadata }: KubernetesObject, change: Change) {
    const { givenBack, payload } = change
    if (payload === undefined) return undefined
    const { version } = account.applied
    const body = Payload.encoded(payload, { uid: metadata.uid, resourceVersion: version })
    const metadataOnly = FieldsV1.isEmpty(givenBack)
    const answer = yield* ifCurrent(isCurrent, writer.apply(target, body, { metadataOnly }))
    account.at(answer.metadata.resourceVersion)
    account.changed(change, answer.metadata.resourceVersion !== version)
    return metadataOnly ? undefined : answer
  })

  /** @param isSent Whether it is the answer to our own apply. */
  const change = Effect.fnUntraced(function*(live: KubernetesObject, isSent: boolean) {
    account.at(live.metadata.resourceVersion)
    const steps = stepsFor(wanted, live)
    if (steps._tag === "Refused") return yield* steps.failure
    if (steps._tag !== "Change") return undefined
    if (steps.surgery !== undefined) {
      const { metadata } = yield* ifCurrent(isCurrent, operate(target, steps.surgery))
      account.at(metadata.resourceVersion)
      account.operated(steps.surgery)
    }
    return isSent ? undefined : yield* applyTo(live, steps)
  })

  let made = uid === undefined ? yield* make() : undefined
  const known = made?.metadata.uid ?? uid
  const attempt = Effect.gen(function*() {
    const [live, isSent] = [made ?? (yield* writer.get(target)), made !== undefined]
    made = undefined
    if (live.metadata.uid !== known) return yield* new Outdated({ reason: "object" })
    if (!isSent && isMerged?.(live) === false) return yield* new Outdated({ reason: "changed" })
    const answer = yield* change(live, isSent)
    if (answer !== undefined) yield* change(answer, true)
  })
  yield* lookingAgain(attempt)
  return account.applied
})

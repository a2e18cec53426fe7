// What can happen between the Git actor, people and a remote that misbehaves, for the model of submissions.
import * as fc from "fast-check"

/** What happens to a push. */
export type Fault =
  | "fine"
  | "lostBefore"
  | "lostAfter"
  /** Landed, and a person took it back before anybody looked. */
  | "lostUndone"
  | "lostLate"
  | "overtaken"
  | "locked"
  | "declined"
  | "forbidden"
  | "notLeading"

export type Op =
  | {
    readonly _tag: "Submit"
    readonly sender: number
    readonly keys: ReadonlyArray<number>
    readonly removes: boolean
    readonly isStale: boolean
    /** Has to be in Git, or in the same commit. */
    readonly needs: ReadonlyArray<number>
  }
  | { readonly _tag: "Withdraw"; readonly sender: number }
  | { readonly _tag: "Drain" }
  | { readonly _tag: "Look" }
  | { readonly _tag: "Pass"; readonly millis: number }
  | { readonly _tag: "Person"; readonly key: number; readonly does: "sets" | "removes" | "undoes" }
  | { readonly _tag: "Rewind" }
  /** From now on a hook takes no commit that changes this document; `undefined`: it takes all. */
  | { readonly _tag: "Hook"; readonly key: number | undefined }
  | { readonly _tag: "Faults"; readonly faults: ReadonlyArray<Fault> }
  | { readonly _tag: "Unreadable"; readonly looks: number }
  /** The server gets round to what it was sent before the connection broke. */
  | { readonly _tag: "LatePushLands" }

const fault = fc.constantFrom<Fault>(
  "fine",
  "lostBefore",
  "lostAfter",
  "lostUndone",
  "lostLate",
  "overtaken",
  "locked",
  "declined",
  "forbidden",
  "notLeading"
)

export const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      _tag: fc.constant("Submit" as const),
      sender: fc.nat(2),
      keys: fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 2 }),
      removes: fc.boolean(),
      isStale: fc.nat(9).map((n) => n === 0),
      needs: fc.array(fc.nat(3), { maxLength: 1 })
    })
  },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant("Withdraw" as const), sender: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.constant({ _tag: "Drain" as const }) },
  { weight: 3, arbitrary: fc.constant({ _tag: "Look" as const }) },
  { weight: 6, arbitrary: fc.record({ _tag: fc.constant("Pass" as const), millis: fc.nat(12_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      _tag: fc.constant("Person" as const),
      key: fc.nat(3),
      does: fc.constantFrom("sets" as const, "removes" as const, "undoes" as const)
    })
  },
  { weight: 1, arbitrary: fc.constant({ _tag: "Rewind" as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ _tag: fc.constant("Hook" as const), key: fc.option(fc.nat(3), { nil: undefined }) })
  },
  {
    weight: 4,
    arbitrary: fc.record({ _tag: fc.constant("Faults" as const), faults: fc.array(fault, { maxLength: 12 }) })
  },
  { weight: 1, arbitrary: fc.record({ _tag: fc.constant("Unreadable" as const), looks: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.constant({ _tag: "LatePushLands" as const }) }
)

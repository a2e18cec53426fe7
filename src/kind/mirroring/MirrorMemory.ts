/**
 * What a kind remembers of one object on its way to Git, and how that changes with the answers it gets. Digests are kept, no objects.
 * Pure; the actor owns the values, and `MirrorVerdict` says what follows from them.
 */
import type { FieldPath } from "../../manifest/FieldPath.ts"
import type { Mirrored } from "../Round.ts"
import type { Trouble } from "../Trouble.ts"
import type { Flaps } from "./Flaps.ts"
import { steady } from "./Flaps.ts"

/** What was compared: equal bases give equal answers. */
export interface Basis {
  /** The manifest's digest; `undefined`: there is none. */
  readonly document: string | undefined
  /** The digest of the live object's portable form; `undefined`: there is no object. */
  readonly live: string | undefined
  /** Which fields go to Git, as {@link mirrorFingerprint} says. */
  readonly scope: string
}

export const sameBasis = (a: Basis | undefined, b: Basis | undefined): boolean =>
  a === b ||
  (a !== undefined && b !== undefined && a.document === b.document && a.live === b.live && a.scope === b.scope)

/** As text, equal for equal bases. */
export const basisText = ({ document = "", live = "", scope }: Basis): string => `${document} ${live} ${scope}`

/** Both sides say the same in all that goes to Git. */
export interface Agreed {
  readonly basis: Basis
  /** Whether nothing is left to be applied either: only then are both sides the same. */
  readonly isSame: boolean
  /** Fields that both sides may change and that both changed: not to be applied. */
  readonly withheld: ReadonlyArray<FieldPath>
  /** For the record, of objects whose fields both sides may change. */
  readonly fields: string | undefined
  /** The same once what Git changed is applied; `undefined` where there is nothing of the sort. */
  readonly fieldsApplied: string | undefined
  /** Why something in which the two differ is left as it is: sentences. */
  readonly notes: ReadonlyArray<string>
}

export interface MirrorMemory {
  readonly agreed: Agreed | undefined
  /** As the record knows it, as far as we know. */
  readonly saved: Mirrored | undefined
  /** Under comparison, or submitted and not answered: with what. */
  readonly underWay: { readonly basis: Basis; readonly step: "comparing" | "submitted" | "proving" } | undefined
  /** Nothing is to be done on this basis before this time, in milliseconds since the epoch: the next tip will say what was committed. */
  readonly answered: { readonly basis: Basis; readonly until: number } | undefined
  /** Met on the basis whose text is its digest. */
  readonly trouble: Trouble | undefined
  /** Why its removal is not granted, and for which basis that was asked. */
  readonly held: { readonly basis: Basis; readonly message: string } | undefined
  readonly flaps: Flaps
  /** The commit that brought the manifest as somebody else wrote it, for people. */
  readonly editedIn: string | undefined
}

export const noMemory: MirrorMemory = {
  agreed: undefined,
  saved: undefined,
  underWay: undefined,
  answered: undefined,
  trouble: undefined,
  held: undefined,
  flaps: steady,
  editedIn: undefined
}

/** After a tip with another manifest: one that we just committed is nobody else's. */
export const afterEdit = (memory: MirrorMemory, tip: string): MirrorMemory =>
  memory.answered === undefined ? { ...memory, editedIn: tip } : memory

/** Something was begun. */
export const afterBegin = (
  memory: MirrorMemory,
  basis: Basis,
  step: Exclude<MirrorMemory["underWay"], undefined>["step"]
): MirrorMemory => ({ ...memory, underWay: { basis, step } })

/** What Git changed was applied: from here on both sides have it, though the watch may not have shown it yet. */
export const afterApplied = (memory: MirrorMemory): MirrorMemory => {
  const { agreed } = memory
  return agreed?.fieldsApplied === undefined
    ? memory
    : { ...memory, agreed: { ...agreed, fields: agreed.fieldsApplied, fieldsApplied: undefined } }
}

/** Nothing is left to be done on this basis. */
export const afterAgreement = (memory: MirrorMemory, agreed: Agreed): MirrorMemory => ({
  ...memory,
  agreed,
  underWay: undefined,
  answered: undefined,
  trouble: undefined,
  held: undefined
})

/** The next tip, or time, says what to do. */
export const afterAnswer = (memory: MirrorMemory, basis: Basis, until: number): MirrorMemory => ({
  ...memory,
  underWay: undefined,
  answered: { basis, until },
  trouble: undefined
})

export const afterTrouble = (memory: MirrorMemory, trouble: Trouble): MirrorMemory => ({
  ...memory,
  underWay: undefined,
  trouble
})

export const afterHeld = (memory: MirrorMemory, basis: Basis, message: string): MirrorMemory => ({
  ...memory,
  underWay: undefined,
  held: { basis, message }
})

const withFields = ({ document, live }: Mirrored, fields: string | undefined): Mirrored => ({
  document,
  live,
  ...fields === undefined ? {} : { fields }
})

/** In place of digests of an object whose life does not go to Git: nothing proves that it may go from there. */
const nothing = "-"

/**
 * What the record is to be told, if that is news: both sides are the same now, or in some of the fields that both may change.
 * @param isLife Whether the object's life goes to Git.
 */
export const newsOf = ({ agreed, saved }: MirrorMemory, isLife: boolean): Mirrored | undefined => {
  if (agreed === undefined) return undefined
  const { basis: { document, live }, fields, isSame } = agreed
  if (!isLife)
    return fields === undefined || saved?.fields === fields ? undefined : { document: nothing, live: nothing, fields }
  if (!isSame) {
    if (fields === undefined || saved?.fields === fields) return undefined
    return withFields(saved ?? { document: nothing, live: nothing }, fields)
  }
  if (document === undefined || live === undefined) return undefined
  if (saved?.document === document && saved.live === live && saved.fields === fields) return undefined
  return withFields({ document, live }, fields)
}

/**
 * What a kind remembers of one object on its way to Git, and how that changes with the answers it gets. Digests are kept, no objects.
 * Pure; the actor owns the values, and `MirrorVerdict` says what follows from them.
 */
import type { FieldPath } from "../../manifest/FieldPath.ts"
import type { Mirrored } from "../Round.ts"
import type { Trouble } from "../Trouble.ts"
import { expectedOf } from "./diff/FieldDigests.ts"
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

/** In place of digests of an object whose life does not go to Git: nothing proves that it may go from there. */
const nothing = "-"

const unknown: Mirrored = { document: nothing, live: nothing }

const firstOfAll: Mirrored = { document: "+", live: "+" }

/** Whether its manifest was about to be written for the first time, and perhaps never was. */
export const isFirst = ({ document }: Mirrored): boolean => document === firstOfAll.document

export interface MirrorMemory {
  readonly agreed: Agreed | undefined
  /** As the record knows it, as far as we know. */
  readonly saved: Mirrored | undefined
  /** What we were about to change of fields that both sides may change, until it is known what came of it: as `expectedOf` says. */
  readonly expected: ReadonlyArray<string>
  /** Of what was submitted and is not answered: how often, and for which manifest (its digest) the last time. */
  readonly submitted: { readonly count: number; readonly document: string | undefined } | undefined
  /** Something of it was committed: nothing is known of Git before this tip, by its number. */
  readonly committed: number
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
  expected: [],
  submitted: undefined,
  committed: 0,
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

const sameMirrored = (a: Mirrored | undefined, b: Mirrored): boolean =>
  a?.document === b.document && a.live === b.live && a.fields === b.fields && a.expected === b.expected

const expecteds = (expected: ReadonlyArray<string>): Pick<Mirrored, "expected"> =>
  expected.length === 0 ? {} : { expected: expected.join("") }

/** How it was last the same on both sides, with what we have changed since or are about to. */
export const lastOf = ({ expected, saved }: MirrorMemory): Mirrored | undefined => {
  if (expected.length === 0 && saved?.expected === undefined) return saved
  const { document, fields = "", live } = saved ?? unknown
  return { document, live, fields, ...expecteds(expected) }
}

/** What the record says, when nothing is known that is newer. */
export const afterRecall = (memory: MirrorMemory, recorded: Mirrored | undefined): MirrorMemory => {
  if (memory.saved !== undefined || recorded === undefined) return memory
  const { expected } = recorded
  return {
    ...memory,
    saved: recorded,
    expected: [...expected === undefined ? [] : [expected], ...memory.expected]
  }
}

/**
 * Something is about to be changed on one side: the record has to hold what is saved then.
 * @param isNew Whether it is a manifest where there was none.
 */
export const expecting = (memory: MirrorMemory, expected: string, isNew: boolean): MirrorMemory => ({
  ...memory,
  expected: [...memory.expected.filter((other) => other !== expected), expected],
  saved: memory.saved ?? (isNew ? firstOfAll : unknown)
})

/** Another process may have written the record: of fields that both sides may change only that counts. */
export const afterTerm = (memory: MirrorMemory): MirrorMemory =>
  memory.agreed?.fields === undefined && memory.saved?.fields === undefined
    ? memory
    : { ...memory, agreed: undefined, saved: undefined, expected: [] }

/** What came of it is known. */
const settled = (memory: MirrorMemory, expected: string): MirrorMemory =>
  memory.expected.includes(expected)
    ? { ...memory, expected: memory.expected.filter((other) => other !== expected) }
    : memory

/** What applying will make of fields that both sides may change, as `expectedOf` says. */
export const expectedApply = ({ agreed }: MirrorMemory): string =>
  agreed?.fieldsApplied === undefined ? "" : expectedOf("live", agreed.fields ?? "", agreed.fieldsApplied)

/** What Git changed was applied: from here on both sides have it, though the watch may not have shown it yet. */
export const afterApplied = (memory: MirrorMemory): MirrorMemory => {
  const { agreed } = memory
  return agreed?.fieldsApplied === undefined ? memory : {
    ...settled(memory, expectedApply(memory)),
    agreed: { ...agreed, fields: agreed.fieldsApplied, fieldsApplied: undefined }
  }
}

/** A change was submitted for this manifest. */
export const afterSubmit = (memory: MirrorMemory, document: string | undefined): MirrorMemory => ({
  ...memory,
  submitted: { count: (memory.submitted?.count ?? 0) + 1, document }
})

/** @param isKnown Whether it is known what became of the change. */
export const afterSubmitted = (memory: MirrorMemory, expected: string, isKnown: boolean): MirrorMemory => {
  const { count, document } = memory.submitted ?? { count: 1, document: undefined }
  return {
    ...isKnown ? settled(memory, expected) : memory,
    submitted: count > 1 ? { count: count - 1, document } : undefined
  }
}

/** Nothing is left to be done on this basis. */
export const afterAgreement = (memory: MirrorMemory, agreed: Agreed): MirrorMemory => ({
  ...memory,
  agreed,
  expected: agreed.isSame && memory.submitted === undefined ? [] : memory.expected,
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

/**
 * What the record is to be told, if that is news: both sides are the same now, or in some of the fields that both may change.
 * @param isLife Whether the object's life goes to Git.
 */
export const newsOf = ({ agreed, expected, saved }: MirrorMemory, isLife: boolean): Mirrored | undefined => {
  if (agreed === undefined) return undefined
  const { basis, fields, isSame } = agreed
  if (fields === undefined && !(isLife && isSame)) return undefined
  const { document, live } = isLife ? isSame ? basis : saved ?? unknown : unknown
  if (document === undefined || live === undefined) return undefined
  const news = {
    document,
    live,
    ...fields === undefined ? {} : { fields },
    ...fields === undefined ? {} : expecteds(expected)
  }
  return sameMirrored(saved, news) ? undefined : news
}

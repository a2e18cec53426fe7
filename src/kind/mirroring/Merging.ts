/** The fields that both sides may change: what each of them changed since they were last the same, and what follows. Pure. */
import { Result } from "effect"
import { withChanges } from "../../manifest/edit/FieldEdits.ts"
import type { FieldChange } from "../../manifest/FieldChange.ts"
import { type FieldPath, format } from "../../manifest/FieldPath.ts"
import { including, nothing } from "../../manifest/FieldScope.ts"
import type { FieldType } from "../../manifest/FieldType.ts"
import { encodeJson } from "../../manifest/JsonText.ts"
import type { Json, JsonObject } from "../../manifest/Manifest.ts"
import type { Ownership, Rule } from "../../rules/Ruleset.ts"
import type { Mirrored } from "../Round.ts"
import { documentChanges } from "./diff/documentChanges.ts"
import { threeWay } from "./diff/threeWay.ts"
import { hasShared, isShared, sharedScope } from "./MirrorScope.ts"

export interface Merging {
  readonly git: JsonObject
  readonly gitPortable: JsonObject
  readonly live: JsonObject
  readonly authored: JsonObject
  readonly type: FieldType
  readonly ownership: Ownership
  readonly last: Mirrored | undefined
  /** Who wrote the commit that Git is at, and which that is: `1a2b3c4d by A Person`. */
  readonly tip: string
  /** Who set a field in the cluster. */
  readonly writerOf: (path: FieldPath) => string | undefined
}

export interface Merged {
  readonly toGit: ReadonlyArray<FieldChange>
  /** Whether nothing is to be applied either. */
  readonly isSame: boolean
  /** Both changed them, and nobody said who wins. */
  readonly withheld: ReadonlyArray<FieldPath>
  readonly notes: ReadonlyArray<string>
  /** What the record keeps of it. */
  readonly fields: string | undefined
  /** The same once what Git changed is applied, if it changed anything. */
  readonly fieldsApplied: string | undefined
}

const nothingShared: Merged = {
  toGit: [],
  isSame: true,
  withheld: [],
  notes: [],
  fields: undefined,
  fieldsApplied: undefined
}

const longest = 60

const shown = (value: Json | undefined): string => {
  if (value === undefined) return "nothing"
  const text = encodeJson(value)
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text
}

/** The live object as it will be once what Git says at these paths is applied. */
const withApplied = (
  live: JsonObject,
  git: JsonObject,
  paths: ReadonlyArray<FieldPath>,
  type: FieldType
): JsonObject => {
  const changes = documentChanges({
    git: live,
    gitPortable: live,
    live: git,
    authored: git,
    type,
    scope: paths.reduce(including, nothing)
  })
  return Result.getOrElse(withChanges(live, changes, type), () => live)
}

const conflictRule = ({ filtered, lifecycle }: Ownership): Rule | undefined => [...filtered, lifecycle].find(isShared)

export const merge = (
  { authored, git, gitPortable, last, live, ownership, tip, type, writerOf }: Merging
): Merged => {
  if (!hasShared(ownership)) return nothingShared
  const sides = {
    git,
    gitPortable,
    authored,
    type,
    scope: sharedScope(ownership),
    base: last?.fields,
    expected: last?.expected ?? "",
    conflict: conflictRule(ownership)?.conflict ?? "hold"
  }
  const found = threeWay({ ...sides, live })
  const applied = found.takeFromGit.length === 0
    ? undefined
    : threeWay({ ...sides, live: withApplied(live, gitPortable, found.takeFromGit, type) })
  const isSame = found.toGit.length + found.takeFromGit.length + found.conflicts.length === 0
  return {
    toGit: found.toGit,
    isSame,
    withheld: found.conflicts.map(({ path }) => path),
    notes: found.conflicts.map(({ git: ours, live: theirs, path }) =>
      `${format(path)} was changed on both sides, to ${shown(ours)} in Git (at ${tip}) and to ${
        shown(theirs)
      } in the cluster (by ${
        writerOf(path) ?? "somebody"
      }): neither is touched. Make them the same, or set "conflict" in the rule`
    ),
    fields: found.fields,
    fieldsApplied: applied?.fields
  }
}

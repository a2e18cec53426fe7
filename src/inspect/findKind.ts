/** Which kind somebody means by a name, in any form that rules take: plural, singular, Kind or short name, in any case, with its group or without. */
import type { Served, ServedKind } from "../kubernetes/Discovery.ts"
import { nearest } from "../manifest/Nearest.ts"
import { kindId } from "../manifest/ObjectKey.ts"
import { quoted } from "../manifest/quoted.ts"
import { isNameOf } from "../rules/Ruleset.ts"

export type FoundKind =
  /** `others`: kinds of other groups that go by the same name. */
  | { readonly _tag: "Found"; readonly kind: ServedKind; readonly others: ReadonlyArray<ServedKind> }
  | { readonly _tag: "Unknown"; readonly message: string }

const nearestName = (name: string, kinds: ReadonlyArray<ServedKind>): string | undefined => {
  const [first = "", ...group] = name.split(".")
  const sameGroup = kinds.filter((kind) => group.length === 0 || kind.group === group.join(".").toLowerCase())
  const known = (["plural", "singular", "kind"] as const).flatMap((form) => sameGroup.map((kind) => kind[form]))
  const meant = nearest(first, [...new Set(known)])
  if (meant !== undefined) return [meant, ...group].join(".")
  const elsewhere = kinds.find((kind) => isNameOf(first, kind))
  return elsewhere === undefined ? undefined : elsewhere.group === "" ? first : `${first}.${elsewhere.group}`
}

const unknownMessage = (name: string, { kinds, unknownGroups }: Served): string => {
  const meant = nearestName(name, [...kinds.values()])
  if (meant !== undefined) return `the cluster serves no ${quoted(name)}; did you mean ${quoted(meant)}?`
  return unknownGroups.size === 0
    ? `the cluster serves no ${quoted(name)}; "kubectl api-resources" lists what it serves`
    : `no API group that answers serves ${quoted(name)}, and ${[...unknownGroups].join(", ")} ${
      unknownGroups.size === 1 ? "does" : "do"
    } not answer now`
}

/** The core group comes first, as with kubectl. */
export const findKind = (name: string, served: Served): FoundKind => {
  const [kind, ...others] = [...served.kinds.values()].filter((kind) => isNameOf(name, kind)).toSorted((a, b) =>
    Number(a.group !== "") - Number(b.group !== "")
  )
  return kind === undefined
    ? { _tag: "Unknown", message: unknownMessage(name, served) }
    : { _tag: "Found", kind, others }
}

/** For people, as it has to be written to mean just this kind. */
export const exactName = (kind: ServedKind): string => kind.group === "" ? kindId(kind) : `${kind.plural}.${kind.group}`

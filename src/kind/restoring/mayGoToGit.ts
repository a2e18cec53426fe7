/** Whether some rule may send objects of a kind to Git that the cluster does not serve, so that its plural is not known. Pure. */
import { groupKind, type KindId } from "../../manifest/ObjectKey.ts"
import type { Rule, Ruleset } from "../../rules/Ruleset.ts"
import { toGit } from "../mirroring/MirrorScope.ts"

/** Plurals begin like the kind: `policies`, `classes`. Rather too many than too few. */
const mayBeNameOf = (resource: string, kind: string): boolean => {
  const name = resource.toLowerCase().split(".")[0] ?? ""
  return name.startsWith(kind.toLowerCase().slice(0, -1))
}

const mayConcern = ({ apiGroups, resources }: Rule, id: KindId): boolean => {
  const { group, kind } = groupKind(id)
  return (apiGroups.length === 0 || apiGroups.includes(group)) &&
    (resources.length === 0 || resources.some((resource) => mayBeNameOf(resource, kind)))
}

export const mayGoToGit = ({ rules }: Ruleset, kind: KindId): boolean =>
  rules.some((rule) => toGit(rule) && !rule.suspend && mayConcern(rule, kind))

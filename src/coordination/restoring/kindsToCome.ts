/** Kinds in Git of which something is to come back, and which the cluster does not serve yet. Pure. */
import { mayGoToGit } from "../../kind/restoring/mayGoToGit.ts"
import type { KindId } from "../../manifest/ObjectKey.ts"
import type { Ruleset } from "../../rules/Ruleset.ts"
import type { Progress } from "../Progress.ts"

export const kindsToCome = ({ unserved }: Progress, ruleset: Ruleset): ReadonlyArray<KindId> =>
  [...unserved].filter((kind) => mayGoToGit(ruleset, kind))

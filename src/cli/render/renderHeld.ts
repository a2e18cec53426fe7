/** What `confirm` is about to confirm, as lines for a terminal. Pure. */
import type { Held } from "../../coordination/HeldDeletions.ts"
import { counted } from "../../manifest/counted.ts"

const mostShown = 200

const titleOf = ({ objects, side }: Held, source: string): string => {
  const { length } = objects
  if (side === "git") {
    return length === 0
      ? `No removal from ${source} waits now, but every one to come would.`
      : `${counted(length, "document")} will be removed from ${source}, as the objects are gone from the cluster:`
  }
  return length === 0
    ? "No deletion in the cluster waits now, but every one to come would."
    : `${counted(length, "object")} will be deleted in the cluster, as the manifests are gone from ${source}:`
}

const renderSide = (held: Held, source: string): ReadonlyArray<string> => {
  const { objects, reason } = held
  const more = objects.length > mostShown ? [`  and ${objects.length - mostShown} more`] : []
  return [
    titleOf(held, source),
    ...objects.slice(0, mostShown).map((object) => `  ${object}`),
    ...more,
    `Why they wait: ${reason}.`
  ]
}

/** Asked before anything is done. */
export const renderHeld = (held: ReadonlyArray<Held>, source: string): string =>
  held.flatMap((side) => renderSide(side, source)).join("\n")

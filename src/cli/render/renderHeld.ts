/** What `confirm` is about to confirm, as lines for a terminal. Pure. */
import type { Held } from "../../coordination/HeldRemovals.ts"
import { counted } from "../../manifest/counted.ts"

const mostShown = 200

/** Asked before anything is done. */
export const renderHeld = ({ objects, reason }: Held, source: string): string => {
  const more = objects.length > mostShown ? [`  and ${objects.length - mostShown} more`] : []
  return [
    objects.length === 0
      ? `No removal from ${source} waits now, but every one to come would.`
      : `${
        counted(objects.length, "document")
      } will be removed from ${source}, as the objects are gone from the cluster:`,
    ...objects.slice(0, mostShown).map((object) => `  ${object}`),
    ...more,
    `Why they wait: ${reason}.`
  ].join("\n")
}

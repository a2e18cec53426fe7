/** How the restore of a cluster stands, as lines for a terminal. Pure. */
import type { Head } from "../../coordination/Record.ts"
import type { KindStatus, Status } from "../../http/Status.ts"

const ofKind = (wanted: "failed" | "waiting") => ({ kind, troubles }: KindStatus): ReadonlyArray<string> =>
  troubles.filter(({ state }) => state === wanted).map(({ message, object, place }) =>
    `  ${kind} ${object}${place === undefined ? "" : ` (${place})`}: ${message}`
  )

const section = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", title, ...lines]

/** What a running controller says. */
export const renderRestore = ({ kinds, phase, problems, unserved }: Status): string =>
  [
    phase,
    ...section("Waits:", [
      ...kinds.flatMap(ofKind("waiting")),
      ...unserved.map(({ message, place }) => `  ${message} (first ${place})`)
    ]),
    ...section("Can't come back before a person acts:", [
      ...kinds.flatMap(ofKind("failed")),
      ...problems.map(({ message, place }) => `  ${place}: ${message}`)
    ])
  ].join("\n")

/** What the record says, where no controller answers. */
export const renderRestoreRecord = ({ asked, phase, restored, restoring }: Head): string => {
  if (restoring !== undefined)
    return `being restored from cluster ${restoring.from} since ${restoring.since}: it goes on when the controller runs`
  if (asked !== undefined)
    return `cluster ${asked.of} was asked for its place in Git at ${asked.at}: it goes on when the controller runs`
  if (restored !== undefined) return `restored from cluster ${restored.from} at ${restored.at}`
  return phase === "undecided"
    ? "Git belongs to another cluster: nothing was asked or restored yet"
    : "nothing to restore"
}

/** What a person confirms by a line of a commit message: that so many deletions may go on. Pure. */

export interface Confirmed {
  /** Of the controller that is meant. */
  readonly name: string
  readonly count: number
}

const trailer = /^Confirm-deletions: (\S+) (\d{1,9})\s*$/

/** The trailers `Confirm-deletions: <name> <n>` of the last paragraph of a message. */
export const confirmationsIn = (message: string): ReadonlyArray<Confirmed> => {
  const paragraph = message.replaceAll("\r\n", "\n").trimEnd().split(/\n\s*\n/).at(-1) ?? ""
  return paragraph.split("\n").flatMap((line) => {
    const [, name, count] = trailer.exec(line) ?? []
    return name === undefined ? [] : [{ name, count: Number(count) }]
  })
}

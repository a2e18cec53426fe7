/** What can be wrong with a Git server's answer, before anybody knows which server it was. */

export type WireFault =
  /** The answer isn't Git's protocol at all. */
  | { readonly _tag: "NotGit"; readonly beginning: string }
  /** The answer ended before it was complete. */
  | { readonly _tag: "CutOff"; readonly where: string }
  /** The server refused, in its own words. */
  | { readonly _tag: "Refused"; readonly words: string }
  /** The repository names its objects by another hash than SHA-1. */
  | { readonly _tag: "OtherHash"; readonly format: string }
  /** The server lacks something that every server of the last fifteen years has. */
  | { readonly _tag: "TooOld"; readonly lacks: string }

/** Words of a server as they may be shown: one line, no control characters, at most 400 characters. */
export const words = (text: string): string => {
  const clean = text.replace(/[\p{Cc}\s]+/gu, " ").trim()
  return clean.length > 400 ? `${clean.slice(0, 400)}…` : clean
}

/** The lines of a message that say something, without the frames that forges put around theirs. */
export const sentences = (text: string): string =>
  text.split(/[\r\n]+/)
    .map((line) =>
      line.replace(/^(remote:|> GitLab:|ERROR:|fatal:|error:|\s)+/i, "").replace(/^[=*#-]{3,}$/, "").trim()
    )
    .filter((line) => line !== "")
    .join(" ")

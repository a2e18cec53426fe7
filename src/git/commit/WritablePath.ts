/**
 * Which paths a commit may write: those that Git, and every file system somebody checks the repository out on, takes for one plain file
 * below the root. Refuses what `git fsck --strict` refuses, and what our own reader could not read back. Pure.
 */

/** In bytes: what file systems hold. */
const longestName = 255
/** In bytes: what operating systems open. */
const longestPath = 4095

/** Apple's file system leaves these out when it compares names. */
const ignoredByHfs = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g
/** Windows reads all of these as `.git`; a backslash begins another name there. */
const gitOnNtfs = /^(?:\.git|git~1)[. ]*(?:$|:)/i

const isGitDirectory = (name: string): boolean =>
  name.replace(ignoredByHfs, "").toLowerCase() === ".git" || name.split("\\").some((part) => gitOnNtfs.test(part))

const faultOfName = (name: string): string | undefined => {
  if (name === "") return "has an empty name in it"
  if (name === "." || name === "..") return `has "${name}" in it`
  if (isGitDirectory(name)) return "leads into a .git directory"
  return Buffer.byteLength(name) > longestName ? `has a name of more than ${longestName} bytes in it` : undefined
}

/** What is wrong with the path, as the half of a sentence that begins with it; `undefined` for nothing. */
export const faultOf = (path: string): string | undefined => {
  if (path.includes("\0")) return "has a NUL character in it"
  if (!path.isWellFormed()) return "is not Unicode"
  if (Buffer.byteLength(path) > longestPath) return `is longer than ${longestPath} bytes`
  for (const name of path.split("/")) {
    const fault = faultOfName(name)
    if (fault !== undefined) return fault
  }
  return undefined
}

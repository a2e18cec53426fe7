/** Which names Git takes for a branch (`git check-ref-format --branch`). */

/** What is wrong with the name of a branch, to complete the sentence "…; ", or `undefined`. */
export const problem = (name: string): string | undefined => {
  if (name === "") return "leave the key out for the branch that the remote's HEAD points at"
  if (name === "HEAD") return `"HEAD" is no branch: leave the key out for the branch that the remote's HEAD points at`
  if (name.startsWith("refs/")) return `write the name alone, such as "main"`
  if (name.startsWith("-")) return `a branch can't begin with "-"`
  if (/[\s\p{Cc}]/u.test(name)) return "a branch can't hold a space or a control character"
  const bad = /\.\.|@\{|[~^:?*[\\]/.exec(name)
  if (bad !== null) return `a branch can't hold "${bad[0]}"`
  if (name === "@") return `a branch can't be named "@"`
  if (name.split("/").some((part) => part === "")) return `a branch can't begin or end with "/" or hold "//"`
  if (name.endsWith(".")) return `a branch can't end with "."`
  if (name.split("/").some((part) => part.startsWith("."))) return `no part of a branch can begin with "."`
  if (name.split("/").some((part) => part.endsWith(".lock"))) return `no part of a branch can end with ".lock"`
  return undefined
}

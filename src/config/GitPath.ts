/** A directory within the repository, as written in the configuration and as Git names it. */

/** What is wrong with it, to complete the sentence "…; ", or `undefined`. */
export const problem = (path: string): string | undefined => {
  if (/\p{Cc}/u.test(path)) return "it holds a control character"
  if (path.includes("\\")) return `parts of a path in Git are separated by "/"`
  if (path.split("/").includes("..")) return `it can't hold "..": name a directory below the root of the repository`
  if (!path.startsWith("/")) return undefined
  const relative = normalize(path)
  return relative === ""
    ? "leave the key out for the whole repository"
    : `it counts from the root of the repository and has no leading "/": write "${relative}"`
}

/** As Git names it: no leading or trailing slash, no `.`; `""` is the whole repository. */
export const normalize = (path: string): string =>
  path.split("/").filter((part) => part !== "" && part !== ".").join("/")

/**
 * The address of a repository: which forms are understood, and how one is shown without its credentials.
 * Pure; nothing here opens a connection.
 */

export type Transport = "ssh" | "https" | "http" | "file"

const example = {
  https: "https://host/path",
  http: "http://host/path",
  ssh: "ssh://git@host/path",
  file: "file:///srv/git/cluster.git"
}

const forms = `write ${example.https}, ${example.http}, ${example.ssh}, git@host:path or ${example.file}`

const withScheme = (text: string) => {
  const [, scheme, rest] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^]*)$/.exec(text) ?? []
  return scheme === undefined || rest === undefined ? undefined : { scheme, rest }
}

/** `git@host:path`, as scp writes it. */
const isScpForm = (text: string) =>
  !/^(https?|file|ssh|git):/i.test(text) && /^([\w.-]+@)?[A-Za-z0-9][A-Za-z0-9.-]+:(?!\/\/)[^-:][^@]*$/.test(text)

const isLocalPath = (text: string) =>
  /^(\.{0,2}\/|~|\.{1,2}$|[A-Za-z]:[\\/]|\\\\)/.test(text) || /^[\w.-]+(\/|$)/.test(text)

const fileProblem = (path: string) => {
  if (!path.startsWith("/")) return `it needs an absolute path after file://, as in ${example.file}`
  return /^\/+$/.test(path) ? `it names no repository: write ${example.file}` : undefined
}

const isHost = (host: string) => /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?$|^\[[0-9A-Fa-f:.]+\]$/.test(host)

const userProblem = (transport: Exclude<Transport, "file">, user: string) => {
  if (transport === "ssh") {
    return /^[\w.-]+$/.test(user)
      ? undefined
      : "it holds credentials, which don't belong into a URL: leave the password out"
  }
  return `it holds credentials, which don't belong into a URL: put the password into a file, and write "username" and "passwordFile" below "credentials.https"`
}

const networkProblem = (transport: Exclude<Transport, "file">, rest: string) => {
  const [, user, host = "", port, path = ""] = /^(?:([^/]*)@)?(.*?)(?::([^/:\]]*))?(?:\/([^]*))?$/.exec(rest) ?? []
  if (user !== undefined) {
    const problem = userProblem(transport, user)
    if (problem !== undefined) return problem
  }
  if (!isHost(host)) return `it names no host: write ${example[transport]}`
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65536))
    return "its port isn't a number from 1 to 65535"
  if (path.replace(/\/+$/, "") === "") return `it names no repository on that host: write ${example[transport]}`
  if (transport !== "ssh" && /[?#]/.test(path))
    return `it holds a "?" or "#": write the URL that "git clone" takes, without them`
  return undefined
}

const schemeOf = (scheme: string): Transport | undefined => {
  switch (scheme) {
    case "ssh":
    case "https":
    case "http":
    case "file":
      return scheme
    default:
      return undefined
  }
}

/** How a repository is reached; `undefined` for what {@link problem} complains about. */
export const transport = (text: string): Transport | undefined => {
  const url = withScheme(text)
  return url === undefined ? isScpForm(text) ? "ssh" : undefined : schemeOf(url.scheme)
}

/** What is wrong with an address, to complete the sentence "…; ", and what to write. Never holds a part of the address. */
export const problem = (text: string): string | undefined => {
  if (/[\s\p{Cc}]/u.test(text)) return "it holds a space or a control character (a space is written %20)"
  const url = withScheme(text)
  if (url === undefined) {
    if (isScpForm(text)) return undefined
    if (/^[\w-]+(\.[\w-]+)+\/./.test(text)) return "it has no scheme: write https:// before it"
    return isLocalPath(text)
      ? `for a local repository write file:// followed by its absolute path, as in ${example.file}`
      : forms
  }
  const transport = schemeOf(url.scheme)
  if (transport === undefined) return forms
  return transport === "file" ? fileProblem(url.rest) : networkProblem(transport, url.rest)
}

/** Text that may hold an address, fit for messages: user info and queries become an ellipsis, a plain `git@` stays. */
export const withoutCredentials = (text: string): string => {
  const at = text.lastIndexOf("@")
  const isPlainUser = /^(ssh:\/\/)?[\w.-]*$/.test(text.slice(0, at))
  const shown = at === -1 || isPlainUser ? text : text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^]*@/i, "$1…@")
  return shown.includes("://") ? shown.replace(/[?#][^]*$/, "…") : shown
}

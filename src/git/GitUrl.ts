/**
 * Where the repository is, taken apart once. Credentials don't stand in a URL: the configuration refuses them,
 * and what is shown to people never holds any.
 */
import { Result } from "effect"
import { transport } from "../config/RepositoryUrl.ts"

export interface HttpUrl {
  readonly scheme: "https" | "http"
  /** Origin and path, without a trailing slash. */
  readonly href: string
  readonly shown: string
}

export interface FileUrl {
  readonly scheme: "file"
  /** Absolute. */
  readonly path: string
  readonly shown: string
}

export interface SshUrl {
  readonly scheme: "ssh"
  /** Without brackets around an IPv6 address. */
  readonly host: string
  readonly port: number
  readonly username: string
  /** As the server's Git is told: absolute, below the user's home, or from a `~`. */
  readonly path: string
  readonly shown: string
}

export type GitUrl = HttpUrl | FileUrl | SshUrl

const decoded = (text: string): string => Result.getOrElse(Result.try(() => decodeURIComponent(text)), () => text)

/** The one that every forge takes; a pod's user has no name of its own to use instead. */
const standardUser = "git"
const standardPort = 22

interface SshParts {
  readonly user: string | undefined
  readonly host: string
  readonly port: string | undefined
  readonly path: string
  readonly shown: string
}

const sshUrl = ({ host, path, port, shown, user }: SshParts): Result.Result<GitUrl, string> => {
  if (/\p{Cc}/u.test(path)) return Result.fail("its path holds a control character")
  /** It would be an option of the command on the server. */
  if (path.startsWith("-")) return Result.fail("its path begins with a dash")
  if (host === "" || /^\/*$/.test(path)) return Result.fail("it names no repository on a host")
  return Result.succeed({
    scheme: "ssh",
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port: port === undefined ? standardPort : Number(port),
    username: user ?? standardUser,
    path: (path.startsWith("/~") ? path.slice(1) : path).replace(/\/+$/, ""),
    shown
  })
}

/** `ssh://user@host:port/path`: the path is absolute unless it begins with `~`. */
const sshScheme = (rest: string) => {
  const [, user, host = "", port, path = ""] =
    /^(?:([^/:@]*)(?::[^/@]*)?@)?(\[[^\]/]*\]|[^/:@]*)(?::(\d{1,5}))?(\/[^]*)?$/.exec(rest) ?? []
  const at = user === undefined ? "" : `${user}@`
  return sshUrl({ user, host, port, path: decoded(path), shown: `ssh://${at}${host}${port ? `:${port}` : ""}${path}` })
}

/** `user@host:path`: the path is below the user's home unless it begins with a slash. */
const scpForm = (text: string) => {
  const [, user, host = "", path = ""] = /^(?:([^@:/]*)@)?([^:/]*):([^]*)$/.exec(text) ?? []
  return sshUrl({ user, host, port: undefined, path, shown: text })
}

/** Takes a `gitUrl` apart; the failure says what is wrong with it. */
export const parse = (text: string): Result.Result<GitUrl, string> => {
  const [, scheme, rest = ""] = /^([a-z]+):\/\/([^]*)$/i.exec(text.trim()) ?? []
  const bare = rest.replace(/[?#][^]*$/, "").replace(/^[^/]*@/, "").replace(/\/+$/, "")
  switch (scheme?.toLowerCase()) {
    case "https":
    case "http": {
      const href = `${scheme?.toLowerCase()}://${bare}`
      return bare.includes("/") && URL.canParse(href)
        ? Result.succeed({ scheme: scheme?.toLowerCase() === "https" ? "https" : "http", href, shown: href })
        : Result.fail("it names no repository on a host")
    }
    case "file":
      return bare.startsWith("/")
        ? Result.succeed({ scheme: "file", path: decoded(bare), shown: `file://${decoded(bare)}` })
        : Result.fail("it names no absolute path")
    case "ssh":
      return sshScheme(rest)
    default:
      return transport(text.trim()) === "ssh"
        ? scpForm(text.trim())
        : Result.fail("it must be an https://, http://, ssh:// or file:// URL, or git@host:path")
  }
}

/** Takes user info and queries out of whatever looks like a URL in a text; for words that come from outside. */
export const redact = (text: string): string =>
  text.replace(/([a-z][a-z0-9+.-]*:\/\/)(?:[^/\s]*@)?([^\s?#]*)(?:[?#]\S*)?/gi, "$1$2")

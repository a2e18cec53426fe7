/**
 * Where the repository is, taken apart once. Credentials don't stand in a URL: the configuration refuses them,
 * and what is shown to people never holds any.
 */
import { Result } from "effect"

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

export type GitUrl = HttpUrl | FileUrl

const decoded = (text: string): string => Result.getOrElse(Result.try(() => decodeURIComponent(text)), () => text)

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
    default:
      return Result.fail("this version reads https://, http:// and file://")
  }
}

/** Takes user info and queries out of whatever looks like a URL in a text; for words that come from outside. */
export const redact = (text: string): string =>
  text.replace(/([a-z][a-z0-9+.-]*:\/\/)(?:[^/\s]*@)?([^\s?#]*)(?:[?#]\S*)?/gi, "$1$2")

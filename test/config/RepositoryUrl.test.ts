import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import { problem, transport, withoutCredentials } from "../../src/config/RepositoryUrl.ts"

describe("The address of a repository", () => {
  it.each([
    ["https://git.example.com/acme/cluster.git", "https"],
    ["https://[::1]:8443/x", "https"],
    ["https://dev.azure.com/acme/_git/cluster", "https"],
    ["http://localhost:3000/acme/cluster.git", "http"],
    ["file:///srv/git/cluster.git", "file"],
    ["ssh://git@git.example.com:2222/acme/cluster.git", "ssh"],
    ["git@git.example.com:acme/cluster.git", "ssh"],
    ["git.example.com:acme/cluster.git", "ssh"]
  ])("may be %s", (url, expected) => {
    expect(problem(url)).toBe(undefined)
    expect(transport(url)).toBe(expected)
  })

  const local = "for a local repository write file:// followed by its absolute path, as in file:///srv/git/cluster.git"
  const forms =
    "write https://host/path, http://host/path, ssh://git@host/path, git@host:path or file:///srv/git/cluster.git"
  const credentials =
    `it holds credentials, which don't belong into a URL: put the password into a file, and write "username" and "passwordFile" below "credentials.https"`

  it.each([
    ["/srv/git/cluster.git", local],
    ["./cluster.git", local],
    ["../cluster.git", local],
    ["~/cluster.git", local],
    ["cluster.git", local],
    ["C:\\git\\cluster", local],
    ["C:/git/cluster", local],
    ["github.com/acme/cluster", "it has no scheme: write https:// before it"],
    ["", forms],
    ["git://host/x", forms],
    ["ftp://host/x", forms],
    ["https:/host/x", forms],
    ["--upload-pack=touch x", "it holds a space or a control character (a space is written %20)"],
    ["--upload-pack=x", forms],
    ["ssh://-oProxyCommand=x/y", "it names no host: write ssh://git@host/path"],
    ["file://srv/git", "it needs an absolute path after file://, as in file:///srv/git/cluster.git"],
    ["file:///", "it names no repository: write file:///srv/git/cluster.git"],
    ["https:///x", "it names no host: write https://host/path"],
    ["https://host", "it names no repository on that host: write https://host/path"],
    ["https://host/", "it names no repository on that host: write https://host/path"],
    ["https://host:99999/x", "its port isn't a number from 1 to 65535"],
    ["https://host/x?ref=main", `it holds a "?" or "#": write the URL that "git clone" takes, without them`],
    ["https://me:word@host/x", credentials],
    ["https://token@host/x", credentials],
    ["ssh://git:word@host/x", "it holds credentials, which don't belong into a URL: leave the password out"]
  ])("may not be %s", (url, reason) => expect(problem(url)).toBe(reason))

  it("is never shown, and never explained, with its credentials", () => {
    const secret = fc.stringMatching(/^[A-Z]{6,12}$/)
    const rest = fc.stringMatching(/^[a-z@:/?.]{0,8}$/)
    const scheme = fc.constantFrom("https://", "http://", "ssh://", "")
    fc.assert(fc.property(scheme, secret, rest, rest, (scheme, secret, before, after) => {
      const url = `${scheme}me:${before}${secret}${after}@host/path`
      return !withoutCredentials(url).includes(secret) && !(problem(url) ?? "").includes(secret)
    }))
    expect(withoutCredentials("https://me:word@host/x")).toBe("https://…@host/x")
    expect(withoutCredentials("https://host/x?token=word")).toBe("https://host/x…")
    expect(withoutCredentials("git@host:x")).toBe("git@host:x")
    expect(withoutCredentials("web-?")).toBe("web-?")
  })
})

import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import * as GitUrl from "../../src/git/GitUrl.ts"

describe("the URL of a repository", () => {
  it.each([
    ["https://host/acme/cluster.git/", "https://host/acme/cluster.git"],
    ["HTTPS://host:8443/x", "https://host:8443/x"],
    ["http://[::1]:80/x y", "http://[::1]:80/x y"],
    ["https://ada:pw@host/x?token=1#top", "https://host/x"]
  ])("%s is %s", (text, href) => {
    assert.deepInclude(Result.getOrThrow(GitUrl.parse(text)), { href, shown: href })
  })

  it("of a local one is its path", () => {
    assert.deepStrictEqual(Result.getOrThrow(GitUrl.parse("file:///srv/my%20cluster.git")), {
      scheme: "file",
      path: "/srv/my cluster.git",
      shown: "file:///srv/my cluster.git"
    })
  })

  it.each([
    ["ssh://ada@host/srv/x.git", "ada", "host", 22, "/srv/x.git"],
    ["SSH://host:2222/x/", "git", "host", 2222, "/x"],
    ["ssh://git@host/~/x.git", "git", "host", 22, "~/x.git"],
    ["ssh://git@host/~ada/x.git", "git", "host", 22, "~ada/x.git"],
    ["ssh://git@[::1]:2222/my%20x", "git", "::1", 2222, "/my x"],
    ["ssh://git@host/a#b?c", "git", "host", 22, "/a#b?c"],
    ["git@host:acme/x.git", "git", "host", 22, "acme/x.git"],
    ["host:x%20y", "git", "host", 22, "x%20y"],
    ["ada@host.example.com:/srv/x.git", "ada", "host.example.com", 22, "/srv/x.git"],
    ["git@host:~ada/x", "git", "host", 22, "~ada/x"],
    ["git@host:/~ada/x", "git", "host", 22, "~ada/x"]
  ])("%s is reached by SSH", (text, username, host, port, path) => {
    const url = Result.getOrThrow(GitUrl.parse(text))
    assert.deepInclude(url, { scheme: "ssh", username, host, port, path })
    assert.strictEqual(url.shown, text.replace("SSH", "ssh"))
  })

  it("for SSH is shown and used without a password", () => {
    assert.deepInclude(Result.getOrThrow(GitUrl.parse("ssh://git:pw@host/x")), {
      username: "git",
      shown: "ssh://git@host/x"
    })
  })

  it.each([
    ["ssh://git@host/-x%0a", "its path holds a control character"],
    ["ssh://git@host/~/\u0000", "its path holds a control character"],
    ["ssh://git@host/", "it names no repository on a host"],
    ["ssh://git@/x", "it names no repository on a host"],
    ["ssh://git@host", "it names no repository on a host"]
  ])("%j can't be reached by SSH", (text, reason) => {
    assert.deepStrictEqual(GitUrl.parse(text), Result.fail(reason))
  })

  it.each(["", "/srv/x", "ftp://host/x", "git@host:-x"])("%j can't be read", (text) => {
    assert.deepStrictEqual(
      GitUrl.parse(text),
      Result.fail("it must be an https://, http://, ssh:// or file:// URL, or git@host:path")
    )
  })

  it("is shown without what may be secret", () => {
    const part = fc.stringMatching(/^[A-Za-z0-9%:+=!$&'()*,;~-]{4,20}$/)
    fc.assert(fc.property(part, part, (secret, token) => {
      const shown = GitUrl.redact(
        `fatal: https://${secret}@host/x?private_token=${token} failed, see https://${secret}@host/y`
      )
      assert.strictEqual(shown, "fatal: https://host/x failed, see https://host/y")
    }))
  })
})

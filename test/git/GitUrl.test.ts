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

  it.each(["ssh://git@host/x", "git@host:x", "", "/srv/x", "ftp://host/x"])("%j can't be read", (text) => {
    assert.deepStrictEqual(GitUrl.parse(text), Result.fail("this version reads https://, http:// and file://"))
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

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { rmSync, writeFileSync } from "node:fs"
import { startConnectProxy } from "../remote/ConnectProxy.ts"
import { makeLogin } from "../remote/HttpCredentials.ts"
import { htmlPage } from "../remote/HttpFault.ts"
import {
  branched,
  connected,
  connectedByKey,
  loggedIn,
  loggedInByKey,
  overHttps,
  overSsh,
  resolved
} from "./checkedRepositories.ts"
import { below, check, notTriedAfter } from "./checking.ts"

const reached = ["URL", resolved, connected]
const notFound = "Check gitUrl; many servers also say this when the credentials don't reach the repository"
const unsaid =
  "? authenticate          as USER, with the password in PASSWORD_FILE; the server didn't say whether that will do"

describe("git check over HTTPS tells what to do about", { concurrent: true }, () => {
  it.live("a host that nobody knows", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* check({ args: ["https://git..example/acme/cluster.git"] }), {
        code: 1,
        lines: [
          "https://git..example/acme/cluster.git",
          "✗ resolve         TIME  https://git..example/acme/cluster.git can't be reached: its host name is unknown. " +
          "Check gitUrl, and that this machine can reach the host",
          ...notTriedAfter("resolve")
        ]
      })
    }))

  it.live("a server that isn't there", () =>
    Effect.gen(function*() {
      const { run, server } = yield* overHttps()
      yield* server.stop
      assert.deepStrictEqual(yield* check(run), {
        code: 1,
        lines: [
          "URL",
          resolved,
          "✗ connect         TIME  URL can't be reached: the connection was refused. " +
          "Check gitUrl, and that this machine can reach the host",
          ...notTriedAfter("connect")
        ]
      })
    }))

  it.live("a proxy that wants to know who we are", () =>
    Effect.gen(function*() {
      const { run } = yield* overHttps()
      const proxy = yield* startConnectProxy(makeLogin())
      const names = { ...run.names, PROXY: proxy.host }
      assert.deepStrictEqual(yield* check({ ...run, names, env: { HTTPS_PROXY: proxy.url } }), {
        code: 1,
        lines: [
          "URL",
          "✓ resolve         TIME  127.0.0.1 is an address already, the proxy of HTTPS_PROXY",
          "✗ connect         TIME  PROXY, the proxy http://PROXY",
          `${below}URL can't be reached: the proxy http://PROXY of HTTPS_PROXY answers 407; put the proxy's user and password into ` +
          "HTTPS_PROXY (http://user:password@host:port)",
          ...notTriedAfter("connect")
        ]
      })
    }))

  it.live("a CA that nobody trusts", () =>
    Effect.gen(function*() {
      const { run, server } = yield* overHttps()
      const { caFile: _, ...https } = server.credentials
      assert.deepStrictEqual(yield* check({ ...run, config: { ...run.config, credentials: { https } } }), {
        code: 1,
        lines: [
          "URL",
          resolved,
          connected.replace("✓", "✗"),
          `${below}URL: the server's certificate isn't trusted (it is signed by an unknown CA); ` +
          "put the certificate of its CA into a file and name it in credentials.https.caFile",
          ...notTriedAfter("connect")
        ]
      })
    }))

  it.live("a wrong password", () =>
    Effect.gen(function*() {
      const { run, server } = yield* overHttps()
      server.setCredentials(makeLogin())
      assert.deepStrictEqual(yield* check(run), {
        code: 1,
        lines: [
          ...reached,
          loggedIn.replace("✓", "✗"),
          `${below}URL refuses the credentials (401): check credentials.https.username and the password or token in PASSWORD_FILE`,
          ...notTriedAfter("authenticate")
        ]
      })
    }))

  it.live("a password file that isn't there", () =>
    Effect.gen(function*() {
      const { run, server } = yield* overHttps()
      rmSync(server.credentials.passwordFile ?? "")
      assert.deepStrictEqual(yield* check(run), {
        code: 1,
        lines: [
          ...reached,
          loggedIn.replace("✓", "✗"),
          `${below}A file of the credentials for URL can't be used: PASSWORD_FILE: there is no such file; make it, or mount the volume that holds it`,
          ...notTriedAfter("authenticate")
        ]
      })
    }))

  it.live("a repository that isn't there", () =>
    Effect.gen(function*() {
      const { bare, run } = yield* overHttps()
      rmSync(bare.path, { recursive: true })
      assert.deepStrictEqual(yield* check(run), {
        code: 1,
        lines: [
          ...reached,
          unsaid,
          `✗ branch          TIME  There is no repository at URL (the server answers 404). ${notFound}`,
          ...notTriedAfter("branch")
        ]
      })
    }))

  it.live("a login page in the place of Git, with the same as JSON", () =>
    Effect.gen(function*() {
      const { run, server } = yield* overHttps()
      server.setFault(() => htmlPage)
      const cure = "URL answers with text/html instead of Git's protocol, beginning \"Sign in Sign in\". " +
        "Check that gitUrl is the URL for \"git clone\", and that no login page or proxy stands in between"
      assert.deepStrictEqual(yield* check(run), {
        code: 1,
        lines: [...reached, unsaid, `✗ branch          TIME  ${cure}`, ...notTriedAfter("branch")]
      })
      const { code, lines } = yield* check({ ...run, args: ["--output", "json"] })
      assert.strictEqual(code, 1)
      const { ok, steps } = JSON.parse(lines.join(""))
      assert.isFalse(ok)
      assert.deepStrictEqual(steps.slice(2), [
        { name: "authenticate", outcome: "unknown", detail: unsaid.slice(below.length) },
        { name: "branch", outcome: "failed", millis: 1, detail: "", cure },
        { name: "tip", outcome: "not tried", detail: "" },
        { name: "push", outcome: "not tried", detail: "" }
      ])
    }))

  it.live("a branch that isn't there", () =>
    Effect.gen(function*() {
      const { run } = yield* overHttps()
      assert.deepStrictEqual(yield* check({ ...run, config: { ...run.config, branch: "mian" } }), {
        code: 1,
        lines: [
          ...reached,
          loggedIn,
          "✗ branch          TIME  URL has no branch mian: there is main. Push the branch, or correct \"branch\" in the configuration",
          ...notTriedAfter("branch")
        ]
      })
    }))

  it.live("a gitPath that isn't there", () =>
    Effect.gen(function*() {
      const { run } = yield* overHttps()
      assert.deepStrictEqual(yield* check({ ...run, config: { ...run.config, gitPath: "clusters/stage" } }), {
        code: 1,
        lines: [
          ...reached,
          loggedIn,
          branched,
          "✗ tip             TIME  gitPath clusters/stage does not exist in commit COMMIT of branch main of URL. " +
          "Commit it, or correct \"gitPath\" in the configuration",
          ...notTriedAfter("tip")
        ]
      })
    }))
})

const comparison = "compare that with what its owner has published, and only if it is the same put the line that "
const keyscan = "\"ssh-keyscan -t ed25519 -p PORT 127.0.0.1\" prints into KNOWN_HOSTS"

describe("git check over SSH tells what to do about", { concurrent: true }, () => {
  it.live("a host that nobody knows, with the key it shows", () =>
    Effect.gen(function*() {
      const { run, server } = yield* overSsh()
      writeFileSync(server.knownHostsFile, "")
      assert.deepStrictEqual(yield* check(run), {
        code: 1,
        lines: [
          "URL",
          resolved,
          "✗ connect         TIME  HOST shows the key ssh-ed25519 FINGERPRINT",
          `${below}URL: the host HOST isn't known: KNOWN_HOSTS has no key of it. It shows ssh-ed25519 FINGERPRINT: ${comparison}${keyscan}`,
          ...notTriedAfter("connect")
        ]
      })
    }))

  it.live("a host whose key has changed, and logs in to no such host", () =>
    Effect.gen(function*() {
      const { run, server } = yield* overSsh()
      yield* server.changeHostKeys
      assert.deepStrictEqual(yield* check(run), {
        code: 1,
        lines: [
          "URL",
          resolved,
          "✗ connect         TIME  HOST shows the key ssh-ed25519 FINGERPRINT",
          `${below}URL: the host HOST shows another key than the one that is known: ssh-ed25519 FINGERPRINT instead of ssh-ed25519 FINGERPRINT ` +
          "(KNOWN_HOSTS:1). Somebody may stand in between, or the host was set up anew: ask its owner for the fingerprint, and only if it is " +
          "the new one put the line that \"ssh-keyscan -t ed25519 -p PORT 127.0.0.1\" prints in the place of the old",
          ...notTriedAfter("connect")
        ]
      })
      assert.notInclude(yield* server.log, "Accepted publickey")
    }))

  it.live("a server that isn't there", () =>
    Effect.gen(function*() {
      const { run, server } = yield* overSsh()
      yield* server.stop
      assert.deepStrictEqual(yield* check(run), {
        code: 1,
        lines: [
          "URL",
          resolved,
          "✗ connect         TIME  URL can't be reached: the connection was refused. " +
          "Check gitUrl, and that this machine can reach the host",
          ...notTriedAfter("connect")
        ]
      })
    }))

  it.live("a key that the server doesn't know", () =>
    Effect.gen(function*() {
      const { run, server } = yield* overSsh()
      writeFileSync(server.authorizedKeysFile, "")
      assert.deepStrictEqual(yield* check(run), {
        code: 1,
        lines: [
          "URL",
          resolved,
          connectedByKey,
          loggedInByKey.replace("✓", "✗"),
          `${below}URL lets "USER" in with none of the keys that were offered: KEY_FILE (ssh-ed25519 FINGERPRINT). ` +
          "Add the public key to the repository as a deploy key, or to its user's account",
          ...notTriedAfter("authenticate")
        ]
      })
    }))

  it.live("a key whose passphrase is missing", () =>
    Effect.gen(function*() {
      const { config, run, ssh } = yield* overSsh()
      const { passphraseFile: _, ...rest } = ssh
      assert.deepStrictEqual(yield* check({ ...run, config: { ...config, credentials: { ssh: rest } } }), {
        code: 1,
        lines: [
          "URL",
          resolved,
          connectedByKey,
          "✗ authenticate    TIME  as USER",
          `${below}KEY_FILE, the SSH key for URL: the key is encrypted, and there is no passphrase for it; name a file with its passphrase in ` +
          "credentials.ssh.passphraseFile, or take the passphrase off with \"ssh-keygen -p -f KEY_FILE\"",
          ...notTriedAfter("authenticate")
        ]
      })
    }))

  it.live("a repository that isn't there", () =>
    Effect.gen(function*() {
      const { bare, run } = yield* overSsh()
      rmSync(bare.path, { recursive: true })
      assert.deepStrictEqual(yield* check(run), {
        code: 1,
        lines: [
          "URL",
          resolved,
          connectedByKey,
          loggedInByKey.replace("   TIME", "       "),
          `✗ branch          TIME  There is no repository at URL (the server says "'REPOSITORY' does not appear to be a git repository"). ${notFound}`,
          ...notTriedAfter("branch")
        ]
      })
    }))
})

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { type BareRepository, bareRepository } from "../remote/BareRepository.ts"
import { startConnectProxy } from "../remote/ConnectProxy.ts"
import { makeLogin } from "../remote/HttpCredentials.ts"
import {
  branched,
  good,
  goodByKey,
  loggedIn,
  makeRepository,
  mayPush,
  overHttps,
  overSsh,
  read,
  resolved
} from "./checkedRepositories.ts"
import { check } from "./checking.ts"

/** Every byte of it. */
const contentOf = ({ path }: BareRepository) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), "base64")])
    .toSorted()

describe("git check where all is well", { concurrent: true }, () => {
  it.live("shows each step over HTTPS, and writes nothing", () =>
    Effect.gen(function*() {
      const { bare, run, server } = yield* overHttps()
      const before = contentOf(bare)
      assert.deepStrictEqual(yield* check(run), { code: 0, lines: good })
      assert.deepStrictEqual(contentOf(bare), before)
      const pushing = server.requests.filter(({ path }) => path.includes("git-receive-pack"))
      assert.deepStrictEqual(pushing.map(({ method, status }) => `${method} ${status}`), ["GET 200"])
    }))

  it.live("shows each step over SSH, and writes nothing", () =>
    Effect.gen(function*() {
      const { bare, run, server } = yield* overSsh()
      const before = contentOf(bare)
      assert.deepStrictEqual(yield* check(run), { code: 0, lines: goodByKey })
      assert.deepStrictEqual(contentOf(bare), before)
      assert.include(yield* server.log, "Accepted publickey")
    }))

  it.live("needs no configuration beside a URL, and shows who may read without one", () =>
    Effect.gen(function*() {
      const { run: { names }, server } = yield* overHttps({ tls: false })
      assert.deepStrictEqual(yield* check({ args: [server.url], names }), {
        code: 0,
        lines: [
          "URL",
          resolved,
          "✓ connect         TIME  127.0.0.1:PORT",
          "✓ authenticate    TIME  without credentials",
          "✓ branch          TIME  main, the remote's HEAD, is at COMMIT; protocol version 2",
          "✓ tip             TIME  \"Open the shop\"; 3 files",
          mayPush
        ]
      })
    }))

  it.live("reads a repository on this machine, which has neither host nor login", () =>
    Effect.gen(function*() {
      const { path, url } = yield* makeRepository
      assert.deepStrictEqual(yield* check({ config: { gitUrl: url, gitPath: "clusters" }, names: { PATH: path } }), {
        code: 0,
        lines: [
          "file://PATH",
          "✓ branch          TIME  main, the remote's HEAD, is at COMMIT; protocol version 2",
          "✓ tip             TIME  \"Open the shop\"; 2 files below clusters",
          mayPush
        ]
      })
    }))

  it.live("shows the proxy that it goes through, without the password in its address", () =>
    Effect.gen(function*() {
      const { run } = yield* overHttps()
      const login = makeLogin()
      const proxy = yield* startConnectProxy(login)
      const env = { HTTPS_PROXY: `http://${login.username}:${encodeURIComponent(login.password)}@${proxy.host}` }
      const secrets = [...run.secrets, login.password]
      const names = { ...run.names, PROXY: proxy.host }
      assert.deepStrictEqual(yield* check({ ...run, env, names, secrets }), {
        code: 0,
        lines: [
          "URL",
          "✓ resolve         TIME  127.0.0.1 is an address already, the proxy of HTTPS_PROXY",
          "✓ connect         TIME  PROXY, the proxy http://PROXY",
          loggedIn,
          branched,
          read,
          mayPush
        ]
      })
    }))

  it.live("names the credential helper that a person's Git asks", () =>
    Effect.gen(function*() {
      const { run, server } = yield* overHttps()
      const { password = "", username = "" } = server.login ?? {}
      const folder = yield* temporaryFolder("gitops-person-")
      writeFileSync(join(folder, "kept"), `username=${username}\npassword=${password}\n`)
      writeFileSync(
        join(folder, "gitconfig"),
        `[credential]\n  helper = "!f() { test $1 = get && cat '${join(folder, "kept")}'; }; f"\n`
      )
      const { caFile = "" } = server.credentials
      const env = {
        KUBERNETES_SERVICE_HOST: undefined,
        GIT_CONFIG_GLOBAL: join(folder, "gitconfig"),
        GIT_CONFIG_NOSYSTEM: "1"
      }
      assert.deepStrictEqual(
        yield* check({ ...run, env, config: { ...run.config, credentials: { https: { caFile } } } }),
        {
          code: 0,
          lines: good.with(3, "✓ authenticate    TIME  as the user that Git's credential helper on this machine names")
        }
      )
    }))

  it.live("says that a repository without a commit has nothing to read yet", () =>
    Effect.gen(function*() {
      const { path, url } = yield* bareRepository()
      assert.deepStrictEqual(yield* check({ args: [url], names: { PATH: path } }), {
        code: 0,
        lines: [
          "file://PATH",
          "! branch          TIME  main, the remote's HEAD, has no commit yet",
          "! tip             TIME  there is nothing to read yet",
          mayPush
        ]
      })
    }))

  it.live("is one JSON object for machines", () =>
    Effect.gen(function*() {
      const { run } = yield* overHttps()
      const { code, lines } = yield* check({ ...run, args: ["--output", "json"] })
      assert.strictEqual(code, 0)
      const details = good.slice(1).map((line) => line.slice("✓ authenticate    TIME  ".length))
      assert.deepStrictEqual(JSON.parse(lines.join("")), {
        repository: "URL",
        ok: true,
        steps: ["resolve", "connect", "authenticate", "branch", "tip", "push"].map((name, index) => ({
          name,
          outcome: "passed",
          millis: 1,
          detail: details[index]
        }))
      })
    }))
})

const readOnly = "! push            TIME  not allowed, and no rule needs it: URL doesn't let us push"

describe("git check where only reading is allowed", { concurrent: true }, () => {
  it.live("is no failure over HTTPS", () =>
    Effect.gen(function*() {
      const { bare, run } = yield* overHttps()
      yield* bare.git("config", "http.receivepack", "false")
      assert.deepStrictEqual(yield* check(run), {
        code: 0,
        lines: good.with(
          6,
          `${readOnly} (403). Either give the user of PASSWORD_FILE the right to write to the repository (a token needs that scope, too), or, on a server of your own, ` +
            "allow pushing over HTTP with \"git config http.receivepack true\""
        )
      })
    }))

  it.live("is no failure over SSH", () =>
    Effect.gen(function*() {
      const script = join(yield* temporaryFolder("gitops-script-"), "command")
      writeFileSync(
        script,
        "#!/bin/sh\ncase $SSH_ORIGINAL_COMMAND in git-receive-pack*) " +
          "echo 'ERROR: The key you are authenticating with has been marked as read only.' >&2; exit 1;; esac\n" +
          "exec git-shell -c \"$SSH_ORIGINAL_COMMAND\"\n"
      )
      chmodSync(script, 0o755)
      const { run } = yield* overSsh({ settings: [`ForceCommand ${script}`] })
      assert.deepStrictEqual(yield* check(run), {
        code: 0,
        lines: goodByKey.with(
          6,
          `${readOnly}: The key you are authenticating with has been marked as read only. Give the key, or its user, the right to write ` +
            "to the repository"
        )
      })
    }))
})

describe("git check", { concurrent: true }, () => {
  it.live("tells what is wrong with a configuration, and never a password in a URL", () =>
    Effect.gen(function*() {
      const { password } = makeLogin()
      const url = `https://ada:${encodeURIComponent(password)}@git.example.com/acme/cluster.git`
      const refusal = "it holds credentials, which don't belong into a URL: put the password into a file, and write " +
        "\"username\" and \"passwordFile\" below \"credentials.https\""
      assert.deepStrictEqual(yield* check({ args: [url], secrets: [password] }), {
        code: 1,
        lines: [`command line: the repository is "https://…@git.example.com/acme/cluster.git"; ${refusal}`]
      })
      assert.deepStrictEqual(yield* check({ args: ["--config", "other.yaml", "https://git.example.com/a"] }), {
        code: 1,
        lines: ["other.yaml: there is no such file; write one, or say where it is with --config"]
      })
      const wrong = yield* check({ config: { gitUrl: "https://git.example.com/a", gitPaht: "b" } })
      assert.strictEqual(wrong.code, 1)
      assert.match(wrong.lines.join("\n"), /^config\.yaml:1:\d+: unknown key "gitPaht"/)
    }))

  it.live("tells a flag that it doesn't know in words, not by a trace", () =>
    Effect.gen(function*() {
      const { code, lines } = yield* check({ args: ["--nope"] })
      assert.strictEqual(code, 1)
      assert.strictEqual(lines.at(-1)?.trim(), "Unrecognized flag: --nope in command gitops-controller git check")
    }))
})

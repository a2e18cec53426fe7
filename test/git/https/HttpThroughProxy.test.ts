import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { issueCertificate, makeAuthority } from "../../cluster/Certificates.ts"
import { bareRepository } from "../../remote/BareRepository.ts"
import { startConnectProxy } from "../../remote/ConnectProxy.ts"
import { makeLogin } from "../../remote/HttpCredentials.ts"
import { startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { inPod, makeAuthor, openRemote } from "../pushing.ts"

const serve = Effect.fnUntraced(function*(tls: boolean) {
  const bare = yield* bareRepository({ files: { "a.yaml": "a" } })
  const http = yield* startHttpGitServer(bare, { tls, credentials: "made", clientCertificate: tls })
  const update = yield* (yield* makeAuthor(bare))({ "a.yaml": "b" })
  const open = (env: Readonly<Record<string, string>>) =>
    openRemote(http.url, { https: http.credentials, env: { ...inPod, ...env }, idleMillis: 2000 })
  return { bare, http, open, update }
})

const withLogin = (host: string, { password, username }: ReturnType<typeof makeLogin>) =>
  `http://${username}:${encodeURIComponent(password)}@${host}`

describe("through a proxy", () => {
  it.live("a repository over HTTPS is read and pushed to by a tunnel", () =>
    Effect.gen(function*() {
      const login = makeLogin()
      const proxy = yield* startConnectProxy(login)
      const { bare, http, open, update } = yield* serve(true)
      const remote = yield* open({ HTTPS_PROXY: withLogin(proxy.host, login) })
      assert.strictEqual((yield* remote.look).commit, update.before)
      assert.deepStrictEqual(yield* remote.push(update), { _tag: "Done" })
      assert.strictEqual((yield* remote.look).commit, yield* bare.tip())
      assert.deepStrictEqual(proxy.asked, [`CONNECT ${new URL(http.url).host}`])
    }))

  it.live("a repository over plain HTTP is asked for by its whole URL", () =>
    Effect.gen(function*() {
      const login = makeLogin()
      const proxy = yield* startConnectProxy(login)
      const { bare, http, open, update } = yield* serve(false)
      const remote = yield* open({ http_proxy: withLogin(proxy.host, login), HTTPS_PROXY: "http://127.0.0.1:1" })
      assert.strictEqual((yield* remote.look).commit, update.before)
      assert.deepStrictEqual(yield* remote.push(update), { _tag: "Done" })
      assert.strictEqual(yield* bare.tip(), update.after)
      assert.isTrue(proxy.asked.every((line) => line.includes(`${http.url}/`)), proxy.asked.join("\n"))
      assert.isAbove(proxy.asked.length, 3)
    }))

  it.live("that speaks HTTPS itself, the server's CA file is believed for both", () =>
    Effect.gen(function*() {
      const authority = makeAuthority("the proxy's authority")
      const certificate = issueCertificate(authority, { commonName: "proxy", hosts: ["localhost"] })
      const proxy = yield* startConnectProxy(undefined, certificate)
      const { http, open, update } = yield* serve(true)
      const url = proxy.url.replace("127.0.0.1", "localhost")
      const remote = yield* open({ HTTPS_PROXY: url })
      assert.strictEqual(
        (yield* Effect.flip(remote.look)).message.replaceAll(http.url, "URL").replace(/; put .*/, ""),
        `URL: the server's certificate isn't trusted (it is signed by an unknown CA, through the proxy ${url} of HTTPS_PROXY)`
      )
      writeFileSync(http.credentials.caFile ?? "", `${http.caCertificate}${authority.certificate}`)
      assert.deepStrictEqual(yield* remote.push(update), { _tag: "Done" })
      assert.strictEqual((yield* remote.look).commit, update.after)
      assert.isTrue(proxy.asked.every((line) => line === `CONNECT ${new URL(http.url).host}`))
    }))

  it.live("nothing goes that NO_PROXY names", () =>
    Effect.gen(function*() {
      const proxy = yield* startConnectProxy()
      const { open, update } = yield* serve(true)
      const remote = yield* open({ HTTPS_PROXY: proxy.url, NO_PROXY: "127.0.0.0/8" })
      assert.strictEqual((yield* remote.look).commit, update.before)
      assert.isEmpty(proxy.asked)
    }))

  it.live.each([["https", true], ["http", false]] as const)(
    "that refuses, %s tells which proxy, and what to do",
    ([, tls]) =>
      Effect.gen(function*() {
        const proxy = yield* startConnectProxy(makeLogin())
        const { http, open } = yield* serve(tls)
        const variable = tls ? "HTTPS_PROXY" : "HTTP_PROXY"
        const wrong = makeLogin()
        const remote = yield* open({ [variable]: withLogin(proxy.host, wrong) })
        const message = Effect.map(Effect.flip(remote.look), ({ message }) => message.replaceAll(http.url, "URL"))
        assert.strictEqual(
          yield* message,
          `URL can't be reached: the proxy ${proxy.url} of ${variable} answers 407; put the proxy's user and password into ${variable} (http://user:password@host:port). Trying again`
        )
        if (!tls) return
        proxy.refuse(403)
        assert.strictEqual(
          yield* message,
          `URL can't be reached: the proxy ${proxy.url} of ${variable} answers 403; let the proxy connect to that host, or name the host in NO_PROXY if it can be reached without. Trying again`
        )
        proxy.stall()
        proxy.refuse(undefined)
        assert.strictEqual(yield* message, "URL was silent for 2 s: gave up waiting, and trying again")
      })
  )

  it.live("that isn't there, or can't be used, the message names it", () =>
    Effect.gen(function*() {
      const { http, open } = yield* serve(true)
      const message = Effect.fnUntraced(function*(value: string) {
        const remote = yield* open({ https_proxy: value })
        return (yield* Effect.flip(remote.look)).message.replaceAll(http.url, "URL")
      })
      const cure = "Check gitUrl, and that this machine can reach the host; trying again"
      assert.strictEqual(
        yield* message("127.0.0.1:1"),
        `URL can't be reached: the connection was refused, through the proxy http://127.0.0.1:1 of https_proxy. ${cure}`
      )
      assert.strictEqual(
        yield* message("socks5://ada:secret@127.0.0.1:1"),
        `URL can't be reached: https_proxy names no proxy at http:// or https://. ${cure}`
      )
    }))
})

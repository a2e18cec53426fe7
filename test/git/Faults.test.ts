import { assert, describe, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { writeFileSync } from "node:fs"
import { makeAuthority } from "../cluster/Certificates.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { type BareRepository, bareRepository } from "../remote/BareRepository.ts"
import { type FaultPlan, htmlPage, onCommand, redirectTo, times } from "../remote/HttpFault.ts"
import { type HttpGitServer, type HttpGitServerOptions, startHttpGitServer } from "../remote/HttpGitServer.ts"
import { startGit, type StartOptions } from "./startGit.ts"

// As in a pod: nobody's own Git is asked for credentials.
process.env["KUBERNETES_SERVICE_HOST"] ??= "10.0.0.1"

const configMap = (value: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  key: "${value}"\n`

const commit = (bare: BareRepository, value: string) =>
  bare.commit({ "a.yaml": configMap(value), [`${value}.txt`]: value })

/** Serves a repository with one commit, and reads it. */
const good = Effect.fnUntraced(function*(server: HttpGitServerOptions = {}, options: StartOptions = {}) {
  const bare = yield* bareRepository({ files: { "a.yaml": configMap("0") } })
  const http = yield* startHttpGitServer(bare, server)
  const room = yield* startGit(http.url, { https: http.credentials, ...options })
  const tip = yield* room.git.refresh
  return { ...room, bare, http, tip }
})

type Good = Effect.Success<ReturnType<typeof good>>

/** A commit that can't be read because of the fault: the message, with the URL as `URL`; the last good tip stays, and after the fault it goes on. */
const failing = Effect.fnUntraced(
  function*(
    room: Good,
    break_: (http: HttpGitServer) => Effect.Effect<void>,
    mend: (http: HttpGitServer) => Effect.Effect<void>
  ) {
    const { bare, git, http, latest } = room
    const before = (yield* latest).tip
    yield* break_(http)
    const pushed = yield* commit(bare, `${(before?.commit ?? "").slice(0, 6)}`)
    const failure = yield* Effect.flip(git.refresh)
    const report = yield* latest
    assert.strictEqual(report.tip, before)
    assert.strictEqual(report.failure, failure)
    yield* mend(http)
    assert.strictEqual((yield* git.refresh).commit, pushed)
    assert.isUndefined((yield* latest).failure)
    return failure.message.replaceAll(http.url, "URL")
  }
)

const withFault = (room: Good, plan: FaultPlan) =>
  failing(
    room,
    (http) => Effect.sync(() => http.setFault(plan)),
    (http) => Effect.sync(() => http.setFault(() => undefined))
  )

const flipped = (body: Buffer, at: number): Buffer => {
  const copy = Buffer.from(body)
  copy[at] = (copy[at] ?? 0) ^ 0xff
  return copy
}

/** In the first object of a pack. */
const damaged = (body: Buffer): Buffer => body.includes("PACK") ? flipped(body, body.indexOf("PACK") + 20) : body

describe("a remote that fails", () => {
  it.live("with a status says so, in the server's own words", () =>
    Effect.gen(function*() {
      const room = yield* good()
      const text = { "content-type": "text/plain" }
      const status = (status: number, headers: Readonly<Record<string, string>> = text, body = "tired\u001b[2J\n") =>
        withFault(room, () => ({ status, headers, body }))
      assert.strictEqual(yield* status(500), "URL refused (500): tired [2J. Trying again")
      assert.strictEqual(
        yield* status(502, { "content-type": "text/html" }),
        "URL refused (502): HTTP status 502. Trying again"
      )
      assert.strictEqual(
        yield* status(429, { ...text, "retry-after": "7" }, "slow down"),
        "URL refused (429): slow down. Trying again"
      )
      assert.strictEqual(
        yield* status(404),
        "There is no repository at URL (the server answers 404). Check gitUrl; many servers also say this when the credentials don't reach the repository"
      )
      assert.strictEqual(
        yield* status(401),
        "URL asks for credentials (401): put a password or token into a file and name it in credentials.https.passwordFile"
      )
    }))

  it.live("with a page instead of Git is told from an empty repository", () =>
    Effect.gen(function*() {
      const room = yield* good()
      const message =
        `URL answers with text/html instead of Git's protocol, beginning "Sign in Sign in". Check that gitUrl is the URL for "git clone", and that no login page or proxy stands in between`
      assert.strictEqual(yield* withFault(room, () => htmlPage), message)
      room.http.setFault(() => htmlPage)
      const fresh = yield* startGit(room.http.url, { https: room.http.credentials })
      const failure = yield* Effect.flip(fresh.git.refresh)
      assert.strictEqual(failure.message.replaceAll(room.http.url, "URL"), message)
      assert.isUndefined((yield* fresh.latest).tip)
      const lie = {
        status: 200,
        headers: { "content-type": "application/x-git-upload-pack-advertisement" },
        body: "welcome, stranger"
      }
      room.http.setFault(() => lie)
      assert.include(
        (yield* Effect.flip(fresh.git.refresh)).message,
        `answers with something that isn't Git's protocol, beginning "welcome, stranger"`
      )
    }))

  it.live("that stalls is given up on, wherever it does", () =>
    Effect.gen(function*() {
      const room = yield* good({}, { idleMillis: 1000 })
      const message = "URL was silent for 1 s: gave up waiting, and trying again"
      assert.strictEqual(yield* withFault(room, () => ({ silent: true })), message)
      for (const bytes of [0, 10, 100])
        assert.strictEqual(yield* withFault(room, onCommand("fetch", { stallAfter: bytes })), message)
      assert.strictEqual(yield* withFault(room, onCommand("ls-refs", { stallAfter: 10 })), message)
    }))

  it.live("that never ends is given up on, too", () =>
    Effect.gen(function*() {
      const room = yield* good({}, { totalMillis: 1000 })
      assert.strictEqual(
        yield* withFault(room, onCommand("fetch", { delayMillis: 5000 })),
        "URL took longer than 1 s for one answer: gave up waiting, and trying again"
      )
    }))

  it.live(
    "whose connection is cut anywhere within a clone or a fetch leaves nothing half-done",
    () =>
      Effect.gen(function*() {
        const room = yield* good()
        const { http } = room
        for (
          const plan of [() => ({ hangUp: true }), onCommand("ls-refs", { cutAfter: 20 })] satisfies ReadonlyArray<
            FaultPlan
          >
        ) {
          assert.match(yield* withFault(room, plan), /^URL can't be reached: the connection was cut/)
        }
        const measured = Effect.fnUntraced(function*(fetch: Effect.Effect<unknown, unknown, Scope.Scope>) {
          http.requests.length = 0
          yield* fetch
          return http.requests.find(({ command }) => command === "fetch")?.answerBytes ?? 0
        })
        const start = startGit(http.url, { https: http.credentials })
        yield* commit(room.bare, "measured")
        const fetched = yield* measured(room.git.refresh)
        const cloned = yield* measured(Effect.flatMap(start, ({ git }) => git.refresh))
        for (let part = 0; part < 10; part++) {
          // Later fetches may be somewhat smaller than the measured one, clones only larger.
          assert.match(
            yield* withFault(room, onCommand("fetch", { cutAfter: Math.floor(fetched * part / 20) })),
            /^URL can't be reached: (the connection was cut|its answer was cut off)/
          )
          http.setFault(onCommand("fetch", { cutAfter: Math.floor(cloned * part / 10) }))
          const fresh = yield* start
          yield* Effect.flip(fresh.git.refresh)
          assert.isUndefined((yield* fresh.latest).tip)
          http.setFault(() => undefined)
          assert.strictEqual((yield* fresh.git.refresh).commit, (yield* room.latest).tip?.commit)
        }
      }),
    60_000
  )

  it.live("that ends its answers too early, or changes a byte of them, is found out", () =>
    Effect.gen(function*() {
      const room = yield* good()
      const shorter = (by: number) => onCommand("fetch", { body: (body) => body.subarray(0, -by) })
      assert.match(
        yield* withFault(room, shorter(4)),
        /^URL can't be reached: its answer was cut off after \d+ bytes of objects/
      )
      assert.match(
        yield* withFault(room, onCommand("fetch", { body: (body) => body.subarray(0, 20) })),
        /its answer was cut off before the objects/
      )
      assert.match(
        yield* withFault(room, onCommand("fetch", { body: damaged })),
        /^The objects that URL sent are damaged: its checksum is wrong\. Run "git fsck" on the server if this stays; trying again$/
      )
      const fetches = () => room.http.requests.filter(({ command }) => command === "fetch").length
      const before = fetches()
      room.http.setFault(times(2, { body: damaged }))
      const pushed = yield* commit(room.bare, "mended")
      assert.strictEqual((yield* room.git.refresh).commit, pushed)
      assert.strictEqual(fetches() - before, 2)
    }))

  it.live("that refuses tells why", () =>
    Effect.gen(function*() {
      const room = yield* good()
      const refused = (line: string) =>
        onCommand("fetch", { body: () => Buffer.from(`${(line.length + 4).toString(16).padStart(4, "0")}${line}0000`) })
      assert.strictEqual(
        yield* withFault(room, refused("ERR access denied by policy\n")),
        "URL refused: access denied by policy. Trying again"
      )
      assert.strictEqual(
        yield* withFault(room, refused("\u0003disk full at https://ada:pw@host/x\n")),
        "URL refused: disk full at https://host/x. Trying again"
      )
    }))

  it.live("over to another host isn't followed; on the same host it is", () =>
    Effect.gen(function*() {
      const room = yield* good({ credentials: "made" })
      const other = yield* startHttpGitServer(room.bare)
      const elsewhere = other.origin.replace("127.0.0.1", "localhost")
      const message = yield* withFault(room, redirectTo(elsewhere))
      assert.strictEqual(
        message,
        `URL sends us on to ${elsewhere}/cluster.git, and credentials don't follow to another host. If that is the repository, make it the gitUrl`
      )
      room.http.setFault(redirectTo(elsewhere))
      const fresh = yield* startGit(room.http.url, { https: room.http.credentials })
      assert.include((yield* Effect.flip(fresh.git.refresh)).message, `sends us on to ${elsewhere}/cluster.git, and`)
      assert.isEmpty(other.requests)

      const moved = (path: string) => path.replace("/old.git", "/cluster.git")
      room.http.setFault(({ path }) =>
        path.startsWith("/old.git") ? { status: 301, headers: { location: moved(path) } } : undefined
      )
      const follower = yield* startGit(room.http.url.replace("cluster.git", "old.git"), {
        https: room.http.credentials
      })
      assert.strictEqual((yield* follower.git.refresh).commit, yield* room.bare.tip())
    }))

  it.live("that goes away and comes back is told once each", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": configMap("0") } })
      const http = yield* startHttpGitServer(bare)
      const { log, until } = yield* startGit(http.url, { https: http.credentials, interval: 50 })
      const { tip } = yield* until(({ tip }) => tip !== undefined)
      yield* http.stop
      const first = yield* until(({ failure }) => failure !== undefined)
      assert.strictEqual(
        first.failure?.message,
        `${http.url} can't be reached: the connection was refused. Check gitUrl, and that this machine can reach the host; trying again`
      )
      const later = yield* until(({ checkedAt, failure }) =>
        failure !== undefined && (checkedAt ?? 0) > (first.checkedAt ?? 0)
      )
      assert.strictEqual(later.tip, tip)
      yield* http.start
      const back = yield* until(({ failure }) => failure === undefined)
      assert.strictEqual(back.tip, tip)
      assert.deepStrictEqual(log.map((line) => line.replaceAll(http.url, "URL")), [
        "Info: Read the branch",
        "Warn: URL can't be reached: the connection was refused. Check gitUrl, and that this machine can reach the host; trying again",
        "Info: The repository can be read again"
      ])
    }))
})

describe("credentials", () => {
  it.live("that are wrong are refused with what to look at, and work once they are mended", () =>
    Effect.gen(function*() {
      const room = yield* good({ credentials: "made" })
      const { passwordFile = "" } = room.http.credentials
      const { login } = room.http
      assert.isDefined(login)
      if (login === undefined) return
      const message = yield* failing(
        room,
        (http) => Effect.sync(() => http.setCredentials({ ...login, password: "rotated" })),
        () => Effect.sync(() => writeFileSync(passwordFile, "rotated\n"))
      )
      assert.strictEqual(
        message,
        `URL refuses the credentials (401): check credentials.https.username and the password or token in ${passwordFile}`
      )
      room.http.setFault(() => ({ status: 403 }))
      assert.strictEqual(
        (yield* Effect.flip(room.git.refresh)).message.replaceAll(room.http.url, "URL"),
        `URL refuses access (403) to the user of ${passwordFile}: give that user the right to read the repository`
      )
    }))

  it.live("whose file is missing or empty are told by the file, and by what belongs into it", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": configMap("0") } })
      const http = yield* startHttpGitServer(bare)
      const folder = yield* temporaryFolder("gitops-none-")
      const empty = `${folder}/empty`
      writeFileSync(empty, "\n")
      for (
        const [key, content] of [
          ["passwordFile", "the password or token"],
          ["caFile", "the certificates to trust (PEM)"],
          ["certFile", "the client certificate (PEM)"],
          ["keyFile", "the key of the client certificate (PEM)"]
        ] as const
      ) {
        const { git } = yield* startGit(http.url, { https: { ...http.credentials, [key]: empty } })
        assert.strictEqual(
          (yield* Effect.flip(git.refresh)).message,
          `A file of the credentials for ${http.url} can't be used: ${empty}: it is empty; write ${content} into it`
        )
      }
      const { git } = yield* startGit(http.url, { https: { ...http.credentials, passwordFile: `${folder}/none` } })
      assert.strictEqual(
        (yield* Effect.flip(git.refresh)).message,
        `A file of the credentials for ${http.url} can't be used: ${folder}/none: there is no such file; make it, or mount the volume that holds it`
      )
    }))

  it.live("of a client with a certificate are shown, and a server of an unknown CA isn't trusted", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": configMap("0") } })
      const http = yield* startHttpGitServer(bare, { clientCertificate: true })
      const { git } = yield* startGit(http.url, { https: http.credentials })
      assert.strictEqual((yield* git.refresh).commit, yield* bare.tip())

      const keyFile = `${yield* temporaryFolder("gitops-key-")}/client.key`
      writeFileSync(keyFile, "no key at all")
      const keyless = yield* startGit(http.url, { https: { ...http.credentials, keyFile } })
      assert.match(
        (yield* Effect.flip(keyless.git.refresh)).message,
        /^A file of the credentials for https:.* can't be used: certFile and keyFile must be a certificate and its key in PEM/
      )

      const strangers = yield* startGit(http.url)
      assert.strictEqual(
        (yield* Effect.flip(strangers.git.refresh)).message,
        `${http.url}: the server's certificate isn't trusted (it is signed by an unknown CA); put the certificate of its CA into a file and name it in credentials.https.caFile`
      )
      const caFile = `${yield* temporaryFolder("gitops-ca-")}/ca.crt`
      writeFileSync(caFile, makeAuthority("somebody else").certificate)
      const others = yield* startGit(http.url, { https: { ...http.credentials, caFile } })
      assert.strictEqual(
        (yield* Effect.flip(others.git.refresh)).message,
        `${http.url}: the server's certificate isn't trusted (it is signed by an unknown CA); put the certificate of its CA into ${caFile} (credentials.https.caFile)`
      )
      writeFileSync(caFile, http.caCertificate)
      assert.strictEqual((yield* others.git.refresh).commit, yield* bare.tip())
    }))

  it.live("stand in no report, log or message, on no path of failure", () =>
    Effect.gen(function*() {
      const room = yield* good({ credentials: "made" })
      const secrets = [
        room.http.login?.password ?? "none",
        Buffer.from(`${room.http.login?.username}:${room.http.login?.password}`).toString("base64")
      ]
      const plans: ReadonlyArray<FaultPlan> = [
        () => ({ status: 500, headers: { "content-type": "text/plain" }, body: `no, ${secrets.join(" and ")}` }),
        () => ({ status: 200, headers: { "content-type": "text/html" }, body: `<p>${secrets.join("</p><p>")}</p>` }),
        () => ({ hangUp: true }),
        redirectTo("https://elsewhere.example")
      ]
      for (const plan of plans) {
        room.http.setFault(plan)
        const failure = yield* Effect.flip(room.git.refresh)
        const text = [
          failure.message,
          JSON.stringify(failure),
          String(failure.stack),
          ...room.log,
          JSON.stringify(yield* room.latest)
        ].join("\n")
        for (const secret of secrets) assert.notInclude(text, secret)
      }
    }))
})

describe("a repository that can't be read", () => {
  it.live("of another hash is refused clearly, over HTTPS and locally", () =>
    Effect.gen(function*() {
      for (const files of [undefined, { "a.yaml": configMap("0") }]) {
        const bare = yield* bareRepository({ objectFormat: "sha256", ...files === undefined ? {} : { files } })
        const http = yield* startHttpGitServer(bare)
        const old = yield* startHttpGitServer(bare, { protocol: 0 })
        const ways = [[bare.url, undefined], [http.url, http.credentials], [old.url, old.credentials]] as const
        // An empty repository tells nothing of itself in version 0.
        for (const [url, https] of files === undefined ? ways.slice(0, 2) : ways) {
          const { git } = yield* startGit(url, https === undefined ? {} : { https })
          assert.strictEqual(
            (yield* Effect.flip(git.refresh)).message,
            `${url} is a SHA256 repository; only SHA-1 repositories can be read. Move it to one made by "git init --object-format=sha1"`
          )
        }
      }
    }))

  it.live("for want of the branch names those that are there", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({ files: { "a.yaml": configMap("0") } })
      const alone = yield* startGit(bare.url, { branch: "master" })
      assert.include((yield* Effect.flip(alone.git.refresh)).message, "has no branch master: there is main. Push")
      for (const branch of ["prod", "production", "feature/x"]) yield* bare.commit({ "b.txt": branch }, { branch })
      const http = yield* startHttpGitServer(bare)
      const old = yield* startHttpGitServer(bare, { protocol: 0 })
      for (const server of [http, old]) {
        const { git } = yield* startGit(server.url, { https: server.credentials, branch: "produktion" })
        assert.strictEqual(
          (yield* Effect.flip(git.refresh)).message,
          `${server.url} has no branch produktion: there are production, prod, main, feature/x. Push the branch, or correct "branch" in the configuration`
        )
      }
      yield* bare.git("symbolic-ref", "HEAD", "refs/heads/trunk")
      const { git } = yield* startGit(http.url, { https: http.credentials })
      assert.include((yield* Effect.flip(git.refresh)).message, `${http.url} has no branch trunk: there are `)
    }))

  it.live("for want of the directory says so", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder("gitops-none-")
      const { git } = yield* startGit(`file://${folder}/none.git`)
      assert.strictEqual(
        (yield* Effect.flip(git.refresh)).message,
        `There is no repository at file://${folder}/none.git (no Git repository is in that directory). Check gitUrl; many servers also say this when the credentials don't reach the repository`
      )
    }))
})

describe("entries that aren't files", () => {
  it.live("are passed over, and named", () =>
    Effect.gen(function*() {
      const bare = yield* bareRepository({
        files: {
          "a.yaml": configMap("0"),
          "link.yaml": { symlink: "../../etc/passwd" },
          "module": { submodule: "1".repeat(40) },
          "-dash.yaml": { executable: configMap("1").replace("name: a", "name: dash") },
          "ünï cödé.yaml": configMap("1").replace("name: a", "name: unicode")
        }
      })
      const { git } = yield* startGit(bare.url)
      const { index } = yield* git.refresh
      assert.sameMembers([...index.kinds.values()].flat().map(({ path }) => path), [
        "a.yaml",
        "-dash.yaml",
        "ünï cödé.yaml"
      ])
      assert.sameMembers(index.passedOver.map(({ path }) => path), ["link.yaml", "module"])
    }))
})

import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { createHmac } from "node:crypto"
import { readFileSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { hostName, names } from "../../../src/git/ssh/HostPattern.ts"
import { algorithmsFor, fingerprint, judge, lookUp, parse, typeOf } from "../../../src/git/ssh/KnownHosts.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { keygen } from "./sshKeygen.ts"

const field = (content: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(content)
  const size = Buffer.alloc(4)
  size.writeUInt32BE(bytes.length)
  return Buffer.concat([size, bytes])
}

/** A public key that nobody has the private one of. */
const keyOf = (seed: number, type = "ssh-ed25519"): Buffer =>
  Buffer.concat([field(type), field(Buffer.alloc(32, seed))])

const line = (patterns: string, key: Buffer, mark = ""): string =>
  `${mark}${mark === "" ? "" : " "}${patterns} ${typeOf(key)} ${key.toString("base64")}`

const hash = (name: string, salt: Buffer): string =>
  `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`

const judged = (text: string, host: string, key: Buffer, port = 22) =>
  judge(lookUp(parse("known_hosts", text), hostName(host, port)), key)

const [ours, theirs, third] = [keyOf(1), keyOf(2), keyOf(3)]

describe("a host in known_hosts", () => {
  it("is trusted with one of its keys, of whatever line", () => {
    const text = `# of the forge\n\n\tgit.example.com,10.0.0.1\t${line("x", ours).slice(2)} a comment\n${
      line("git.example.com", theirs)
    }\n`
    assert.deepStrictEqual(judged(text, "git.example.com", ours), { _tag: "Trusted" })
    assert.deepStrictEqual(judged(text, "GIT.example.com", theirs), { _tag: "Trusted" })
    assert.deepStrictEqual(judged(text, "10.0.0.1", ours), { _tag: "Trusted" })
    assert.strictEqual(judged(text, "10.0.0.1", theirs)._tag, "Changed")
    assert.strictEqual(judged(text, "example.com", ours)._tag, "Unknown")
  })

  it("of another port is another host", () => {
    const text = `${line("[git.example.com]:2222", ours)}\n${line("git.example.com", theirs)}`
    assert.strictEqual(judged(text, "git.example.com", ours, 2222)._tag, "Trusted")
    assert.strictEqual(judged(text, "git.example.com", ours, 22)._tag, "Changed")
    assert.strictEqual(judged(text, "git.example.com", ours, 2223)._tag, "Unknown")
    assert.strictEqual(judged(line("[::1]:2222,::1", ours), "::1", ours, 2222)._tag, "Trusted")
    assert.strictEqual(judged(line("[::1]:2222,::1", ours), "::1", ours)._tag, "Trusted")
  })

  it("may be named by a pattern, but not by one that excepts it", () => {
    const text = line("*.example.com,!secret.example.com,host-?", ours)
    assert.strictEqual(judged(text, "git.example.com", ours)._tag, "Trusted")
    assert.strictEqual(judged(text, "host-1", ours)._tag, "Trusted")
    assert.strictEqual(judged(text, "host-12", ours)._tag, "Unknown")
    assert.strictEqual(judged(text, "secret.example.com", ours)._tag, "Unknown")
    assert.strictEqual(judged(line("!other", ours), "git.example.com", ours)._tag, "Unknown")
  })

  it("shows a changed key, told with the place of the one of its type", () => {
    const rsa = keyOf(4, "ssh-rsa")
    const text = [line("host", rsa), line("host", theirs)].join("\n")
    const judgement = judged(text, "host", ours)
    assert.deepInclude(judgement, { _tag: "Changed" })
    assert.deepInclude(judgement._tag === "Changed" ? judgement.line : {}, { file: "known_hosts", line: 2 })
    assert.strictEqual(judged(text, "host", keyOf(9, "ecdsa-sha2-nistp256"))._tag, "Changed")
  })

  it("with a revoked key is refused, although another line trusts that", () => {
    const text = [line("host", ours), line("*", ours, "@revoked"), line("host", theirs)].join("\n")
    assert.deepInclude(judged(text, "host", ours), { _tag: "Revoked" })
    assert.strictEqual(judged(text, "host", theirs)._tag, "Trusted")
    assert.strictEqual(judged(text, "other", ours)._tag, "Revoked")
    assert.strictEqual(judged(text, "other", theirs)._tag, "Unknown")
  })

  it("known by an authority alone is told apart; its own key counts beside one", () => {
    const text = [line("*.example.com", ours, "@cert-authority"), line("b.example.com", theirs)].join("\n")
    assert.strictEqual(judged(text, "a.example.com", ours)._tag, "OnlyCertified")
    assert.strictEqual(judged(text, "a.example.com", third)._tag, "OnlyCertified")
    assert.strictEqual(judged(text, "b.example.com", theirs)._tag, "Trusted")
    assert.strictEqual(judged(text, "b.example.com", ours)._tag, "Changed")
  })

  it("is asked only for what it can be recognised by", () => {
    const asked = (...keys: ReadonlyArray<Buffer>) =>
      algorithmsFor(lookUp(parse("f", keys.map((key) => line("host", key)).join("\n")), "host"))
    assert.deepStrictEqual(asked(keyOf(1, "ssh-rsa")), ["rsa-sha2-512", "rsa-sha2-256"])
    assert.deepStrictEqual(asked(keyOf(1, "ecdsa-sha2-nistp384"), ours), ["ssh-ed25519", "ecdsa-sha2-nistp384"])
    const everything = [
      "ssh-ed25519",
      "ecdsa-sha2-nistp256",
      "ecdsa-sha2-nistp384",
      "ecdsa-sha2-nistp521",
      "rsa-sha2-512",
      "rsa-sha2-256"
    ]
    assert.deepStrictEqual([...asked()], everything)
    assert.deepStrictEqual([...asked(keyOf(1, "ssh-dss"))], everything)
  })

  it("of a line that can't be read isn't known by it", () => {
    const base64 = ours.toString("base64")
    for (
      const text of [
        `host ssh-rsa ${base64}`,
        `host ssh-ed25519`,
        `host ${base64}`,
        `host ssh-ed25519 ${base64.slice(0, 8)}`,
        `#host ssh-ed25519 ${base64}`,
        `@trusted host ssh-ed25519 ${base64}`,
        `|1|bm90IGEgaGFzaA==|bm90IGEgaGFzaA== ssh-ed25519 ${base64}`,
        `|2|host ssh-ed25519 ${base64}`,
        "host 1024 35 1234567890"
      ]
    ) { assert.strictEqual(judged(text, "host", ours)._tag, "Unknown", text) }
  })
})

const letter = fc.constantFrom("a", "b", ".")
const name = fc.array(letter, { minLength: 1, maxLength: 8 }).map((letters) => letters.join(""))
const glob = fc.array(fc.oneof(letter, fc.constantFrom("*", "?")), { minLength: 1, maxLength: 8 }).map((all) =>
  all.join("")
)
const pattern = fc.tuple(fc.boolean(), glob).map(([isExcepted, glob]) => `${isExcepted ? "!" : ""}${glob}`)
const patterns = fc.array(pattern, { minLength: 1, maxLength: 4 }).map((all) => all.join(","))

describe("the patterns of a line", () => {
  const regExp = (glob: string) =>
    new RegExp(`^${glob.replaceAll(".", "\\.").replaceAll("*", ".*").replaceAll("?", ".")}$`)

  it("match as wildcards do", () => {
    fc.assert(fc.property(glob, name, (glob, name) => names(glob, name) === regExp(glob).test(name)))
  })

  it("match nothing that one of them excepts, in any order", () => {
    fc.assert(
      fc.property(
        patterns,
        glob,
        name,
        (patterns, glob, name) =>
          !regExp(glob).test(name) || (!names(`${patterns},!${glob}`, name) && !names(`!${glob},${patterns}`, name))
      )
    )
  })

  it("name exactly one host when hashed", () => {
    fc.assert(
      fc.property(
        name,
        name,
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        (one, other, salt) =>
          names(hash(one, Buffer.from(salt)), one) &&
          (one === other || !names(hash(one, Buffer.from(salt)), other))
      )
    )
  })

  it("never take long, however many wildcards there are", () => {
    const start = performance.now()
    assert.isFalse(names(`${"*a".repeat(200)}b`, "a".repeat(2000)))
    assert.isBelow(performance.now() - start, 1000)
  })
})

describe("a key", () => {
  const mark = fc.constantFrom("", "@revoked", "@cert-authority", "@other")
  const anyLine = fc.record({ patterns, mark, seed: fc.integer({ min: 1, max: 4 }) })

  it("is trusted only when an unmarked line of its host has it and no line revokes it", () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 6 }), name, fc.integer({ min: 1, max: 4 }), (lines, host, seed) => {
        const text = lines.map(({ mark, patterns, seed }) => line(patterns, keyOf(seed), mark)).join("\n")
        const own = lines.filter((line) => line.seed === seed && names(line.patterns, host))
        const isTrusted = own.some(({ mark }) => mark === "") && !own.some(({ mark }) => mark === "@revoked")
        return (judged(text, host, keyOf(seed))._tag === "Trusted") === isTrusted
      })
    )
  })

  it("of any bytes is never taken for another, and nothing throws", () => {
    fc.assert(fc.property(fc.string(), fc.uint8Array(), (text, shown) => {
      const key = Buffer.from(shown)
      return judged(`${text}\n${line("host", ours)}`, "host", key)._tag !== "Trusted" || key.equals(ours)
    }))
  })
})

describe("ssh-keygen", () => {
  /** The lines that it finds for a host, with their marks. */
  const found = (file: string, host: string) =>
    keygen("-F", host, "-f", file).pipe(
      Effect.catchDefect(() => Effect.succeed("")), // it ends with 1 when there is none
      Effect.map((out) =>
        [...out.matchAll(/^# Host .* found: line (\d+) ?(CA|REVOKED)?/gm)].map(([, line, mark = ""]) =>
          `${line} ${mark}`.trim()
        )
      )
    )

  const ourLines = (text: string, host: string) => {
    const { authorities, keys, revoked } = lookUp(parse("f", text), host)
    return [
      ...keys.map(({ line }) => [line, ""] as const),
      ...revoked.map(({ line }) => [line, "REVOKED"] as const),
      ...authorities.map(({ line }) => [line, "CA"] as const)
    ].sort(([left], [right]) => left - right).map(([line, mark]) => `${line} ${mark}`.trim())
  }

  it.live("finds the lines that we find, plain and hashed", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder("gitops-known-")
      const file = `${folder}/known_hosts`
      const portPattern = name.map((name) => `[${name}]:2222`)
      const samples = fc.sample(
        fc.record({
          lines: fc.array(
            fc.record({
              patterns: fc.oneof(patterns, portPattern),
              mark: fc.constantFrom("", "", "@revoked", "@cert-authority", "@other")
            }),
            { minLength: 1, maxLength: 12 }
          ),
          hosts: fc.array(fc.oneof(name, portPattern), { minLength: 2, maxLength: 2 })
        }),
        { numRuns: 25, seed: 7 }
      )
      let hits = 0
      for (const { hosts, lines } of samples) {
        const text = `${lines.map(({ mark, patterns }, index) => line(patterns, keyOf(index + 1), mark)).join("\n")}\n`
        writeFileSync(file, text)
        const named = lines.flatMap(({ patterns }) => /^[^*?!,]+$/.test(patterns) ? [patterns] : []).slice(0, 1)
        for (const host of [...hosts, ...named]) {
          const theirs = yield* found(file, host)
          assert.deepStrictEqual(ourLines(text, host), theirs, `${host} in\n${text}`)
          hits += theirs.length
        }
        // Of a mark that it doesn't know it hashes nothing.
        writeFileSync(file, `${line("unhashed", theirs)}\n${text.replaceAll(/^@other .*\n/gm, "")}`)
        yield* keygen("-H", "-f", file)
        const hashed = readFileSync(file, "utf8")
        for (const host of [...hosts, ...named])
          assert.deepStrictEqual(ourLines(hashed, host), yield* found(file, host), `${host} in\n${hashed}`)
      }
      assert.isAbove(hits, 30)
    }))

  it.live("names the fingerprint that we name", () =>
    Effect.gen(function*() {
      const folder = yield* temporaryFolder("gitops-known-")
      writeFileSync(`${folder}/known_hosts`, `${line("host", ours)}\n`)
      assert.include(yield* keygen("-l", "-f", `${folder}/known_hosts`), ` ${fingerprint(ours)} host `)
    }))
})

/** What each host publishes at the address in the file. */
const published: Readonly<Record<string, ReadonlyArray<string>>> = {
  "github.com": [
    "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
    "SHA256:p2QAMXNIC1TJYWeIOttrVc98/R1BUFWu3/LiyKgUfQM",
    "SHA256:uNiVztksCsDhcc0u9e8BujQXVUpKZIDTMczCvj3tD2s"
  ],
  "gitlab.com": [
    "SHA256:eUXGGm1YGsMAS7vkcx6JOJdOGHPem5gQp4taiCfCLB8",
    "SHA256:HbW3g8zUjNSksFbqTiUWPWg2Bq1x8xdGUrliXFzSnUw",
    "SHA256:ROQFvPThGrW4RuWLoL9tq9I9zJ42fK4XywyRtbOz/EQ"
  ],
  "bitbucket.org": [
    "SHA256:ybgmFkzwOSotHTHLJgHO0QN8L0xErw6vd0VhFA9m3SM",
    "SHA256:FC73VB6C4OQLSCrjEayhMp9UMxS97caD/Yyi2bhW/J0",
    "SHA256:46OSHA1Rmj8E8ERTC6xkNcmGOw9oFxYr0WF6zWW8l1E"
  ],
  "codeberg.org": [
    "SHA256:mIlxA9k46MmM6qdJOdMnAQpzGxF4WIVVL+fj+wZbw0g",
    "SHA256:T9FYDEHELhVkulEKKwge5aVhVTbqCW0MIRwAfpARs/E",
    "SHA256:6QQmYi4ppFS4/+zSZ5S4IU+4sa6rwvQ4PbhCtPEBekQ"
  ],
  "ssh.dev.azure.com": ["SHA256:ohD8VZEXGWo6Ez8GSEJQ9WpafgLFsOfLOtGGQCQo6Og"],
  "vs-ssh.visualstudio.com": ["SHA256:ohD8VZEXGWo6Ez8GSEJQ9WpafgLFsOfLOtGGQCQo6Og"]
}

describe("the list of well-known Git hosts", () => {
  const file = fileURLToPath(new URL("../../../src/git/ssh/known_hosts", import.meta.url))
  const text = readFileSync(file, "utf8")
  const lines = parse(file, text)

  it("can be read to its last line", () => {
    assert.lengthOf(lines, text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length)
    assert.isTrue(lines.every(({ mark }) => mark === "none"))
  })

  it("has exactly the keys whose fingerprints each host publishes", () => {
    assert.sameMembers([...new Set(lines.flatMap(({ patterns }) => patterns.split(",")))], Object.keys(published))
    for (const [host, fingerprints] of Object.entries(published))
      assert.deepStrictEqual(lookUp(lines, hostName(host, 22)).keys.map(({ key }) => fingerprint(key)), fingerprints)
  })

  it("says of every host where its keys are published", () => {
    for (const block of text.trim().split("\n\n").slice(1)) assert.match(block, /^# https:\/\/\S+/)
  })
})

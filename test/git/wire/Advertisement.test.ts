import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import * as Advertisement from "../../../src/git/wire/Advertisement.ts"
import * as LsRefs from "../../../src/git/wire/LsRefs.ts"
import * as PktLine from "../../../src/git/wire/PktLine.ts"

const [one, two] = ["1".repeat(40), "2".repeat(40)]
const lines = (...texts: ReadonlyArray<string>) => Buffer.concat([...texts.map(PktLine.line), PktLine.flush])
const overHttp = (bytes: Buffer) => Buffer.concat([lines("# service=git-upload-pack"), bytes])

describe("an advertisement", () => {
  it("of version 2 tells what the server can do", () => {
    const bytes = lines(
      "version 2",
      "agent=git/2.47",
      "ls-refs=unborn",
      "fetch=shallow wait-for-done",
      "object-format=sha1"
    )
    for (const advertised of [bytes, overHttp(bytes)]) {
      const { capabilities, version } = Result.getOrThrow(Advertisement.decode(advertised))
      assert.strictEqual(version, 2)
      assert.deepStrictEqual(capabilities.get("fetch"), "shallow wait-for-done")
    }
  })

  it("of version 0 or 1 tells its refs", () => {
    const refs = [
      `${one} HEAD\0 multi_ack shallow symref=HEAD:refs/heads/main side-band-64k`,
      `${one} refs/heads/main`,
      `${two} refs/heads/x`,
      `${two} refs/tags/v1`,
      `${one} refs/tags/v1^{}`
    ]
    for (const bytes of [lines(...refs), overHttp(lines(...refs)), lines("version 1", ...refs)]) {
      const advertised = Result.getOrThrow(Advertisement.decode(bytes))
      if (advertised.version !== 0) return assert.fail("not version 0")
      assert.deepStrictEqual(advertised.refs.head, { id: one, target: "refs/heads/main" })
      assert.deepStrictEqual([...advertised.refs.ids], [["refs/heads/main", one], ["refs/heads/x", two], [
        "refs/tags/v1",
        two
      ]])
      assert.isTrue(advertised.capabilities.has("shallow"))
    }
  })

  it("of an empty repository has no refs", () => {
    for (const bytes of [PktLine.flush, overHttp(PktLine.flush), lines(`${"0".repeat(40)} capabilities^{}\0shallow`)]) {
      const advertised = Result.getOrThrow(Advertisement.decode(bytes))
      if (advertised.version !== 0) return assert.fail("not version 0")
      assert.strictEqual(advertised.refs.ids.size, 0)
      assert.isUndefined(advertised.refs.head)
    }
  })

  it("that ends early is never taken for a whole one", () => {
    const bytes = overHttp(lines(`${one} HEAD\0shallow`, `${one} refs/heads/main`))
    for (let length = 0; length < bytes.length; length++)
      assert.isTrue(Result.isFailure(Advertisement.decode(bytes.subarray(0, length))))
  })

  it("of another hash, or of a server that refuses, says so", () => {
    assert.deepStrictEqual(
      Advertisement.decode(lines("version 2", "object-format=sha256")),
      Result.fail({ _tag: "OtherHash", format: "sha256" })
    )
    assert.deepStrictEqual(
      Advertisement.decode(lines(`${"a".repeat(64)} HEAD\0`)),
      Result.fail({ _tag: "OtherHash", format: "sha256" })
    )
    assert.deepStrictEqual(
      Advertisement.decode(lines("ERR go\taway")),
      Result.fail({ _tag: "Refused", words: "go away" })
    )
  })

  it("is told from whatever else may come", () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => {
      Advertisement.decode(Buffer.from(bytes))
      LsRefs.decode(Buffer.from(bytes))
    }))
  })
})

describe("a list of refs", () => {
  it("is read with its HEAD", () => {
    const refs = Result.getOrThrow(
      LsRefs.decode(lines(`${one} HEAD symref-target:refs/heads/main`, `${one} refs/heads/main`))
    )
    assert.deepStrictEqual(refs.head, { id: one, target: "refs/heads/main" })
    assert.deepStrictEqual(Result.getOrThrow(LsRefs.decode(lines("unborn HEAD symref-target:refs/heads/main"))).head, {
      id: undefined,
      target: "refs/heads/main"
    })
  })

  it("is asked for by prefix, with what the server understands", () => {
    const advertised = (value: string): Advertisement.VersionTwo => ({
      version: 2,
      capabilities: new Map([["ls-refs", value]])
    })
    assert.strictEqual(
      LsRefs.encode(advertised("unborn"), ["refs/heads/main"]).toString(),
      "0014command=ls-refs\n0020agent=git/gitops-controller\n0001000csymrefs\n000bunborn\n001fref-prefix refs/heads/main\n0000"
    )
    assert.notInclude(LsRefs.encode(advertised(""), []).toString(), "unborn")
  })
})

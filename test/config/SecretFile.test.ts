import * as NodeServices from "@effect/platform-node/NodeServices"
import { expect, layer } from "@effect/vitest"
import { Effect, FileSystem, Redacted } from "effect"
import * as SecretFile from "../../src/config/SecretFile.ts"

const folder = Effect.gen(function*() {
  const files = yield* FileSystem.FileSystem
  return { files, folder: yield* files.makeTempDirectoryScoped({ prefix: "gitops-secret-" }) }
})

layer(NodeServices.layer)("A file of the credentials", (it) => {
  it.effect("is its content without one line break, and shows nothing of it", () =>
    Effect.gen(function*() {
      const { files, folder: root } = yield* folder
      const secret = yield* SecretFile.make(`${root}/password`, "the password or token")
      for (
        const [content, expected] of [["word", "word"], ["word\n", "word"], ["word\r\n", "word"], [
          " word \n\n",
          " word \n"
        ]] as const
      ) {
        yield* files.remove(`${root}/password`, { force: true })
        yield* files.writeFileString(`${root}/password`, content)
        const read = yield* secret.read
        expect(Redacted.value(read)).toBe(expected)
        expect(`${String(read)} ${JSON.stringify(read)}`).not.toContain("word ")
      }
    }))

  it.effect("is read again when the Secret is rotated as Kubernetes does it, and only then", () =>
    Effect.gen(function*() {
      const { files, folder: root } = yield* folder
      yield* files.makeDirectory(`${root}/v1`)
      yield* files.writeFileString(`${root}/v1/password`, "old")
      yield* files.symlink(`${root}/v1`, `${root}/data`)
      yield* files.symlink(`${root}/data/password`, `${root}/password`)
      const secret = yield* SecretFile.make(`${root}/password`, "the password or token")
      const first = yield* secret.read
      expect(yield* secret.read).toBe(first)

      yield* files.makeDirectory(`${root}/v2`)
      yield* files.writeFileString(`${root}/v2/password`, "new")
      yield* files.symlink(`${root}/v2`, `${root}/next`)
      yield* files.rename(`${root}/next`, `${root}/data`)
      expect(Redacted.value(yield* secret.read)).toBe("new")
    }))

  it.effect("that is missing, empty, too large or no file says so, with the cure, and is found once it is there", () =>
    Effect.gen(function*() {
      const { files, folder: root } = yield* folder
      const path = `${root}/password`
      const secret = yield* SecretFile.make(path, "the certificates to trust (PEM)")
      const message = Effect.flip(secret.read).pipe(Effect.map((error) => error.message))
      expect(yield* message).toBe(`${path}: there is no such file; make it, or mount the volume that holds it`)
      yield* files.writeFileString(path, "\n")
      expect(yield* message).toBe(`${path}: it is empty; write the certificates to trust (PEM) into it`)
      yield* files.writeFileString(path, "x".repeat(1024 * 1024 + 1))
      expect(yield* message).toBe(
        `${path}: it is larger than 1 MiB; it must hold the certificates to trust (PEM) alone`
      )
      yield* files.writeFileString(path, "word")
      expect(Redacted.value(yield* secret.read)).toBe("word")
      yield* files.remove(path)
      yield* files.makeDirectory(path)
      expect(yield* message).toBe(`${path}: it is a Directory; it must be a plain file`)
    }))
})

/** A file with a private key, and the one with its passphrase: read again when one of them changes, opened once for each content. */
import { Effect, FileSystem, type Redacted, Ref, Result } from "effect"
import * as SecretFile from "../../config/SecretFile.ts"
import { SshKeyUnusable } from "../errors/SshKeyUnusable.ts"
import * as SshKey from "./SshKey.ts"

export interface KeyFile {
  readonly file: string
  /** The same value as before while nothing changed. */
  readonly read: Effect.Effect<SshKey.SshKey, SshKeyUnusable>
}

interface Opened {
  readonly text: Redacted.Redacted
  readonly passphrase: Redacted.Redacted | undefined
  readonly result: Result.Result<SshKey.SshKey, SshKey.SshKeyProblem>
}

const cureOf = ({ _tag, cure }: SshKey.SshKeyProblem, file: string, passphraseFile: string | undefined): string => {
  if (_tag === "Encrypted")
    return `name a file with its passphrase in credentials.ssh.passphraseFile, or take the passphrase off with "ssh-keygen -p -f ${file}"`
  if (_tag === "WrongPassphrase" && passphraseFile !== undefined)
    return `check ${passphraseFile}; "ssh-keygen -y -f ${file}" asks for the passphrase and tells whether it fits`
  return cure.replaceAll("<file>", file)
}

const readableByAll = 0o004

/** @param url of the repository, for messages */
export const makeKeyFile = Effect.fnUntraced(function*(url: string, file: string, passphraseFile: string | undefined) {
  const files = yield* FileSystem.FileSystem
  const secret = yield* SecretFile.make(file, "the private key")
  const passphraseSecret = passphraseFile === undefined
    ? undefined
    : yield* SecretFile.make(passphraseFile, "the passphrase of the private key")
  const opened = yield* Ref.make<Opened | undefined>(undefined)

  const content = (from: SecretFile.SecretFile) =>
    from.read.pipe(
      Effect.mapError((error) => new SshKeyUnusable({ url, file: error.file, reason: error.reason, cure: error.cure }))
    )

  /** It is used all the same: many volumes of Kubernetes have no other mode. */
  const warnIfOpen = Effect.gen(function*() {
    const { mode } = yield* files.stat(file)
    if ((mode & readableByAll) === 0) return
    yield* Effect.logWarning(
      `${file}, the SSH key for ${url}: everybody on this machine may read it (mode ${
        (mode & 0o777).toString(8).padStart(4, "0")
      }); run "chmod 600 ${file}", or give its volume "defaultMode: 0440"`
    )
  }).pipe(Effect.ignore)

  const read = Effect.gen(function*() {
    const text = yield* content(secret)
    const passphrase = passphraseSecret === undefined ? undefined : yield* content(passphraseSecret)
    const before = yield* Ref.get(opened)
    const result = before?.text === text && before.passphrase === passphrase
      ? before.result
      : SshKey.parse(text, passphrase)
    yield* Ref.set(opened, { text, passphrase, result })
    if (before?.text !== text && Result.isSuccess(result)) yield* warnIfOpen
    return yield* Effect.fromResult(result).pipe(
      Effect.mapError((problem) =>
        new SshKeyUnusable({ url, file, reason: problem.reason, cure: cureOf(problem, file, passphraseFile) })
      )
    )
  })

  return { file, read } satisfies KeyFile
})

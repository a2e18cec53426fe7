/**
 * One file of the credentials (a password, a key, the certificates to trust), such as a mounted Secret: read when it is
 * used, and read again after it changed, so that what is rotated works without a restart. What is in it never leaves it
 * except as `Redacted`.
 */
import { Effect, FileSystem, Option, type PlatformError, Redacted, Ref, Schema } from "effect"

/** A file of the credentials that gives none. */
export class SecretUnreadable extends Schema.TaggedError<SecretUnreadable>()("SecretUnreadable", {
  file: Schema.String,
  reason: Schema.String,
  /** What to do. */
  cure: Schema.String
}) {
  override get message(): string {
    return `${this.file}: ${this.reason}; ${this.cure}`
  }
}

export interface SecretFile {
  readonly file: string
  /** Its content without one trailing line break. */
  readonly read: Effect.Effect<Redacted.Redacted, SecretUnreadable>
}

interface Remembered {
  readonly stamp: string
  readonly secret: Redacted.Redacted
}

const largest = 1024 * 1024

const unreadable = (file: string) => (error: PlatformError.PlatformError) => {
  switch (error.reason._tag) {
    case "NotFound":
      return new SecretUnreadable({
        file,
        reason: "there is no such file",
        cure: "make it, or mount the volume that holds it"
      })
    case "PermissionDenied":
      return new SecretUnreadable({ file, reason: "reading it isn't allowed", cure: "let the user we run as read it" })
    default:
      return new SecretUnreadable({
        file,
        reason: `it can't be read (${error.reason._tag})`,
        cure: "it must be a plain file"
      })
  }
}

/** A file is another one when its inode, size or time is. */
const stampOf = ({ ino, mtime, size }: FileSystem.File.Info) =>
  `${Option.getOrElse(ino, () => 0)} ${size} ${
    Option.match(mtime, { onNone: () => 0, onSome: (time) => time.getTime() })
  }`

/**
 * Opens nothing yet: a file that is missing now may be there when it is used.
 * @param content What belongs into it, as in "write `the password` into it".
 */
export const make = Effect.fn("SecretFile.make")(function*(file: string, content: string) {
  const files = yield* FileSystem.FileSystem
  const remembered = yield* Ref.make<Remembered | undefined>(undefined)

  const readAgain = Effect.fnUntraced(function*(stamp: string) {
    const text = yield* files.readFileString(file).pipe(Effect.mapError(unreadable(file)))
    const secret = Redacted.make(text.replace(/\r?\n$/, ""), { label: file })
    if (Redacted.value(secret) === "")
      return yield* new SecretUnreadable({ file, reason: "it is empty", cure: `write ${content} into it` })
    yield* Ref.set(remembered, { stamp, secret })
    return secret
  })

  const read = Effect.gen(function*() {
    const info = yield* files.stat(file).pipe(Effect.mapError(unreadable(file)))
    if (info.type !== "File")
      return yield* new SecretUnreadable({ file, reason: `it is a ${info.type}`, cure: "it must be a plain file" })
    if (info.size > largest) {
      return yield* new SecretUnreadable({
        file,
        reason: "it is larger than 1 MiB",
        cure: `it must hold ${content} alone`
      })
    }
    const stamp = stampOf(info)
    const known = yield* Ref.get(remembered)
    return known?.stamp === stamp ? known.secret : yield* readAgain(stamp)
  })

  return { file, read } satisfies SecretFile
})

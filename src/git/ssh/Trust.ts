/**
 * The host keys to trust: the file that the configuration names; at a desk where that isn't there, those of its owner; where there is none
 * of these, the ones that come with this program. Read again for each look.
 */
import { Effect, FileSystem, Option, type PlatformError, Ref } from "effect"
import { fileURLToPath } from "node:url"
import type { SshCredentials } from "../../config/Config.ts"
import { defaults } from "../../config/Defaults.ts"
import { CredentialUnreadable } from "../GitError.ts"
import { type KnownHostLine, parse } from "./KnownHosts.ts"
import type { Desk } from "./Surroundings.ts"

export interface Trust {
  readonly lines: ReadonlyArray<KnownHostLine>
  /** Where they are from, for messages. */
  readonly shown: string
  /** Where another key belongs, for messages. */
  readonly home: string
}

interface Text {
  readonly file: string
  readonly text: string
}

interface Found {
  readonly texts: ReadonlyArray<Text>
  readonly trust: Trust
}

const ofWholeMachine = "/etc/ssh/ssh_known_hosts"
const shipped = fileURLToPath(new URL("known_hosts", import.meta.url))

const sameTexts = (left: ReadonlyArray<Text>, right: ReadonlyArray<Text>) =>
  left.length === right.length && left.every(({ file, text }, i) => file === right[i]?.file && text === right[i]?.text)

const trustOf = (texts: ReadonlyArray<Text>, own: string): Trust => {
  const lines = texts.flatMap(({ file, text }) => parse(file, text))
  const files = texts.map(({ file }) => file)
  return files.includes(shipped)
    ? {
      lines,
      shown: "the list of well-known Git hosts that comes with this program",
      home: `a file, and name that in credentials.ssh.knownHosts`
    }
    : { lines, shown: files.join(" and "), home: files[0] ?? own }
}

/** @param url of the repository, for messages */
export const makeTrust = Effect.fnUntraced(function*(url: string, credentials: SshCredentials, desk: Desk | undefined) {
  const files = yield* FileSystem.FileSystem
  const found = yield* Ref.make<Found | undefined>(undefined)
  const own = credentials.knownHosts ?? defaults.ssh.knownHosts

  const unreadable = (file: string) => ({ reason }: PlatformError.PlatformError) =>
    new CredentialUnreadable({
      url,
      reason: reason._tag === "NotFound"
        ? `${file}: there is no such file; write the host keys to trust into it, or leave credentials.ssh.knownHosts out`
        : reason._tag === "PermissionDenied"
        ? `${file}: reading it isn't allowed; let the user we run as read it`
        : `${file}: it can't be read (${reason._tag}); it must be a plain file`
    })

  const read = (file: string) =>
    files.readFileString(file).pipe(Effect.mapError(unreadable(file)), Effect.map((text): Text => ({ file, text })))

  const readIfThere = (file: string) =>
    Effect.flatMap(
      Effect.orElseSucceed(files.exists(file), () => true),
      (isThere) => isThere ? Effect.asSome(read(file)) : Effect.succeedNone
    )

  const texts = Effect.gen(function*() {
    const first = yield* readIfThere(own)
    if (Option.isSome(first)) return [first.value]
    const others = desk === undefined
      ? []
      : [...desk.folder === undefined ? [] : [`${desk.folder}/known_hosts`], ofWholeMachine]
    const those = (yield* Effect.forEach(others, readIfThere)).flatMap(Option.toArray)
    if (those.length > 0) return those
    return [yield* read(credentials.knownHosts === undefined ? shipped : own)]
  })

  /** The same value as before while nothing changed. */
  return Effect.gen(function*() {
    const now = yield* texts
    const before = yield* Ref.get(found)
    if (before !== undefined && sameTexts(before.texts, now)) return before.trust
    const trust = trustOf(now, own)
    yield* Ref.set(found, { texts: now, trust })
    return trust
  })
})

// What stands in a repository, read with Git itself as a person would who looks into it.
import { Effect } from "effect"
import { parseAllDocuments } from "yaml"
import { eventually, type NeverHappened, type Patience } from "../../process/Eventually.ts"
import type { BareRepository } from "../../remote/BareRepository.ts"
import { gitBytes } from "../../remote/NativeGit.ts"

/** A manifest as a plain value, with what most tests look at. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly data?: Readonly<Record<string, string>>
  readonly spec?: Readonly<Record<string, unknown>>
}

export interface Document {
  readonly path: string
  /** Of the whole file. */
  readonly text: string
  readonly manifest: Manifest
}

export interface Commit {
  readonly id: string
  readonly author: string
  readonly subject: string
  /** With the subject. */
  readonly message: string
}

export interface Remote {
  /** Paths, in Git's order. */
  readonly files: Effect.Effect<ReadonlyArray<string>>
  /** `undefined`: there is no such file. */
  readonly text: (path: string) => Effect.Effect<string | undefined>
  /** By `Kind namespace/name`, or `Kind name` of cluster-scoped objects; files that nobody can read are passed over. */
  readonly documents: Effect.Effect<ReadonlyMap<string, Document>>
  /** Newest first. */
  readonly commits: Effect.Effect<ReadonlyArray<Commit>>
  readonly count: Effect.Effect<number>
  /** What `git show` prints. */
  readonly show: (commit: string) => Effect.Effect<string>
  /** Every path that a commit of the whole history took away, oldest first. */
  readonly removed: Effect.Effect<ReadonlyArray<string>>
  /** Waits for a document, and for what it says. */
  readonly has: (
    key: string,
    wanted?: (document: Document) => boolean,
    patience?: Patience
  ) => Effect.Effect<Document, NeverHappened>
  /** Waits until there is no such document. */
  readonly lacks: (key: string, patience?: Patience) => Effect.Effect<void, NeverHappened>
  /** Waits for a commit of which that is true. */
  readonly committed: (
    what: string,
    wanted: (commit: Commit) => boolean,
    patience?: Patience
  ) => Effect.Effect<Commit, NeverHappened>
}

const isManifest = (value: unknown): value is Manifest =>
  typeof value === "object" && value !== null && "kind" in value && "apiVersion" in value && "metadata" in value

const flattened = (value: unknown): ReadonlyArray<Manifest> =>
  typeof value === "object" && value !== null && "items" in value && Array.isArray(value.items)
    ? value.items.flatMap(flattened)
    : isManifest(value)
    ? [value]
    : []

export const keyOf = ({ kind, metadata: { name, namespace } }: Manifest): string =>
  namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`

const documentsIn = (path: string, text: string): ReadonlyArray<Document> => {
  if (!/\.(ya?ml|json)$/.test(path)) return []
  const parsed = parseAllDocuments(text, { version: "1.1", logLevel: "silent" })
  return [...parsed].filter((one) => !("errors" in one) || one.errors.length === 0).flatMap((one) =>
    "toJS" in one ? flattened(one.toJS()).map((manifest) => ({ path, text, manifest })) : []
  )
}

/** `id path` a line, and what `cat-file --batch` says of the ids. */
const filesIn = (listing: string, batch: Buffer) => {
  let at = 0
  return listing.split("\n").filter((line) => line !== "").map((line) => {
    const end = batch.indexOf("\n", at)
    const size = Number(batch.toString("utf8", at, end).split(" ")[2])
    at = end + size + 2
    return { path: line.slice(line.indexOf(" ") + 1), bytes: batch.subarray(end + 1, end + 1 + size) }
  })
}

const fields = "%H%x00%an%x00%s%x00%B%x1e"

/** Slower than most waits: commits gather for a while, and the machine may be busy. */
const patient: Patience = { within: 30_000, every: 100 }

export const readRemote = (repository: BareRepository): Remote => {
  const ifAny = <A>(empty: A, read: Effect.Effect<A>) =>
    Effect.flatMap(repository.tip(), (tip) => tip === undefined ? Effect.succeed(empty) : read)
  const bytes = (args: ReadonlyArray<string>, stdin = "") =>
    Effect.orDie(gitBytes(args, { cwd: repository.path, stdin }))
  const all = ifAny(
    [],
    Effect.gen(function*() {
      const listing = yield* repository.git(
        "-c",
        "core.quotePath=false",
        "ls-tree",
        "-r",
        "--format=%(objectname) %(path)",
        repository.branch
      )
      const ids = listing.split("\n").map((line) => `${line.split(" ")[0]}\n`).join("")
      return filesIn(listing, yield* bytes(["cat-file", "--batch"], ids))
    })
  )
  const documents = Effect.map(all, (files) =>
    new Map(
      files.flatMap(({ bytes, path }) => documentsIn(path, bytes.toString())).map((one) =>
        [keyOf(one.manifest), one] as const
      )
    ))
  const commits = ifAny(
    [],
    Effect.map(
      repository.git("log", `--format=${fields}`, repository.branch),
      (text) =>
        text.split("\u001e").map((one) => one.trim()).filter((one) => one !== "").map((one) => {
          const [id = "", author = "", subject = "", message = ""] = one.split("\0")
          return { id, author, subject, message: message.trim() }
        })
    )
  )
  return {
    files: Effect.map(all, (files) => files.map(({ path }) => path)),
    text: (path) => Effect.map(all, (files) => files.find((file) => file.path === path)?.bytes.toString()),
    documents,
    commits,
    count: ifAny(0, Effect.map(repository.git("rev-list", "--count", repository.branch), Number)),
    show: (commit) => repository.git("show", commit),
    removed: ifAny(
      [],
      Effect.map(
        repository.git(
          "-c",
          "core.quotePath=false",
          "log",
          "--reverse",
          "--no-renames",
          "--diff-filter=D",
          "--name-only",
          "--format=",
          repository.branch
        ),
        (text) => text.split("\n").filter((path) => path !== "")
      )
    ),
    has: (key, wanted = () => true, patience) =>
      eventually(
        `Git has ${key}`,
        Effect.map(documents, (found) => ({ found: found.get(key), all: [...found.keys()] })),
        ({ found }) => found !== undefined && wanted(found),
        { ...patient, ...patience }
      ).pipe(
        Effect.flatMap(({ found }) => found === undefined ? Effect.die(`${key} was there`) : Effect.succeed(found))
      ),
    lacks: (key, patience) =>
      Effect.asVoid(
        eventually(`Git has no ${key}`, Effect.map(documents, (found) => [...found.keys()]), (keys) =>
          !keys.includes(key), { ...patient, ...patience })
      ),
    committed: (what, wanted, patience) =>
      eventually(`a commit ${what}`, commits, (all) => all.some(wanted), { ...patient, ...patience }).pipe(
        Effect.flatMap((all) => {
          const commit = all.find(wanted)
          return commit === undefined ? Effect.die(what) : Effect.succeed(commit)
        })
      )
  }
}

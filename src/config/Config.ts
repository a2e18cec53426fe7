/**
 * The configuration as the rest of the house sees it: decoded, complete with its defaults.
 * Read at the start, and by `ConfigWatch` when the file changes; everything that is wrong with it is reported at once, each mistake at its place.
 */
import { type Duration, Effect, FileSystem, type PlatformError, Result, Schema } from "effect"
import { parse as parseFilter } from "../rules/FilterSyntax.ts"
import type { Rule } from "../rules/Rule.ts"
import * as ConfigFile from "./ConfigFile.ts"
import { identityChanges } from "./ConfigIdentity.ts"
import { ConfigInvalid } from "./ConfigInvalid.ts"
import type { ConfigInFile } from "./ConfigSchema.ts"
import { defaults } from "./Defaults.ts"
import * as GoDuration from "./GoDuration.ts"

/** Paths of files; what is in them is read with a `SecretFile`. */
export interface HttpsCredentials {
  readonly username?: string
  readonly passwordFile?: string
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
}

/** Paths of files, like those for HTTPS; what is absent is looked for where it usually is. */
export interface SshCredentials {
  readonly identity?: string
  readonly passphraseFile?: string
  readonly knownHosts?: string
}

export interface CommitOptions {
  /** Commit once nothing new came for this long. */
  readonly quiet: Duration.Duration
  /** Commit when the oldest change has waited this long. */
  readonly maxAge: Duration.Duration
  readonly author: { readonly name: string; readonly email: string }
  /** Path of the SSH key that signs commits. */
  readonly signingKeyFile?: string
}

export interface Config {
  /** `https://`, `http://`, `ssh://`, `git@host:path` or `file://`, without credentials. */
  readonly gitUrl: string
  /** Absent: the branch that the remote's HEAD points at. */
  readonly branch?: string
  /** As Git names it, `""` for the whole repository. */
  readonly gitPath: string
  readonly rules: ReadonlyArray<Rule>
  readonly name: string
  readonly namespace: string
  readonly stateNamespace: string
  readonly interval: Duration.Duration
  readonly commit: CommitOptions
  /** Where new manifests go, below gitPath. */
  readonly layout: string
  /** How much may be deleted on a side, in one set or in ten minutes. */
  readonly deletions: { readonly max: number; readonly percent: number }
  /** Whether a new cluster is restored from Git. */
  readonly restore: "auto" | "off"
  /** Whether claims come back from snapshots, or with the very volumes they had. */
  readonly volumes: "restore" | "reattach"
  readonly lease: {
    readonly duration: Duration.Duration
    readonly renew: Duration.Duration
    readonly retry: Duration.Duration
  }
  readonly credentials: { readonly https?: HttpsCredentials; readonly ssh?: SshCredentials }
  readonly http: { readonly port: number }
  readonly fieldManager: string
}

export interface LoadOptions {
  readonly file: string
  /** From the command line: wins over the one in the file. */
  readonly gitUrl?: string
  /** The namespace of the pod we run in: where our state lives when the file doesn't say. */
  readonly podNamespace?: string
}

const duration = Schema.decodeSync(GoDuration.schema)

const rulesOf = ({ content, placeOf }: ConfigFile.CheckedFile): ReadonlyArray<Rule> =>
  content.rules.map((rule, index) => {
    const { apiGroups = [], filters = [], labels, names = [], namespaces = [], resources = [], syncTo } = rule
    const placesOf = (key: string, items: ReadonlyArray<unknown>) =>
      items.map((_, item) => placeOf(["rules", index, key, item]))
    return {
      index,
      place: placeOf(["rules", index]),
      places: {
        apiGroups: placesOf("apiGroups", apiGroups),
        resources: placesOf("resources", resources),
        filters: placesOf("filters", filters)
      },
      apiGroups,
      resources,
      labels: labels === undefined || labels.requirements.length === 0 ? undefined : labels,
      namespaces,
      names,
      filters: filters.map((pointer) => Result.getOrThrow(parseFilter(pointer))),
      syncTo,
      prune: rule.prune ?? defaults.prune,
      isPruneWritten: rule.prune !== undefined,
      conflict: rule.conflict ?? defaults.conflict,
      suspend: rule.suspend ?? defaults.suspend
    }
  })

const httpsOf = (https: HttpsCredentials): HttpsCredentials => {
  const { passwordFile, username = defaults.username, ...rest } = https
  return passwordFile === undefined ? rest : { ...rest, username, passwordFile }
}

const credentialsOf = ({ credentials = {} }: ConfigInFile): Config["credentials"] => ({
  ...credentials.https === undefined ? {} : { https: httpsOf(credentials.https) },
  ...credentials.ssh === undefined ? {} : { ssh: credentials.ssh }
})

const commitOf = ({ commit = {} }: ConfigInFile): CommitOptions => ({
  quiet: commit.quiet ?? duration(defaults.commit.quiet),
  maxAge: commit.maxAge ?? duration(defaults.commit.maxAge),
  author: { ...defaults.commit.author, ...commit.author },
  ...commit.signingKeyFile === undefined ? {} : { signingKeyFile: commit.signingKeyFile }
})

const complete = (checked: ConfigFile.CheckedFile, podNamespace: string | undefined): Config => {
  const { content, gitUrl } = checked
  return {
    gitUrl,
    ...content.branch === undefined ? {} : { branch: content.branch },
    gitPath: content.gitPath ?? defaults.gitPath,
    rules: rulesOf(checked),
    name: content.name ?? defaults.name,
    namespace: content.namespace ?? defaults.namespace,
    stateNamespace: content.stateNamespace ?? podNamespace ?? defaults.stateNamespace,
    interval: content.interval ?? duration(defaults.interval),
    commit: commitOf(content),
    layout: content.layout ?? defaults.layout,
    deletions: { ...defaults.deletions, ...content.deletions },
    restore: content.restore ?? defaults.restore,
    volumes: content.volumes ?? defaults.volumes,
    lease: {
      duration: content.lease?.duration ?? duration(defaults.lease.duration),
      renew: content.lease?.renew ?? duration(defaults.lease.renew),
      retry: content.lease?.retry ?? duration(defaults.lease.retry)
    },
    credentials: credentialsOf(content),
    http: { port: content.http?.port ?? defaults.http.port },
    fieldManager: content.fieldManager ?? defaults.fieldManager
  }
}

const reasonOf = ({ reason }: PlatformError.PlatformError): string => {
  switch (reason._tag) {
    case "NotFound":
      return "there is no such file; write one, or say where it is with --config"
    case "PermissionDenied":
      return "reading it isn't allowed; let the user we run as read it, or name another file with --config"
    case "BadResource":
      return "it is no plain file; say which file in it with --config"
    default:
      return `it can't be read (${reason._tag}); name another file with --config`
  }
}

const unreadable = (file: string) => (error: PlatformError.PlatformError) =>
  new ConfigInvalid({ mistakes: [{ file, message: reasonOf(error) }] })

const read = Effect.fnUntraced(function*({ file, gitUrl, podNamespace }: LoadOptions) {
  const files = yield* FileSystem.FileSystem
  const written = yield* files.readFileString(file).pipe(Effect.mapError(unreadable(file)))
  const checked = yield* Effect.fromResult(ConfigFile.check(file, written, gitUrl))
  return { config: complete(checked, podNamespace), keyPlaceOf: checked.keyPlaceOf }
})

/** Reads, checks and completes a configuration. Fails with every mistake in it, and in the URL from the command line. */
export const load = Effect.fn("Config.load")(function*(options: LoadOptions) {
  return (yield* read(options)).config
})

/** Like {@link load}, for a process that runs under another configuration; fails also with what can't change under it. */
export const follow = Effect.fn("Config.follow")(function*(options: LoadOptions, running: Config) {
  const { config, keyPlaceOf } = yield* read(options)
  const changes = identityChanges(running, config, keyPlaceOf)
  if (changes.length > 0)
    return yield* new ConfigInvalid({ mistakes: ConfigFile.inFile(options.file, changes) })
  return config
})

/**
 * From kubeconfig files to the one cluster and user that a context of them names.
 * Several files are merged as kubectl does it: the first that defines a name wins.
 */
import { Effect, Path, Redacted, Schema } from "effect"
import { type ClusterAccess, type ClusterUser, type ExecPlugin, nobody, type Pem } from "./ClusterAccess.ts"
import type { ClusterText, KubeConfigText, UserText } from "./KubeConfigSchema.ts"

/** No cluster can be reached with what was found. The message says what to give. */
export class KubeConfigInvalid extends Schema.TaggedError<KubeConfigInvalid>()("KubeConfigInvalid", {
  place: Schema.String,
  reason: Schema.String
}) {
  override get message(): string {
    return `${this.place}: ${this.reason}`
  }
}

export interface LoadedKubeConfig {
  readonly path: string
  readonly text: KubeConfigText
}

const given = (value: string | null | undefined): value is string =>
  value !== null && value !== undefined && value !== ""

interface Found<A> {
  readonly folder: string
  readonly value: A
}

const pem = (
  folder: string,
  paths: Path.Path,
  file: string | null | undefined,
  data: string | null | undefined
): Pem | undefined => {
  if (given(data)) return { data: Redacted.make(Buffer.from(data, "base64").toString()) }
  return given(file) ? { file: paths.resolve(folder, file) } : undefined
}

const execPlugin = (folder: string, paths: Path.Path, exec: UserText["exec"]): ExecPlugin | undefined => {
  if (exec === null || exec === undefined) return undefined
  return {
    apiVersion: exec.apiVersion,
    command: exec.command.includes("/") ? paths.resolve(folder, exec.command) : exec.command,
    args: exec.args ?? [],
    env: Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])),
    provideClusterInfo: exec.provideClusterInfo ?? false,
    installHint: exec.installHint ?? undefined
  }
}

const impersonation = (user: UserText): ClusterUser["impersonate"] => {
  if (!given(user.as)) return []
  const extra = Object.entries(user["as-user-extra"] ?? {})
    .flatMap(([key, values]) => values.map((value) => [`Impersonate-Extra-${encodeURIComponent(key)}`, value] as const))
  return [
    ["Impersonate-User", user.as],
    ...(given(user["as-uid"]) ? [["Impersonate-Uid", user["as-uid"]] as const] : []),
    ...(user["as-groups"] ?? []).map((group) => ["Impersonate-Group", group] as const),
    ...extra
  ]
}

const clusterUser = ({ folder, value: user }: Found<UserText>, paths: Path.Path): ClusterUser => ({
  certificate: pem(folder, paths, user["client-certificate"], user["client-certificate-data"]),
  key: pem(folder, paths, user["client-key"], user["client-key-data"]),
  token: given(user.token) ? Redacted.make(user.token) : undefined,
  tokenFile: given(user.tokenFile) ? paths.resolve(folder, user.tokenFile) : undefined,
  basic: given(user.username) ? Redacted.make(`${user.username}:${user.password ?? ""}`) : undefined,
  exec: execPlugin(folder, paths, user.exec),
  authProvider: user["auth-provider"] === undefined || user["auth-provider"] === null
    ? undefined
    : Redacted.make(user["auth-provider"]),
  impersonate: impersonation(user)
})

const clusterAccess = (
  origin: string,
  cluster: Found<ClusterText>,
  user: ClusterUser,
  paths: Path.Path
): ClusterAccess => ({
  origin,
  server: cluster.value.server.replace(/\/+$/, ""),
  authority: pem(
    cluster.folder,
    paths,
    cluster.value["certificate-authority"],
    cluster.value["certificate-authority-data"]
  ),
  tlsServerName: cluster.value["tls-server-name"] ?? undefined,
  insecure: cluster.value["insecure-skip-tls-verify"] ?? false,
  proxy: given(cluster.value["proxy-url"]) ? cluster.value["proxy-url"] : undefined,
  user
})

/** `wanted`: the context to use; absent: the current one. */
export const selectContext = Effect.fnUntraced(
  function*(files: ReadonlyArray<LoadedKubeConfig>, wanted: string | undefined) {
    const paths = yield* Path.Path
    const place = files.map(({ path }) => path).join(", ")
    const invalid = (reason: string) => new KubeConfigInvalid({ place, reason })
    const find = <A>(
      name: string,
      entriesOf: (text: KubeConfigText) => ReadonlyArray<readonly [string, A]>
    ): Found<A> | undefined => {
      for (const { path, text } of files) {
        const entry = entriesOf(text).find(([candidate]) => candidate === name)
        if (entry !== undefined) return { folder: paths.dirname(paths.resolve(path)), value: entry[1] }
      }
      return undefined
    }
    const name = wanted ?? files.map(({ text }) => text["current-context"]).find(given)
    const known = files.flatMap(({ text }) => (text.contexts ?? []).map((context) => context.name))
    if (name === undefined) {
      return yield* invalid(
        `no current context; pick one with --context or kubectl config use-context (there are: ${
          known.join(", ") || "none"
        })`
      )
    }
    const context = find(name, (text) => (text.contexts ?? []).map((entry) => [entry.name, entry.context]))?.value
    if (context === undefined)
      return yield* invalid(`context "${name}" is not there; there are: ${known.join(", ") || "none"}`)
    const cluster = find(context.cluster, (text) => (text.clusters ?? []).map((entry) => [entry.name, entry.cluster]))
    if (cluster === undefined)
      return yield* invalid(`context "${name}" names cluster "${context.cluster}", which is not there`)
    if (!/^https?:\/\//.test(cluster.value.server) || !URL.canParse(cluster.value.server))
      return yield* invalid(`the server of cluster "${context.cluster}" is no http:// or https:// address`)
    const user = given(context.user)
      ? find(context.user, (text) => (text.users ?? []).map((entry) => [entry.name, entry.user]))
      : undefined
    if (given(context.user) && user === undefined)
      return yield* invalid(`context "${name}" names user "${context.user}", which is not there`)
    const origin = `context "${name}" of ${place}`
    const as = user === undefined || user.value === null
      ? nobody
      : clusterUser({ folder: user.folder, value: user.value }, paths)
    return clusterAccess(origin, cluster, as, paths)
  }
)

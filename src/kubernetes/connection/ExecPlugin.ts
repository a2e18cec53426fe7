/** Runs the credential plugin of a kubeconfig (aws, gcloud, kubelogin, …) and reads what it prints. Never repeats its output. */
import { DateTime, Duration, Effect, Option, Redacted, Schema, Stream } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import type { ClusterAccess, ExecPlugin } from "./ClusterAccess.ts"

/** No credentials could be had. The message says which source failed and what to do. */
export class CredentialsUnavailable extends Schema.TaggedError<CredentialsUnavailable>()("CredentialsUnavailable", {
  message: Schema.String
}) {}

export interface PluginCredential {
  readonly token: Redacted.Redacted<string> | undefined
  readonly certificate: Redacted.Redacted<string> | undefined
  readonly key: Redacted.Redacted<string> | undefined
  /** Milliseconds since the epoch; absent: good until it is refused. */
  readonly expiresAt: number | undefined
}

const deadline = Duration.seconds(60)

const Printed = Schema.fromJsonString(Schema.Struct({
  status: Schema.Struct({
    token: Schema.optionalKey(Schema.String),
    clientCertificateData: Schema.optionalKey(Schema.String),
    clientKeyData: Schema.optionalKey(Schema.String),
    expirationTimestamp: Schema.optionalKey(Schema.String)
  })
}))

const redacted = (value: string | undefined) => value === undefined ? undefined : Redacted.make(value)

const clusterInfo = (access: ClusterAccess, authority: string | undefined) => ({
  server: access.server,
  ...(access.tlsServerName === undefined ? {} : { "tls-server-name": access.tlsServerName }),
  ...(access.insecure ? { "insecure-skip-tls-verify": true } : {}),
  ...(authority === undefined ? {} : { "certificate-authority-data": Buffer.from(authority).toString("base64") }),
  ...(access.proxy === undefined ? {} : { "proxy-url": access.proxy })
})

/** `authority`: PEM of the cluster's CA, for plugins that ask for it. */
export const runExecPlugin = Effect.fnUntraced(
  function*(plugin: ExecPlugin, access: ClusterAccess, authority: string | undefined) {
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
    const failed = (reason: string) =>
      new CredentialsUnavailable({
        message: `the credential plugin ${plugin.command} of ${access.origin} ${reason}; run it by hand to see why` +
          (plugin.installHint === undefined ? "" : ` (${plugin.installHint.trim()})`)
      })
    const info = {
      apiVersion: plugin.apiVersion,
      kind: "ExecCredential",
      spec: { interactive: false, ...(plugin.provideClusterInfo ? { cluster: clusterInfo(access, authority) } : {}) }
    }
    const command = ChildProcess.make(plugin.command, plugin.args, {
      env: { ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      extendEnv: true,
      stdin: "ignore",
      stderr: "ignore"
    })
    const { exitCode, output } = yield* Effect.gen(function*() {
      const handle = yield* spawner.spawn(command)
      const output = yield* handle.stdout.pipe(Stream.decodeText(), Stream.mkString)
      return { output, exitCode: yield* handle.exitCode }
    }).pipe(
      Effect.scoped,
      Effect.mapError(() => failed("cannot be started")),
      Effect.timeoutOrElse({ duration: deadline, orElse: () => Effect.fail(failed("did not end within 60 s")) })
    )
    if (exitCode !== ChildProcessSpawner.ExitCode(0)) return yield* failed(`ended with exit code ${exitCode}`)
    const { status } = yield* Schema.decodeUnknownEffect(Printed)(output).pipe(
      Effect.mapError(() => failed("printed something that is not an ExecCredential with a status"))
    )
    const expiry = Option.flatMap(Option.fromUndefinedOr(status.expirationTimestamp), (text) => DateTime.make(text))
    return {
      token: redacted(status.token),
      certificate: redacted(status.clientCertificateData),
      key: redacted(status.clientKeyData),
      expiresAt: Option.getOrUndefined(Option.map(expiry, DateTime.toEpochMillis))
    } satisfies PluginCredential
  }
)

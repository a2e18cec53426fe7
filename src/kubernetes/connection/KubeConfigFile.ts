/**
 * Finds out which cluster we talk to: the kubeconfig that was named, `$KUBECONFIG`, `~/.kube/config`, or the pod's ServiceAccount.
 */
import { Config, Effect, FileSystem, Option, Path, Schema, SchemaIssue } from "effect"
import { parse as parseYaml } from "yaml"
import { type ClusterAccess, nobody } from "./ClusterAccess.ts"
import { KubeConfigInvalid, type LoadedKubeConfig, selectContext } from "./KubeConfigContext.ts"
import { KubeConfigSchema } from "./KubeConfigSchema.ts"

/** What was asked for on the command line. */
export interface KubeConfigRequest {
  readonly kubeconfig: string | undefined
  readonly context: string | undefined
}

const podToken = "/var/run/secrets/kubernetes.io/serviceaccount/token"
const podAuthority = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"

const environment = (name: string) =>
  Config.option(Config.String(name)).pipe(
    Effect.map(Option.getOrElse(() => "")),
    Effect.orElseSucceed(() => "")
  )

const places = SchemaIssue.makeFormatterStandardSchemaV1({ leafHook: () => "" })

/** Where the mistakes are, never what stands there. */
const mistakes = (issue: SchemaIssue.Issue): string =>
  places(issue).issues.map(({ path }) => (path ?? []).map((segment) => String(segment)).join(".") || "the whole file")
    .join(", ")

const load = Effect.fnUntraced(function*(path: string) {
  const files = yield* FileSystem.FileSystem
  const invalid = (reason: string) => new KubeConfigInvalid({ place: path, reason })
  const content = yield* files.readFileString(path).pipe(
    Effect.mapError(() =>
      invalid("this kubeconfig cannot be read; check that the file is there and that we may read it")
    )
  )
  const value = yield* Effect.try({
    try: (): unknown => parseYaml(content, { logLevel: "error" }) ?? {},
    catch: () => invalid("this kubeconfig is not valid YAML; kubectl config view --raw --kubeconfig <file> shows where")
  })
  const text = yield* Schema.decodeUnknownEffect(KubeConfigSchema, { errors: "all" })(value).pipe(
    Effect.mapError(({ issue }) => invalid(`this is not a kubeconfig: missing or of a wrong type: ${mistakes(issue)}`))
  )
  return { path, text } satisfies LoadedKubeConfig
})

const inPod = (host: string, port: string): ClusterAccess => ({
  origin: "the pod's ServiceAccount",
  server: `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
  authority: { file: podAuthority },
  tlsServerName: undefined,
  insecure: false,
  proxy: undefined,
  user: { ...nobody, tokenFile: podToken }
})

/** Reads it anew each time, so that a rotated token or certificate in the file is found. */
export const readKubeConfig = Effect.fnUntraced(function*(request: KubeConfigRequest) {
  const files = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const exists = (path: string) => files.exists(path).pipe(Effect.orElseSucceed(() => false))
  if (request.kubeconfig !== undefined)
    return yield* selectContext([yield* load(request.kubeconfig)], request.context)
  const listed = yield* environment("KUBECONFIG")
  const home = yield* environment("HOME")
  const candidates = listed === ""
    ? (home === "" ? [] : [paths.join(home, ".kube", "config")])
    : listed.split(":").filter((path) => path !== "")
  const present = yield* Effect.filter(candidates, exists)
  if (present.length > 0) return yield* selectContext(yield* Effect.forEach(present, load), request.context)
  const host = yield* environment("KUBERNETES_SERVICE_HOST")
  if (host !== "" && (yield* exists(podToken)))
    return inPod(host, (yield* environment("KUBERNETES_SERVICE_PORT")) || "443")
  return yield* new KubeConfigInvalid({
    place: listed === "" ? "no kubeconfig" : `$KUBECONFIG (${listed})`,
    reason: "found nothing that says which cluster to use; give --kubeconfig <file>, set KUBECONFIG, put one at " +
      "~/.kube/config, or run in a pod with a mounted ServiceAccount token"
  })
})

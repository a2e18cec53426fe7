/** What the cluster that was asked for serves, at this moment. Needs no right but to log in. */
import { Effect, Layer, Option } from "effect"
import * as App from "../App.ts"
import type { Config } from "../config/Config.ts"
import { ApiServer } from "../kubernetes/ApiServer.ts"
import type { Served, ServedKind } from "../kubernetes/Discovery.ts"
import { makeDiscoveryClient } from "../kubernetes/DiscoveryClient.ts"
import { makeOpenApiClient } from "../kubernetes/schemas/OpenApiClient.ts"
import { documentId } from "../kubernetes/schemas/OpenApiIndex.ts"
import { type FieldType, unknown } from "../manifest/FieldType.ts"
import { kindId } from "../manifest/ObjectKey.ts"

export interface ServedCluster {
  /** The address and where it was found, for people. */
  readonly name: string
  readonly served: Served
}

/** The flags `--kubeconfig` and `--context`. */
export interface ClusterFlags {
  readonly kubeconfig: Option.Option<string>
  readonly context: Option.Option<string>
}

/** A connection by the flags, as the running controller would make it. */
export const connection = (config: Config, { context, kubeconfig }: ClusterFlags) =>
  ApiServer.layer.pipe(Layer.provide(App.options(config, {
    ...Option.isSome(kubeconfig) ? { kubeconfig: kubeconfig.value } : {},
    ...Option.isSome(context) ? { context: context.value } : {}
  })))

/** Asks it once. */
export const servedCluster = Effect.gen(function*() {
  const { origin, server } = yield* ApiServer
  const discovery = yield* makeDiscoveryClient
  const served = yield* discovery.look
  return { name: `the cluster at ${server} (${origin})`, served } satisfies ServedCluster
})

/** What the schemas say of whole objects, each of a kind in one version. */
export const typesOf = Effect.fnUntraced(function*(
  kinds: ReadonlyArray<{ readonly kind: ServedKind; readonly version: string }>
) {
  const schemas = yield* makeOpenApiClient
  return yield* Effect.forEach(
    kinds,
    ({ kind, version }) =>
      Effect.map(schemas.document(documentId(kind.group, version)), (types) => {
        const type: FieldType = types?.typeOf(kindId(kind)) ?? unknown
        return { kind, type }
      })
  )
})

// The limit the API server sets: the same bodies, encoded beforehand, sent on four kept connections by a client that does
// nothing else, and reads no answer but its status.
import { Effect, Schema } from "effect"
import { Pool } from "undici"
import { idOf, memberLabel } from "../../src/kind/ApplySet.ts"
import { type BenchCluster, tlsOf } from "./BenchCluster.ts"
import type { Generated } from "./Manifests.ts"

export class ReplayRefused extends Schema.TaggedError<ReplayRefused>()("ReplayRefused", { message: Schema.String }) {}

const connections = 4
const fieldManager = "replay"
const headers = [
  "accept",
  "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json",
  "content-type",
  "application/apply-patch+yaml",
  "user-agent",
  fieldManager
]

/** Ours carry the label of our set, so these carry one like it. */
const label = { [memberLabel]: idOf({ name: "replay", namespace: "bench", kind: "ConfigMap", group: "" }) }

const encode = ({ apiPath, object }: Generated) => {
  const { metadata } = object
  const labelled = { ...object, metadata: { ...metadata, labels: { ...metadata.labels, ...label } } }
  return {
    path: `${apiPath}?fieldManager=${fieldManager}&force=true`,
    body: Buffer.from(JSON.stringify(labelled))
  }
}

const send = (pool: Pool, { body, path }: ReturnType<typeof encode>): Promise<void> =>
  new Promise((resolve, reject) => {
    let status = 0
    pool.dispatch({ method: "PATCH", path, body, headers }, {
      onRequestStart: () => {},
      onResponseStart: (_, code) => void (status = code),
      onResponseData: () => {},
      onResponseEnd: () => status < 300 ? resolve() : reject(new ReplayRefused({ message: `${path}: ${status}` })),
      onResponseError: (_, error) => reject(error)
    })
  })

/** Applies everything. */
export const replay = (
  cluster: BenchCluster,
  manifests: ReadonlyArray<Generated>
): Effect.Effect<void, ReplayRefused> =>
  Effect.tryPromise({
    try: async () => {
      const pool = new Pool(cluster.server, { connections, pipelining: 1, connect: tlsOf(cluster) })
      const queue = manifests.map(encode).values()
      const sendAll = async () => {
        for (const body of queue) await send(pool, body)
      }
      await Promise.all(Array.from({ length: connections }, sendAll)).finally(() => pool.destroy())
    },
    catch: (cause) => cause instanceof ReplayRefused ? cause : new ReplayRefused({ message: String(cause) })
  })

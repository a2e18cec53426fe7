/** The parts of a kubeconfig file that say how to reach a cluster. Everything else in it is kubectl's. */
import { Schema } from "effect"

const text = Schema.optionalKey(Schema.NullOr(Schema.String))
const flag = Schema.optionalKey(Schema.NullOr(Schema.Boolean))
const listOf = <S extends Schema.Constraint>(item: S) => Schema.optionalKey(Schema.NullOr(Schema.Array(item)))

const Cluster = Schema.Struct({
  server: Schema.String,
  "certificate-authority": text,
  "certificate-authority-data": text,
  "insecure-skip-tls-verify": flag,
  "tls-server-name": text,
  "proxy-url": text
})

const Exec = Schema.Struct({
  apiVersion: Schema.String,
  command: Schema.String,
  args: listOf(Schema.String),
  env: listOf(Schema.Struct({ name: Schema.String, value: Schema.String })),
  provideClusterInfo: flag,
  installHint: text,
  interactiveMode: text
})

const User = Schema.Struct({
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  exec: Schema.optionalKey(Schema.NullOr(Exec)),
  "auth-provider": Schema.optionalKey(Schema.Unknown),
  as: text,
  "as-uid": text,
  "as-groups": listOf(Schema.String),
  "as-user-extra": Schema.optionalKey(Schema.NullOr(Schema.Record(Schema.String, Schema.Array(Schema.String))))
})

const Context = Schema.Struct({ cluster: Schema.String, user: text })

export const KubeConfigSchema = Schema.Struct({
  "current-context": text,
  clusters: listOf(Schema.Struct({ name: Schema.String, cluster: Cluster })),
  users: listOf(Schema.Struct({ name: Schema.String, user: Schema.NullOr(User) })),
  contexts: listOf(Schema.Struct({ name: Schema.String, context: Context }))
})

export interface KubeConfigText extends Schema.Schema.Type<typeof KubeConfigSchema> {}
export type ClusterText = typeof Cluster.Type
export type UserText = typeof User.Type

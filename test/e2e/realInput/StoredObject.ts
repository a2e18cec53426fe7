// An object as a cluster stores it, made comparable with the same object in another cluster.
import { maskServerSet } from "./ServerSet.ts"

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | ReadonlyArray<JsonValue>
  | { readonly [key: string]: JsonValue }

export interface StoredObject {
  /** `Deployment.apps shop/web` */
  readonly key: string
  /** All of it but bookkeeping, without what the server set by itself. */
  readonly content: JsonValue
  /** What the field manager of this name owns by apply. */
  readonly owned: JsonValue
}

interface ManagedFields {
  readonly manager: string
  readonly operation: string
  readonly subresource?: string
  readonly fieldsV1: Record<string, JsonValue>
}

/** What `kubectl get -o json` prints of an object. */
export interface RawObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly managedFields?: ReadonlyArray<ManagedFields>
    readonly [key: string]: JsonValue | undefined | ReadonlyArray<ManagedFields>
  }
  readonly [key: string]: unknown
}

const membership = "applyset.kubernetes.io/part-of"

const isMap = (value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Without the value at the path, and without the maps that are empty then. */
const without = (value: JsonValue, path: ReadonlyArray<string>): JsonValue => {
  const [first, ...rest] = path
  if (first === undefined || !isMap(value)) return value
  const { [first]: inner, ...others } = value
  if (inner === undefined) return value
  const left = rest.length === 0 ? {} : without(inner, rest)
  return isMap(left) && Object.keys(left).length === 0 ? others : { ...others, [first]: left }
}

/** Generators write `creationTimestamp: null`; kubectl sends it, and the controller leaves it out: it would cost a write at every apply. */
const withoutTimestamps = (value: JsonValue): JsonValue => {
  if (!isMap(value)) return value
  const entries = Object.entries(value).filter(([key]) => key !== "f:creationTimestamp")
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutTimestamps(inner)]))
}

/** kubectl owns `stringData`, which is never there again; the controller owns the same keys in `data`, where they are stored. */
const withStoredData = (owned: JsonValue): JsonValue => {
  if (!isMap(owned) || !isMap(owned["f:stringData"])) return owned
  const { "f:data": data = {}, "f:stringData": texts, ...rest } = owned
  return { ...rest, "f:data": { ...(isMap(data) ? data : {}), ...texts } }
}

/** Conditions stand in the order in which controllers came to them. */
const withSortedConditions = (value: JsonValue): JsonValue => {
  if (!isMap(value) || !isMap(value["status"]) || !Array.isArray(value["status"]["conditions"])) return value
  const conditions = value["status"]["conditions"].toSorted((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
  return { ...value, status: { ...value["status"], conditions } }
}

const ownedBy = (manager: string, fields: ReadonlyArray<ManagedFields>): JsonValue => {
  const entries = fields.filter((it) =>
    it.manager === manager && it.operation === "Apply" && it.subresource === undefined
  )
  const owned = withStoredData(withoutTimestamps(entries[0]?.fieldsV1 ?? {}))
  return without(owned, ["f:metadata", "f:labels", `f:${membership}`])
}

export const storedObject = (raw: RawObject, manager: string): StoredObject => {
  const group = raw.apiVersion.includes("/") ? `.${raw.apiVersion.split("/")[0]}` : ""
  const { name, namespace } = raw.metadata
  const { managedFields = [], ...metadata } = raw.metadata
  const plain: JsonValue = JSON.parse(JSON.stringify({ ...raw, metadata }))
  return {
    key: `${raw.kind}${group} ${namespace === undefined ? "" : `${namespace}/`}${name}`,
    content: withSortedConditions(maskServerSet(raw.kind, without(plain, ["metadata", "labels", membership]))),
    owned: ownedBy(manager, managedFields)
  }
}

// What a server sets on an object by itself, so that two clusters that were told the same differ in it.
import type { JsonValue } from "./StoredObject.ts"

/** By kind (`*`: any), JSON pointers; `*` is any key or list item. */
const serverSet: Readonly<Record<string, ReadonlyArray<string>>> = {
  "*": [
    "/metadata/uid",
    "/metadata/resourceVersion",
    "/metadata/creationTimestamp",
    "/status/conditions/*/lastTransitionTime"
  ],
  // Allocated out of a range, in the order of creation. Those that the manifests state are asserted one by one.
  Service: ["/spec/clusterIP", "/spec/clusterIPs/*", "/spec/ports/*/nodePort", "/spec/healthCheckNodePort"],
  // A Job's pods are selected by the Job's uid.
  Job: ["/metadata/labels", "/spec/selector/matchLabels", "/spec/template/metadata/labels"].flatMap((at) => [
    `${at}/controller-uid`,
    `${at}/batch.kubernetes.io~1controller-uid`
  ]),
  PersistentVolume: ["/status/lastPhaseTransitionTime"],
  // Whether somebody answers for it by now.
  APIService: ["/status/conditions/*/message", "/status/conditions/*/reason"]
}

const isMap = (value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const unescape = (segment: string) => segment.replaceAll("~1", "/").replaceAll("~0", "~")

/** A headless Service's `None` is not set by the server. */
const mask = (value: JsonValue): JsonValue => value === "None" || value === null ? value : "(set by the server)"

const masked = (value: JsonValue, [first, ...rest]: ReadonlyArray<string>): JsonValue => {
  if (first === undefined) return mask(value)
  if (Array.isArray(value)) return first === "*" ? value.map((item) => masked(item, rest)) : value
  if (!isMap(value)) return value
  const at = unescape(first)
  const entries = Object.entries(value)
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, first === "*" || key === at ? masked(inner, rest) : inner])
  )
}

/** The object with the server's own values told apart from what somebody asked for. That they are there still counts. */
export const maskServerSet = (kind: string, object: JsonValue): JsonValue =>
  [...serverSet["*"] ?? [], ...serverSet[kind] ?? []].reduce(
    (value, pointer) => masked(value, pointer.split("/").slice(1)),
    object
  )

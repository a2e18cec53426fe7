/**
 * Where a reflector stands, and where each thing that happens takes it. Pure; the states are those of kube-rs' watcher.
 *
 *   Empty ──▶ Streaming ──end mark──▶ Watching ◀── Paging ◀── Empty (on a server that refuses to stream lists)
 *     ▲            │ broken              │ too old
 *     └────────────┴─────────────────────┘
 */
import type { Json, JsonObject } from "../manifest/Manifest.ts"
import type { ApiForbidden, ApiUnauthorized, KindNotServed, RequestFailure } from "./ApiError.ts"
import type { WatchLine } from "./ApiServer.ts"
import { isKubernetesObject, type KubernetesObject } from "./KubernetesObject.ts"

export type ReflectorEvent =
  /** A list begins, perhaps not the first. */
  | { readonly _tag: "Listing" }
  /** The object is there, as follows. */
  | { readonly _tag: "Applied"; readonly object: KubernetesObject }
  /** The object is gone; this is its last state. */
  | { readonly _tag: "Deleted"; readonly object: KubernetesObject }
  /** The list is complete: whatever was not shown since `Listing` is gone. */
  | { readonly _tag: "Synced" }
  /** Nothing is heard for now; it is connected again by itself, and what was known may be old. */
  | { readonly _tag: "Interrupted"; readonly reason: string }
  /** Connected again where it broke off: what was known is true, and what was missed follows. */
  | { readonly _tag: "Resumed" }

export type ReflectorState =
  /** Nothing is known that could be gone on from. */
  | { readonly _tag: "Empty" }
  /** The watch sends what there is; complete at its end mark. */
  | { readonly _tag: "Streaming" }
  /** Pages are fetched; `next` continues after those there are. */
  | { readonly _tag: "Paging"; readonly next: string | undefined }
  /** Everything up to `version` is known. */
  | {
    readonly _tag: "Watching"
    readonly version: string
    /** This watch has brought something. */
    readonly heard: boolean
    /** `Interrupted` was told, and nothing since. */
    readonly interrupted: boolean
  }

export type ReflectorInput =
  /** The server has begun to answer. */
  | { readonly _tag: "Opened" }
  | { readonly _tag: "Line"; readonly line: WatchLine }
  | { readonly _tag: "Items"; readonly items: ReadonlyArray<Json> }
  | { readonly _tag: "PageEnd"; readonly metadata: JsonObject }
  /** The server ended the watch, as it does every few minutes. */
  | { readonly _tag: "Ended" }
  | { readonly _tag: "Failed"; readonly failure: RequestFailure }

export interface ReflectorStep {
  readonly state: ReflectorState
  readonly events: ReadonlyArray<ReflectorEvent>
  /** `on`: keep reading; `again`: ask anew at once; `later`: ask anew after a pause; `stop`: nothing will cure it here. */
  readonly proceed: "on" | "again" | "later" | "stop"
}

/** What the list's items lack: a list says it once for all of them. */
export interface TypeMeta {
  readonly apiVersion: string
  readonly kind: string
}

export const empty: ReflectorState = { _tag: "Empty" }

const none: ReadonlyArray<ReflectorEvent> = []

const versionOf = (object: Json): string | undefined => {
  const metadata = typeof object === "object" && object !== null && "metadata" in object ? object.metadata : undefined
  const version = typeof metadata === "object" && metadata !== null && "resourceVersion" in metadata
    ? metadata.resourceVersion
    : undefined
  return typeof version === "string" && version !== "" ? version : undefined
}

const endMark = "k8s.io/initial-events-end"

const isEndMark = (object: Json): boolean => {
  const metadata = typeof object === "object" && object !== null && "metadata" in object ? object.metadata : undefined
  const annotations = typeof metadata === "object" && metadata !== null && "annotations" in metadata
    ? metadata.annotations
    : undefined
  return typeof annotations === "object" && annotations !== null && endMark in annotations &&
    annotations[endMark] === "true"
}

const eventOf = ({ object, type }: WatchLine): ReadonlyArray<ReflectorEvent> => {
  if (!isKubernetesObject(object)) return none
  if (type === "ADDED" || type === "MODIFIED") return [{ _tag: "Applied", object }]
  return type === "DELETED" ? [{ _tag: "Deleted", object }] : none
}

const watching = (version: string, heard: boolean): ReflectorState => ({
  _tag: "Watching",
  version,
  heard,
  interrupted: false
})

const onOpened = (state: ReflectorState): ReflectorStep =>
  state._tag === "Watching" && state.interrupted
    ? { state: { ...state, interrupted: false }, events: [{ _tag: "Resumed" }], proceed: "on" }
    : { state, events: none, proceed: "on" }

const onLine = (state: ReflectorState, line: WatchLine): ReflectorStep => {
  const version = versionOf(line.object)
  if (state._tag === "Streaming" && line.type === "BOOKMARK" && version !== undefined && isEndMark(line.object))
    return { state: watching(version, true), events: [{ _tag: "Synced" }], proceed: "on" }
  const next = state._tag === "Watching" && version !== undefined ? watching(version, true) : state
  return { state: next, events: eventOf(line), proceed: "on" }
}

const withType = (item: Json, type: TypeMeta): ReadonlyArray<ReflectorEvent> =>
  isKubernetesObject(item) ? [{ _tag: "Applied", object: { ...item, ...type } }] : none

const onPageEnd = (metadata: JsonObject): ReflectorStep => {
  const next = metadata["continue"]
  if (typeof next === "string" && next !== "")
    return { state: { _tag: "Paging", next }, events: none, proceed: "again" }
  const version = metadata["resourceVersion"]
  return typeof version === "string"
    ? { state: watching(version, false), events: [{ _tag: "Synced" }], proceed: "again" }
    : { state: empty, events: [{ _tag: "Interrupted", reason: "the list came without a version" }], proceed: "later" }
}

const onEnded = (state: ReflectorState): ReflectorStep =>
  state._tag === "Watching"
    ? { state: { ...state, heard: false }, events: none, proceed: state.heard ? "again" : "later" }
    : {
      state: empty,
      events: [{ _tag: "Interrupted", reason: "the server ended the list before it was complete" }],
      proceed: "later"
    }

const refusesToStream = (failure: RequestFailure) =>
  failure._tag === "ApiRejected" && (failure.status === 400 || failure.status === 422)

/** What ends a reflection for good. */
export type ReflectionEnd = ApiForbidden | ApiUnauthorized | KindNotServed

export const isFinal = (failure: RequestFailure): failure is ReflectionEnd =>
  failure._tag === "ApiForbidden" || failure._tag === "ApiUnauthorized" || failure._tag === "KindNotServed"

const onFailed = (state: ReflectorState, failure: RequestFailure): ReflectorStep => {
  if (isFinal(failure)) return { state: empty, events: none, proceed: "stop" }
  if (state._tag === "Streaming" && refusesToStream(failure))
    return { state: { _tag: "Paging", next: undefined }, events: none, proceed: "again" }
  const events: ReadonlyArray<ReflectorEvent> = [{ _tag: "Interrupted", reason: failure.message }]
  if (failure._tag === "WatchExpired")
    return { state: empty, events, proceed: state._tag === "Watching" ? "again" : "later" }
  const silent = failure._tag === "ApiUnreachable" && failure.kind === "silent"
  const goesOn = state._tag === "Watching" && (state.heard || !silent)
  return { state: goesOn ? { ...state, heard: false, interrupted: true } : empty, events, proceed: "later" }
}

/** The state after something happened, what to tell, and what to do next. */
export const step = (state: ReflectorState, input: ReflectorInput, type: TypeMeta): ReflectorStep => {
  switch (input._tag) {
    case "Opened":
      return onOpened(state)
    case "Line":
      return onLine(state, input.line)
    case "Items":
      return { state, events: input.items.flatMap((item) => withType(item, type)), proceed: "on" }
    case "PageEnd":
      return onPageEnd(input.metadata)
    case "Ended":
      return onEnded(state)
    case "Failed":
      return onFailed(state, input.failure)
  }
}

/** A Kubernetes Event about one object, as `kubectl describe` shows it, and when the same is said again. Pure. */
import { DateTime } from "effect"
import { createHash } from "node:crypto"
import type { JsonObject } from "../manifest/Manifest.ts"

/** Which object an Event is about. */
export interface Regarding {
  readonly apiVersion: string
  readonly kind: string
  /** `""` when cluster-scoped. */
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

export interface ObjectEvent {
  readonly regarding: Regarding
  readonly type: "Normal" | "Warning"
  /** One word in CamelCase, for machines: `FieldLeftAlone`. */
  readonly reason: string
  /** A sentence for people. Must hold no value of a Secret. */
  readonly note: string
}

/** What was said of an object, and how often it was meant to be. Times are milliseconds since the epoch. */
export interface Said {
  readonly name: string
  readonly first: number
  readonly count: number
  readonly sentAt: number
}

/** The same is not sent again sooner, in milliseconds. */
export const quiet = 10 * 60_000

const longestNote = 1024

/** Equal for Events that say the same. */
export const eventKey = ({ note, reason, regarding: { kind, uid } }: ObjectEvent): string =>
  createHash("sha256").update(JSON.stringify([kind, uid, reason, note])).digest("hex").slice(0, 24)

/** After it is to be said once more; whether it is sent now. */
export const saidAgain = (said: Said | undefined, key: string, now: number): Said & { readonly isDue: boolean } => {
  if (said === undefined)
    return { name: `gitops-controller.${key}.${now.toString(16)}`, first: now, count: 1, sentAt: now, isDue: true }
  const isDue = now - said.sentAt >= quiet
  return { ...said, count: said.count + 1, sentAt: isDue ? now : said.sentAt, isDue }
}

/** Where Events about cluster-scoped objects are. */
const namespaceOf = ({ namespace }: Regarding) => namespace === "" ? "default" : namespace

export const eventNamespace = ({ regarding }: ObjectEvent): string => namespaceOf(regarding)

const timestamp = (millis: number) => DateTime.formatIso(DateTime.makeUnsafe(millis)).replace(/\.\d+/, "")

const shortened = (note: string) => note.length > longestNote ? `${note.slice(0, longestNote - 1)}…` : note

/** What changes when it is said again. */
export const repetition = ({ count, sentAt }: Said): JsonObject => ({ count, lastTimestamp: timestamp(sentAt) })

/** @param component Who says it. */
export const eventBody = (event: ObjectEvent, said: Said, component: string): JsonObject => {
  const { namespace, ...regarding } = event.regarding
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: said.name, namespace: namespaceOf(event.regarding) },
    involvedObject: { ...regarding, ...namespace === "" ? {} : { namespace } },
    type: event.type,
    reason: event.reason,
    message: shortened(event.note),
    source: { component },
    reportingComponent: component,
    reportingInstance: "",
    firstTimestamp: timestamp(said.first),
    ...repetition(said)
  }
}

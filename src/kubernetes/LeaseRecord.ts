/** A Lease as leader election uses it: who holds it, and what is written to take, renew or release it. Pure. */
import { DateTime, Predicate } from "effect"
import type { Json, JsonObject } from "../manifest/Manifest.ts"

export interface LeaseRecord {
  /** `undefined`: released, or never held. */
  readonly holder: string | undefined
  /** In milliseconds, as its holder promised. */
  readonly duration: number
  readonly renewTime: string
  readonly transitions: number
  readonly resourceVersion: string
}

/** A record and when this process first saw exactly it, in monotonic milliseconds. */
export interface ObservedLease extends Omit<LeaseRecord, "resourceVersion"> {
  /** `undefined`: the Lease is gone. Who held it may not know that yet. */
  readonly resourceVersion: string | undefined
  readonly seenAt: number
}

const record = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value as JsonObject : {}

const text = (value: Json | undefined): string => Predicate.isString(value) ? value : ""
const number = (value: Json | undefined): number => Predicate.isNumber(value) ? value : 0

export const readLease = (lease: Json): LeaseRecord => {
  const spec = record(record(lease)["spec"])
  const holder = text(spec["holderIdentity"])
  return {
    holder: holder === "" ? undefined : holder,
    duration: number(spec["leaseDurationSeconds"]) * 1000,
    renewTime: text(spec["renewTime"]),
    transitions: number(spec["leaseTransitions"]),
    resourceVersion: text(record(record(lease)["metadata"])["resourceVersion"])
  }
}

/** The clocks of two machines are never compared: what counts is when we last saw it change. */
export const observe = (before: ObservedLease | undefined, lease: LeaseRecord, now: number): ObservedLease =>
  before !== undefined && before.resourceVersion === lease.resourceVersion ? before : { ...lease, seenAt: now }

/** Somebody deleted it: its holder is believed for as long as before. */
export const afterDeletion = (before: ObservedLease | undefined): ObservedLease | undefined =>
  before === undefined ? undefined : { ...before, resourceVersion: undefined }

/** From when on `identity` may take the lease, in monotonic milliseconds. */
export const freeAt = (lease: ObservedLease | undefined, identity: string): number =>
  lease?.holder === undefined || lease.holder === identity ? -Infinity : lease.seenAt + lease.duration

/** Whether a Lease of ours is older than the one we have seen. */
export const isSetBack = (
  before: Pick<LeaseRecord, "holder" | "renewTime" | "transitions"> | undefined,
  lease: LeaseRecord | undefined,
  identity: string
): boolean =>
  before?.holder === identity && lease?.holder === identity &&
  (lease.transitions < before.transitions || lease.renewTime < before.renewTime)

/**
 * The number of the term that begins by taking the Lease. A Lease that was put back to an earlier time counts from there: ours goes on from the
 * last that this process had, so that no two have the same number.
 */
export const nextTerm = (lease: Pick<LeaseRecord, "transitions"> | undefined, last: number): number =>
  Math.max(lease?.transitions ?? 0, last) + 1

/** Kubernetes' MicroTime: six digits. `millis` since the epoch. */
export const microTime = (millis: number): string =>
  DateTime.formatIso(DateTime.makeUnsafe(millis)).replace("Z", "000Z")

export interface LeaseWrite {
  readonly namespace: string
  readonly name: string
  readonly holder: string
  /** In milliseconds. */
  readonly duration: number
  readonly transitions: number
  /** Milliseconds since the epoch. */
  readonly acquiredAt: number
  readonly renewedAt: number
  /** Absent: the Lease is created. */
  readonly resourceVersion: string | undefined
}

export const leaseBody = (write: LeaseWrite): string =>
  JSON.stringify({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      name: write.name,
      namespace: write.namespace,
      ...(write.resourceVersion === undefined ? {} : { resourceVersion: write.resourceVersion })
    },
    spec: {
      holderIdentity: write.holder,
      leaseDurationSeconds: Math.max(1, Math.ceil(write.duration / 1000)),
      acquireTime: microTime(write.acquiredAt),
      renewTime: microTime(write.renewedAt),
      leaseTransitions: write.transitions
    }
  })

/**
 * The part of a live object's portable form that a person or tool has set. Who updates an object owns the server's defaults too: these are
 * told apart by dry-run creates under another name, and what they teach is kept, so that objects alike cost nothing more. Where the server
 * refuses them the defaults are written out: too much rather than too little. Nothing is ever stored.
 *
 * A value that somebody wrote though it is the default can't be told from one that the server filled in. It is left out, as it means the
 * same, unless it was stated by server-side apply, by `kubectl apply`, or through the scale of the object (by an autoscaler, say). In a list
 * that has one owner even who applies it owns the defaults of its items, so there it is left out too.
 */
import { Clock, Context, Effect, Layer, Semaphore } from "effect"
import type { FieldType } from "../../manifest/FieldType.ts"
import type { JsonObject } from "../../manifest/Manifest.ts"
import { digestOf } from "../../manifest/ManifestDigest.ts"
import type { RequestFailure } from "../ApiError.ts"
import { resourceName } from "../ApiPath.ts"
import type { ServedKind } from "../Discovery.ts"
import type { KubernetesObject } from "../KubernetesObject.ts"
import { Schemas } from "../schemas/Schemas.ts"
import { Writer, type WriteTarget } from "../Writer.ts"
import { findDefaults } from "./findDefaults.ts"
import { withoutLeaves } from "./Leaf.ts"
import { probe } from "./Probe.ts"
import { ProbeMemory } from "./ProbeMemory.ts"
import { setForm } from "./SetForm.ts"
import { type Situated, situated } from "./Shape.ts"
import { withTold } from "./Told.ts"
import { canBeTried, isTelling, isUnique } from "./Unprobed.ts"

export class Authored extends Context.Service<Authored, {
  /**
   * @param object As the server sent it in this version, with all annotations and `managedFields`.
   * @param portable Its portable form.
   */
  readonly of: (
    kind: ServedKind,
    version: string,
    object: KubernetesObject,
    portable: JsonObject
  ) => Effect.Effect<JsonObject, RequestFailure>
}>()("gitops/Authored") {
  static readonly layer = Layer.effect(Authored, Effect.suspend(() => make))
}

/** Of one kind in one version, as long as its schema stays the same. */
interface Room {
  readonly type: FieldType
  readonly memory: ProbeMemory
  /** One asks at a time; the others mostly find the answer when it is their turn. */
  readonly turn: Semaphore.Semaphore
}

/** What of an object is still unclear, and the rest. */
interface Question {
  readonly target: WriteTarget
  readonly room: Room
  readonly form: JsonObject
  readonly leaves: ReadonlyArray<Situated>
  /** Leaves that no other object can have. */
  readonly unique: ReadonlyArray<Situated>
}

const judged = ({ leaves, room: { memory } }: Question, now: number) => {
  const verdicts = leaves.map((leaf) => ({ leaf, isDefault: memory.judge(leaf, now) }))
  return {
    defaults: verdicts.flatMap(({ isDefault, leaf }) => isDefault === true ? [leaf] : []),
    unknown: verdicts.flatMap(({ isDefault, leaf }) => isDefault === undefined ? [leaf] : [])
  }
}

const shapeOf = (leaves: ReadonlyArray<Situated>) => `shape ${digestOf(leaves.map(({ id }) => id).join("\n"))}`
const placeOf = ({ namespace }: WriteTarget) => `namespace ${namespace}`

const warn = ({ room: { memory }, target }: Question, reason: string, now: number) => {
  if (memory.isRefused("", now)) return Effect.void
  memory.refused("", now)
  const resource = resourceName(target.kind)
  const where = target.namespace === "" ? "" : ` in namespace ${target.namespace}`
  return Effect.logWarning(
    `New manifests of ${resource} hold the server's defaults beside what was set: the API server does not let us try out${where} ` +
      `what it fills in (${
        reason.replace(/\.$/, "")
      }). Nothing is lost by it. To get shorter manifests, give our user the verb "create" on ${resource}, and let ` +
      `admission webhooks and quotas accept dry runs (names begin with gitops-controller-probe-). It is tried again in ten minutes.`
  ).pipe(Effect.annotateLogs({ kind: resource, version: target.version, namespace: target.namespace }))
}

/** The leaves that are defaults, as far as that is known or can be found out. */
const decide = Effect.fnUntraced(function*(question: Question) {
  const { form, leaves, room: { memory }, target, unique } = question
  const now = yield* Clock.currentTimeMillis
  const { defaults, unknown } = judged(question, now)
  const shape = shapeOf(leaves)
  if (unknown.length === 0 || memory.isRefused(placeOf(target), now) || memory.isRefused(shape, now)) return defaults
  let isTaken = false
  const ask = (object: JsonObject) =>
    Effect.suspend(() =>
      isTaken
        // The object as a whole was taken, so it is this one that is refused
        ? probe(target, object).pipe(
          Effect.catchTag("ProbeRefused", () => Effect.succeed({ _tag: "Invalid" as const, fields: [] }))
        )
        : probe(target, object).pipe(Effect.tap(() => Effect.sync(() => isTaken = true)))
    )
  const found = yield* findDefaults(
    withoutLeaves(form, [...defaults, ...unique]),
    unknown,
    (leaf) => memory.isLikely(leaf),
    ask
  ).pipe(
    Effect.tap((found) => {
      if (found !== undefined) return Effect.sync(() => memory.learn(unknown, found.learned, now))
      memory.refused(shape, now)
      return warn(question, "it finds the object invalid under another name", now)
    }),
    Effect.catchTag("ProbeRefused", ({ reason }) => {
      memory.refused(placeOf(target), now)
      return Effect.as(warn(question, reason, now), undefined)
    })
  )
  return [...defaults, ...found?.defaults ?? []]
})

const make = Effect.gen(function*() {
  const schemas = yield* Schemas
  const writer = yield* Writer
  const rooms = new Map<string, Room>()

  const roomOf = (kind: ServedKind, version: string, type: FieldType): Room => {
    const id = `${resourceName(kind)} ${version}`
    const known = rooms.get(id)
    if (known?.type === type) return known
    const room = { type, memory: new ProbeMemory(), turn: Semaphore.makeUnsafe(1) }
    rooms.set(id, room)
    return room
  }

  const of = Effect.fn("Authored.of")(
    function*(kind: ServedKind, version: string, object: KubernetesObject, portable: JsonObject) {
      const type = yield* schemas.typeOf(kind, version)
      const { form, leaves: found } = setForm(object, portable, type, writer.fieldManager)
      const all = situated(form, found)
      const leaves = all.filter((leaf) => leaf.isUnclear && !isTelling(leaf) && !isUnique(kind)(leaf))
      if (leaves.length === 0 || !canBeTried(kind)) return form
      const { name, namespace = "" } = object.metadata
      const question: Question = {
        target: { kind, version, namespace, name },
        room: roomOf(kind, version, type),
        form,
        leaves,
        unique: all.filter(isUnique(kind))
      }
      const known = judged(question, yield* Clock.currentTimeMillis)
      if (known.unknown.length === 0) return withoutLeaves(form, known.defaults)
      return withoutLeaves(form, yield* question.room.turn.withPermit(decide(question)))
    }
  )

  return Authored.of({
    of: (kind, version, object, portable) =>
      of(kind, version, object, portable).pipe(
        Effect.map((form) => withTold(kind, form, portable)),
        Effect.provideService(Writer, writer)
      )
  })
})

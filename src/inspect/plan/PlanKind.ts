/** One kind looked at once, folded into the same state that the controller keeps of it: so the verdicts are the controller's own. */
import { Clock, Effect, Predicate, Stream } from "effect"
import * as Folding from "../../kind/Folding.ts"
import type { KindSpec } from "../../kind/KindSpec.ts"
import * as KindState from "../../kind/KindState.ts"
import * as MirrorFolding from "../../kind/mirroring/MirrorFolding.ts"
import { mirrorView, noView } from "../../kind/mirroring/MirrorView.ts"
import { observe, type Observer } from "../../kind/Observation.ts"
import type { Round } from "../../kind/Round.ts"
import type { Verdict } from "../../kind/Verdict.ts"
import { apiPath, resourceName, withQuery } from "../../kubernetes/ApiPath.ts"
import { ApiServer } from "../../kubernetes/ApiServer.ts"
import { isKubernetesObject, type KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import type { Json } from "../../manifest/Manifest.ts"
import { type ObjectId, objectId } from "../../manifest/ObjectKey.ts"
import { isObject } from "../../manifest/ServerFields.ts"

export interface SeenKind {
  readonly state: KindState.KindState
  /** Of those that something is to be done about. */
  readonly objects: ReadonlyMap<ObjectId, KubernetesObject>
}

const pageSize = 500

const settled: ReadonlySet<Verdict["_tag"]> = new Set(["InStep", "Unclaimed"])

/** Items of a list don't say their kind. */
const asListed = ({ kind: { group, kind }, version }: KindSpec, item: Json): Json =>
  isObject(item) ? { apiVersion: group === "" ? version : `${group}/${version}`, kind, ...item } : item

/** All objects, page by page. */
const listed = Effect.fnUntraced(function*(spec: KindSpec, onItem: (object: KubernetesObject) => void) {
  const api = yield* ApiServer
  const { kind, version } = spec
  const resource = resourceName(kind)
  let next: string | undefined
  do {
    const path = withQuery(apiPath({ group: kind.group, version, plural: kind.plural }), {
      limit: pageSize,
      continue: next
    })
    next = undefined
    yield* api.list({ path, subject: { verb: "list", resource, version }, gzip: true }).pipe(
      Stream.runForEach((part) =>
        Effect.sync(() => {
          if (part._tag === "Items") {
            for (const item of part.items.map((one) => asListed(spec, one))) if (isKubernetesObject(item)) onItem(item)
          } else if (Predicate.isString(part.metadata["continue"]) && part.metadata["continue"] !== "") {
            next = part.metadata["continue"]
          }
        })
      )
    )
  } while (next !== undefined)
})

const look = Effect.fnUntraced(function*(spec: KindSpec, round: Round, observer: Observer) {
  const state = KindState.make(spec)
  const objects = new Map<ObjectId, KubernetesObject>()
  const now = yield* Clock.currentTimeMillis
  const isNews = (id: ObjectId, verdict: Verdict) =>
    !settled.has(verdict._tag) || state.mirror.verdicts.get(id)?._tag === "Due"
  Folding.onRound(state, round, now)
  const shown = { objects: round.seen.get(state.id) ?? new Map(), definition: round.definitions.get(state.id) }
  if (spec.mirrors) MirrorFolding.onShown(state, shown, now)
  Folding.onListing(state)
  yield* listed(spec, (object) => {
    const id = objectId(object.metadata.namespace ?? "", object.metadata.name)
    const view = spec.mirrors ? mirrorView(spec.kind, object, spec.own) : noView
    if (isNews(id, Folding.onSeen(state, id, observe(spec.kind, object, observer, view), now))) objects.set(id, object)
  })
  Folding.onListed(state, now)
  return { state, objects } satisfies SeenKind
})

/** Everything of a kind, as it is now. */
export const lookAtKind = (spec: KindSpec, round: Round, observer: Observer) =>
  look(spec, round, observer).pipe(Effect.retry({ times: 2, while: ({ _tag }) => _tag === "WatchExpired" }))

/** One write, tried as a dry run: what would become of the object, or why it is refused. Nothing is stored. */
import { Effect, Schedule } from "effect"
import * as Payload from "../../kind/applying/Payload.ts"
import { type Change, type Create, takenBy } from "../../kind/applying/Steps.ts"
import { diagnose, type Failure } from "../../kind/Diagnosis.ts"
import type { KindSpec } from "../../kind/KindSpec.ts"
import type { Observer } from "../../kind/Observation.ts"
import { isFailure } from "../../kind/Trouble.ts"
import type { ApiFailure } from "../../kubernetes/ApiError.ts"
import { resourceName } from "../../kubernetes/ApiPath.ts"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import { Writer, type WriteTarget } from "../../kubernetes/Writer.ts"
import type { FieldType } from "../../manifest/FieldType.ts"
import { kindId } from "../../manifest/ObjectKey.ts"
import type { Outcome } from "./Plan.ts"
import { forecast } from "./PlanForecast.ts"
import { touchOf } from "./PlanTouch.ts"
import { leavesOf } from "./PlanValues.ts"

/** What is known besides the object. */
export interface Surroundings {
  readonly spec: KindSpec
  readonly observer: Observer
  /** Namespaces that are not there, and will be made by this plan. */
  readonly comingNamespaces: ReadonlySet<string>
  /** Resources where no dry run is allowed, as `configmaps shop`; added to. */
  readonly denied: Set<string>
}

const attempt = { wanted: "", live: undefined, previous: undefined, now: 0, jitter: 0 }

/** What a failure means for the object. */
export const failed = (failure: Failure): Outcome => {
  const trouble = diagnose(failure, attempt, undefined)
  return { _tag: isFailure(trouble) ? "Refused" : "Waiting", reason: trouble.message }
}

const isBusy = (failure: ApiFailure) =>
  failure._tag === "ApiUnavailable" && (failure.status === 429 || failure.status === 503)

const patiently = <A, R>(request: Effect.Effect<A, ApiFailure, R>) =>
  Effect.retry(request, { times: 4, while: isBusy, schedule: Schedule.exponential("250 millis") })

const placeOf = ({ kind, namespace }: WriteTarget) => `${resourceName(kind)} ${namespace}`

/** Where a dry run isn't allowed, what can be said without. */
const tryOr = <A, R>(
  { denied }: Surroundings,
  target: WriteTarget,
  attempt: Effect.Effect<A, ApiFailure, R>,
  otherwise: Effect.Effect<A, ApiFailure, R>
) =>
  Effect.suspend(() =>
    denied.has(placeOf(target)) ? otherwise : patiently(attempt).pipe(
      Effect.catchTag("ApiForbidden", () => {
        denied.add(placeOf(target))
        return otherwise
      })
    )
  )

/** Makes an object that is absent. */
export const tryCreate = Effect.fnUntraced(function*(
  surroundings: Surroundings,
  target: WriteTarget,
  { givenBack, payload }: Pick<Create, "givenBack" | "payload">
) {
  const writer = yield* Writer
  const { comingNamespaces, spec } = surroundings
  const after = comingNamespaces.has(target.namespace) ? `Namespace ${target.namespace}` : undefined
  const plainly: Outcome = { _tag: "Create", after, givenBack: leavesOf(givenBack) }
  if (after !== undefined) return plainly
  const body = Payload.encoded(payload, {})
  const options = { dryRun: true, metadataOnly: true }
  const write = spec.mode === "create" ? writer.create(target, body, options) : writer.apply(target, body, options)
  return yield* tryOr(surroundings, target, Effect.as(write, plainly), Effect.succeed(plainly))
})

/** Changes an object that is there. */
export const tryChange = Effect.fnUntraced(function*(
  surroundings: Surroundings,
  target: WriteTarget,
  type: FieldType,
  live: KubernetesObject,
  change: Change
) {
  const { observer: { fieldManager }, spec } = surroundings
  const options = { target, live, change, type, fieldManager }
  const { after, isEstimated, released } = yield* tryOr(
    surroundings,
    target,
    forecast({ ...options, tries: true }),
    forecast({ ...options, tries: false })
  )
  return {
    _tag: "Touch",
    ...touchOf({
      kind: kindId(spec.kind),
      type,
      live,
      after,
      released,
      taken: takenBy(change),
      fieldManager,
      ownerUnknown: change.ownerUnknown,
      isEstimated
    })
  } satisfies Outcome
})

/**
 * Asks the API server what it would make of an object, under a name that nobody uses: a dry run, so nothing is ever stored.
 */
import { Effect, Schema } from "effect"
import { hash } from "node:crypto"
import { encodeJson } from "../../manifest/JsonText.ts"
import type { JsonObject } from "../../manifest/Manifest.ts"
import { isObject } from "../../manifest/ServerFields.ts"
import type { ApiFailure, RequestFailure } from "../ApiError.ts"
import { Writer, type WriteTarget } from "../Writer.ts"
import type { ProbeAnswer } from "./findDefaults.ts"

/** The server won't make such an object for us at all, whatever is in it. */
export class ProbeRefused extends Schema.TaggedError<ProbeRefused>()("ProbeRefused", { reason: Schema.String }) {
  override get message(): string {
    return `The API server refuses to try out what it would make of an object: ${this.reason}`
  }
}

const scratchName = (name: string): string => `gitops-controller-probe-${hash("sha256", name, "hex").slice(0, 10)}`

const named = (object: JsonObject, name: string): JsonObject => {
  const { metadata } = object
  return { ...object, metadata: { ...(isObject(metadata) ? metadata : {}), name } }
}

type Answer = Effect.Effect<ProbeAnswer, RequestFailure | ProbeRefused>

const answerTo = (failure: ApiFailure): Answer => {
  switch (failure._tag) {
    case "ApiRejected":
      return failure.status === 422 && !failure.reason.includes("webhook")
        ? Effect.succeed({
          _tag: "Invalid",
          fields: failure.causes.map(({ field }) => field).filter((it) => it !== "")
        })
        : Effect.fail(new ProbeRefused({ reason: failure.reason }))
    case "ApiUnavailable":
      return failure.reason.includes("webhook")
        ? Effect.fail(new ProbeRefused({ reason: failure.reason }))
        : Effect.fail(failure)
    case "ApiUnreachable":
    case "ApiUnauthorized":
    case "KindNotServed":
      return Effect.fail(failure)
    default:
      return Effect.fail(new ProbeRefused({ reason: failure.message }))
  }
}

/** What the server would make of this object of the target's kind. The target's name is not used. */
export const probe = Effect.fn("Probe.probe")(function*(target: WriteTarget, object: JsonObject) {
  const writer = yield* Writer
  const name = scratchName(target.name)
  return yield* writer.create({ ...target, name }, encodeJson(named(object, name)), { dryRun: true }).pipe(
    Effect.map((made): ProbeAnswer => ({ _tag: "Made", object: made })),
    Effect.catch(answerTo)
  )
})

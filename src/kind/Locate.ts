/** Where in its file the API server's complaint about a manifest lies. */
import { Effect } from "effect"
import type { ManifestRef } from "../manifest/Manifest.ts"
import type { ApplyFailure } from "./Apply.ts"

export const locate = (_ref: ManifestRef, _failure: ApplyFailure): Effect.Effect<string | undefined> =>
  Effect.succeed(undefined)

// A folder that is gone when its scope closes, and also when this process dies.
import { Effect, type Scope } from "effect"
import { watchdog } from "./Watchdog.ts"

/** A fresh folder below the system's temporary folder, its name starting with `prefix`. */
export const temporaryFolder = (prefix: string): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const { folder } = await watchdog().ask({ makeFolder: prefix })
      watchdog().hold(1)
      return folder!
    }),
    (folder) =>
      Effect.promise(async () => {
        await watchdog().ask({ removeFolder: folder })
        watchdog().hold(-1)
      })
  )

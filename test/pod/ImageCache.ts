// Where images and what they are made of are kept between runs, one process at a time.
import { Effect } from "effect"
import { mkdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { buildLock } from "../cluster/BuildLock.ts"
import { cacheFolder, surroundings } from "../cluster/Surroundings.ts"

const folder = join(dirname(cacheFolder(surroundings)), "images")

/** Works on the folder while nobody else does. */
export const underImageLock = <A, E>(work: (cache: string) => Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    mkdirSync(folder, { recursive: true })
    yield* buildLock(`${folder}.lock`)
    return yield* work(folder)
  }).pipe(Effect.scoped)

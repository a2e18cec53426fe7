// One process at a time builds into the cache folder; the others wait for it.
// A lock whose owner is dead is taken over. Nothing depends on it being perfect: what is built is renamed into
// place whole, so two builders would only waste time.
import { Effect, type Scope } from "effect"
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { dirname } from "node:path"
import { realSleep } from "../process/Eventually.ts"

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM"
  }
}

const contentOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, "utf8")
  } catch {
    return undefined
  }
}

/** How often the owner shows that it is there, and when it counts as gone although its process id is in use. */
const beatMillis = 5000
const staleMillis = 60_000

/** Whole with its content from the first moment on, or not at all. */
const tryToTake = (lock: string): boolean => {
  const mine = `${lock}.${process.pid}`
  try {
    writeFileSync(mine, `${process.pid}`)
    linkSync(mine, lock)
    return true
  } catch {
    return false
  } finally {
    rmSync(mine, { force: true })
  }
}

const isStale = (lock: string, owner: string): boolean => {
  const beat = statSync(lock, { throwIfNoEntry: false })?.mtimeMs
  return !isAlive(Number(owner)) || (beat !== undefined && Date.now() - beat > staleMillis)
}

const beat = (lock: string) =>
  setInterval(() => {
    const now = new Date()
    if (existsSync(lock)) utimesSync(lock, now, now)
  }, beatMillis).unref()

/** Moves a dead owner's lock out of the way; a lock taken by somebody else meanwhile is put back. */
const clearStale = (lock: string): void => {
  const owner = contentOf(lock)
  if (owner === undefined || !isStale(lock, owner)) return
  const aside = `${lock}.aside.${process.pid}`
  try {
    renameSync(lock, aside)
    if (contentOf(aside) !== owner) linkSync(aside, lock)
  } catch {
    // Somebody else was faster.
  } finally {
    rmSync(aside, { force: true })
  }
}

/** Holds the lock file for as long as the scope is open. `onWait` hears once of an owner that is waited for. */
export const buildLock = (
  lock: string,
  onWait: (owner: string) => void = () => {}
): Effect.Effect<unknown, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.gen(function*() {
      mkdirSync(dirname(lock), { recursive: true })
      let told = false
      while (!tryToTake(lock)) {
        clearStale(lock)
        const owner = contentOf(lock)
        if (owner !== undefined && !told) onWait(owner)
        told ||= owner !== undefined
        yield* realSleep(100)
      }
      return beat(lock)
    }),
    (beating) =>
      Effect.sync(() => {
        clearInterval(beating)
        rmSync(lock, { force: true })
      }),
    { interruptible: true }
  )

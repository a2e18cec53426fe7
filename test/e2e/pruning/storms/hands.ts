// What people with kubectl do while the storm goes on. Each deed is told to the model.
import { Effect } from "effect"
import type { ControlPlaneHandle } from "../../../cluster/ControlPlane.ts"
import type { Chance } from "../../mirroring/storms/seeded.ts"
import { textOf, type Thing } from "./things.ts"
import * as Model from "./whatIsThere.ts"

const annotation = "gitops-controller/prune"
const label = "applyset.kubernetes.io/part-of"

/** The model's world, and the story so far. */
export interface Told {
  readonly get: (id: string) => Model.Known
  readonly change: (to: (world: Model.World) => Model.World) => void
  readonly tell: (what: string) => void
}

export const makeHands = ({ kubectlOk }: ControlPlaneHandle, chance: Chance, { change, get, tell }: Told) => {
  const touched = new Set<string>()
  const kubectl = (verb: string, { name, namespace, of: { kind } }: Thing, ...more: ReadonlyArray<string>) =>
    kubectlOk([verb, "-n", namespace, kind.toLowerCase(), name, ...more])

  const create = Effect.fnUntraced(function*(thing: Thing) {
    yield* kubectlOk(["create", "-f", "-"], { stdin: textOf(thing, true) })
    change((world) => Model.created(world, thing.id))
    tell(`create ${thing.id}`)
  })

  const remove = Effect.fnUntraced(function*(thing: Thing) {
    yield* kubectl("delete", thing, "--ignore-not-found")
    change((world) => Model.deleted(world, thing.id))
    touched.add(thing.id)
    tell(`delete ${thing.id}`)
  })

  const ask = Effect.fnUntraced(function*(thing: Thing) {
    const asks = !get(thing.id).asks
    yield* kubectl("annotate", thing, "--overwrite", asks ? `${annotation}=never` : `${annotation}-`)
    change((world) => Model.asking(world, thing.id, asks))
    tell(`${asks ? "ask" : "no longer ask"} ${thing.id}`)
  })

  const strip = Effect.fnUntraced(function*(thing: Thing) {
    yield* kubectl("label", thing, `${label}-`)
    change((world) => Model.stripped(world, thing.id))
    tell(`strip ${thing.id}`)
  })

  return {
    /** What somebody has deleted since this was cleared. */
    touched,
    /** @param isStopped while no controller runs */
    meddle: (things: ReadonlyArray<Thing>, isStopped: boolean) =>
      Effect.forEach(things, (thing) => {
        const { inGit, live } = get(thing.id)
        const what = chance.below(5)
        if (live === "none") return !inGit && what < 2 ? create(thing) : Effect.void
        if (what === 2) return remove(thing)
        if (what === 3) return ask(thing)
        return what === 4 && isStopped && live === "ours" ? strip(thing) : Effect.void
      }, { discard: true }),
    /** Another object under the name of each, while they are going. */
    makeAnew: (things: ReadonlyArray<Thing>) =>
      Effect.forEach(things, (thing) => Effect.andThen(remove(thing), create(thing)), { discard: true })
  }
}

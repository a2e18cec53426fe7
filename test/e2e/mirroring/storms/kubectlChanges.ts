// What a person does with kubectl to objects of many kinds, at random.
import { type Kind, kinds, type Manifest, manifestOf } from "./manyKinds.ts"
import type { Chance } from "./seeded.ts"

export interface Thing {
  readonly kind: Kind
  readonly name: string
}

export interface Change {
  readonly thing: Thing
  /** For `kubectl -n <namespace>`. */
  readonly args: ReadonlyArray<string>
  readonly manifest?: Manifest
  /** Run by `kubectl edit`. */
  readonly editor?: string
  readonly isDelete: boolean
}

export const things = (count: number): ReadonlyArray<Thing> =>
  Array.from({ length: count }, (_, index) => {
    const kind = kinds[index % kinds.length] ?? kinds[0]
    return { kind, name: `${kind.resource}-${index}` }
  })

const change = (thing: Thing, chance: Chance, turn: number, isThere: boolean): Change => {
  const { kind, name } = thing
  const { below, pick } = chance
  const at = `${kind.resource}/${name}`
  const whole = (...args: ReadonlyArray<string>) => ({
    thing,
    args: [...args, "-f", "-"],
    manifest: manifestOf(kind, name, chance, turn),
    isDelete: false
  })
  const said = (...args: ReadonlyArray<string>) => ({ thing, args, isDelete: false })
  if (!isThere) return pick([whole("create"), whole("apply"), whole("apply", "--server-side")])
  const metadata = (verb: string) => {
    const key = pick(["a", "b", "mine"])
    return said(verb, "--overwrite", at, below(3) === 0 ? `${key}-` : `${key}=${verb}-${turn}`)
  }
  switch (below(kind.isScalable ? 10 : kind.containers === undefined ? 8 : 9)) {
    case 0:
      return whole("apply")
    case 1:
      return whole("apply", "--server-side", "--force-conflicts")
    case 2:
      return {
        thing,
        args: ["edit", at],
        editor: `sed -i -E "s/^(    turn: ).*/\\1edited-${turn}/"`,
        isDelete: false
      }
    case 3:
      return metadata("annotate")
    case 4:
      return metadata("label")
    case 5:
      return { ...said("delete", at), isDelete: true }
    case 8:
      return said("set", "image", at, `main=registry.example/main:set-${turn}`)
    case 9:
      return said("scale", at, `--replicas=${below(3)}`)
    default: {
      const [type, patch] = kind.patch(chance, turn)
      return said("patch", at, "--type", type, "-p", JSON.stringify(patch))
    }
  }
}

/** @param there What is in the cluster before. */
export const changes = (
  all: ReadonlyArray<Thing>,
  there: ReadonlyArray<Thing>,
  count: number,
  chance: Chance
): ReadonlyArray<Change> => {
  const alive = new Set(there)
  return Array.from({ length: count }, (_, index) => {
    // Everything is made once; then it is any object's turn.
    const thing = all.filter((one) => !alive.has(one))[0]
    const next = index < all.length - there.length && thing !== undefined
      ? thing
      : all[chance.below(all.length)] ?? all[0]
    if (next === undefined) throw new Error("no objects")
    const made = change(next, chance, index + 1, alive.has(next))
    if (made.isDelete) alive.delete(next)
    else alive.add(next)
    return made
  })
}

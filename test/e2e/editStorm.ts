// Random edits of one Deployment: by commits, by people with kubectl, and by an autoscaler; and what has to come of them.
import { createHash } from "node:crypto"

/** Numbers from 0 to 1, the same for the same seed. */
const random = (seed: string) => {
  let turn = 0
  return () => createHash("sha256").update(`${seed} ${turn++}`).digest().readUInt32BE(0) / 2 ** 32
}

/** What a commit says of the Deployment: the fields that are Git's, and an image and replicas that are not. */
export interface Stated {
  readonly minReadySeconds: number
  readonly notes: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  readonly sidecars: ReadonlyArray<string>
  readonly image: string
  readonly replicas: number
}

export type Edit =
  | { readonly _tag: "Commit"; readonly stated: Stated }
  | { readonly _tag: "SetImage"; readonly image: string }
  | { readonly _tag: "Scale"; readonly replicas: number }
  /** Of an annotation that no commit states. */
  | { readonly _tag: "Annotate"; readonly key: string; readonly value: string }

export const first: Stated = {
  minReadySeconds: 0,
  notes: { team: "shop" },
  env: { MODE: "live" },
  sidecars: [],
  image: "registry.example/app:git-0",
  replicas: 2
}

const without = <A>(record: Readonly<Record<string, A>>, key: string): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(record).filter(([other]) => other !== key))

/** A list of edits; each changes something. */
export const storm = (count: number, seed: string): ReadonlyArray<Edit> => {
  const next = random(seed)
  const below = (bound: number) => Math.floor(next() * bound)
  let stated = first
  const commit = (turn: number): Stated => {
    const key = `k${below(6)}`
    switch (below(6)) {
      case 0:
        return { ...stated, minReadySeconds: turn }
      case 1:
        return {
          ...stated,
          notes: key in stated.notes && below(2) === 0
            ? without(stated.notes, key)
            : { ...stated.notes, [key]: `${turn}` }
        }
      case 2:
        return {
          ...stated,
          env: key in stated.env && below(2) === 0 ? without(stated.env, key) : { ...stated.env, [key]: `${turn}` }
        }
      case 3:
        return {
          ...stated,
          sidecars: stated.sidecars.includes(key)
            ? stated.sidecars.filter((name) => name !== key)
            : [...stated.sidecars, key]
        }
      case 4:
        return { ...stated, image: `registry.example/app:git-${turn}`, minReadySeconds: turn }
      default:
        return { ...stated, replicas: 50 + turn % 40, minReadySeconds: turn }
    }
  }
  return Array.from({ length: count }, (_, index): Edit => {
    const turn = index + 1
    const kind = below(10)
    if (kind < 4) {
      stated = commit(turn)
      return { _tag: "Commit", stated }
    }
    if (kind < 7) return { _tag: "Scale", replicas: 1 + turn % 30 }
    return kind < 9
      ? { _tag: "SetImage", image: `registry.example/app:${turn}` }
      : { _tag: "Annotate", key: `own-${below(5)}`, value: `${turn}` }
  })
}

export const manifestOf = (namespace: string, { env, image, minReadySeconds, notes, replicas, sidecars }: Stated) =>
  JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace, annotations: notes },
    spec: {
      minReadySeconds,
      replicas,
      progressDeadlineSeconds: 10_000,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: {
          containers: [
            { name: "app", image, env: Object.entries(env).map(([name, value]) => ({ name, value })) },
            ...sidecars.map((name) => ({ name, image: `registry.example/${name}:1` }))
          ]
        }
      }
    }
  })

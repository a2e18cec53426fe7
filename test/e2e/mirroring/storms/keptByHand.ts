// A Deployment as a person keeps it in Git, with comments at every turn; what that person does to it, at random,
// and what everybody else does to it in the cluster.
import type { Chance } from "./seeded.ts"

/** What the person wrote, image by image excepted: of those there is what the file says. */
export interface Stated {
  readonly minReadySeconds: number
  readonly notes: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  readonly sidecars: ReadonlyArray<string>
  readonly replicas: number
  /** By the place they stand at. */
  readonly comments: Readonly<Record<CommentPlace, string>>
}

export const commentPlaces = ["head", "notes", "replicas", "containers", "image", "env", "proxy", "end"] as const
type CommentPlace = (typeof commentPlaces)[number]

export type Edit =
  /** Some edits of the file, and the image that the person wrote into it, though images are not Git's. */
  | { readonly _tag: "Commit"; readonly stated: Stated; readonly image: string | undefined }
  | { readonly _tag: "SetImage"; readonly container: "app" | "proxy"; readonly image: string; readonly by: Updater }
  | { readonly _tag: "Scale"; readonly replicas: number }
  /** Of an annotation that no commit states. */
  | { readonly _tag: "Annotate"; readonly key: string; readonly value: string }

/** A person's `kubectl set image`; Keel's PUT of the whole object; an updater's PATCH. */
export type Updater = "kubectl" | "put" | "patch"

export const first: Stated = {
  minReadySeconds: 0,
  notes: { team: "shop" },
  env: { MODE: "live" },
  sidecars: [],
  replicas: 2,
  comments: {
    head: "The shop's front.",
    notes: "who to ask",
    replicas: "enough for now",
    containers: "the server comes first",
    image: "moved by the updater",
    env: "what it is told",
    proxy: "in front of it",
    end: "nothing more"
  }
}

export const firstImages: Readonly<Record<string, string>> = {
  app: "registry.example/app:0",
  proxy: "\"registry.example/proxy:0\""
}

const container = (name: string, images: Readonly<Record<string, string>>, comment: string) => [
  `      - name: ${name}`,
  `        image: ${images[name] ?? `registry.example/${name}:1`}${comment}`
]

/** The file, with images word for word. */
export const textOf = (namespace: string, stated: Stated, images: Readonly<Record<string, string>>): string => {
  const { comments, env, minReadySeconds, notes, replicas, sidecars } = stated
  return [
    `# ${comments.head}`,
    "apiVersion: apps/v1",
    "kind: Deployment",
    "metadata:",
    "  name: web",
    `  namespace: ${namespace}`,
    `  annotations: # ${comments.notes}`,
    ...Object.entries(notes).map(([key, value]) => `    ${key}: "${value}"`),
    "spec:",
    `  minReadySeconds: ${minReadySeconds}`,
    "",
    `  replicas: ${replicas}   # ${comments.replicas}`,
    "  progressDeadlineSeconds: 10000",
    "  selector:",
    "    matchLabels: {app: web}",
    "  template:",
    "    metadata: {labels: {app: web}}",
    "    spec:",
    "      containers:",
    `      # ${comments.containers}`,
    ...container("app", images, ` # ${comments.image}`),
    `        env: # ${comments.env}`,
    ...Object.entries(env).map(([name, value]) => `        - {name: ${name}, value: "${value}"}`),
    `      # ${comments.proxy}`,
    ...container("proxy", images, ""),
    ...sidecars.flatMap((name) => container(name, images, "")),
    `# ${comments.end}`,
    ""
  ].join("\n")
}

/** By container, as the file writes them. */
export const imagesIn = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...text.matchAll(/- name: (\S+)\n +image: (.*?)(?: #.*)?\n/g)].map(([, name = "", image = ""]) => [name, image])
  )

const without = <A>(record: Readonly<Record<string, A>>, key: string): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(record).filter(([other]) => other !== key))

/** Sets an item, or takes it away where there is one. */
const toggled = ({ below }: Chance, record: Readonly<Record<string, string>>, key: string, turn: number) =>
  key in record && below(2) === 0 ? without(record, key) : { ...record, [key]: `${turn}` }

const edited = (chance: Chance, stated: Stated, turn: number): Stated => {
  const { comments, env, notes, sidecars } = stated
  const key = `k${chance.below(6)}`
  switch (chance.below(6)) {
    case 0:
      return { ...stated, minReadySeconds: turn }
    case 1:
      return { ...stated, notes: toggled(chance, notes, key, turn) }
    case 2:
      return { ...stated, env: toggled(chance, env, key, turn) }
    case 3:
      return {
        ...stated,
        sidecars: sidecars.includes(key) ? sidecars.filter((name) => name !== key) : [...sidecars, key]
      }
    case 4:
      return { ...stated, comments: { ...comments, [chance.pick([...commentPlaces])]: `looked at in turn ${turn}` } }
    default:
      return { ...stated, replicas: 50 + turn % 40 }
  }
}

/** So many edits, of which up to three of the person's share a commit. */
export const storm = (count: number, chance: Chance): ReadonlyArray<Edit> => {
  const { below, pick } = chance
  const edits: Array<Edit> = []
  let stated = first
  for (let turn = 1; turn <= count; turn++) {
    const kind = below(10)
    if (kind < 2) {
      const last = Math.min(count, turn + 2)
      for (; turn < last; turn++) stated = edited(chance, stated, turn)
      stated = edited(chance, stated, turn)
      const image = below(4) === 0 ? `registry.example/app:by-hand-${turn}` : undefined
      edits.push({ _tag: "Commit", stated, image })
    } else if (kind < 5) edits.push({ _tag: "Scale", replicas: 1 + turn % 30 })
    else if (kind < 9) {
      const named = pick<"app" | "proxy">(["app", "app", "proxy"])
      edits.push({
        _tag: "SetImage",
        container: named,
        image: `registry.example/${named}:${turn}`,
        by: pick<Updater>(["kubectl", "put", "patch", "patch"])
      })
    } else { edits.push({ _tag: "Annotate", key: `own-${below(5)}`, value: `${turn}` }) }
  }
  return edits
}

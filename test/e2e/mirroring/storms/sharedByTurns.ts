// A Deployment that both sides may change: which field whose turn it is, round after round, and how a person's editor
// changes the file. Within a round no field is changed on both sides.
import { isMap, isScalar, isSeq, parseDocument } from "yaml"
import type { Chance } from "./seeded.ts"

const kept = ["replicas", "minReadySeconds", "image app", "image proxy"]
const optional = ["note", "label", "env"].flatMap((what) => ["a", "b", "c"].map((key) => `${what} ${key}`))
const fields = [...kept, ...optional]

/** By field; one that isn't there has no entry. */
export type Values = Readonly<Record<string, string>>

export interface SharedEdit {
  readonly side: "git" | "cluster"
  /** `replicas`, `env a`. */
  readonly field: string
  /** `undefined`: it is taken away. */
  readonly value: string | undefined
}

export const first: Values = {
  replicas: "1",
  minReadySeconds: "1",
  "image app": "registry.example/app:0",
  "image proxy": "registry.example/proxy:0",
  "note a": "0",
  "label a": "0",
  "env a": "0"
}

/** Each must survive. */
export const comments = ["the shop's front", "enough for now", "the server itself", "what it is told", "nothing more"]

export const textOf = (namespace: string): string =>
  `# the shop's front
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: ${namespace}
  labels:
    app: web
    a: "0"
  annotations:
    team: shop
    a: "0"
spec:
  # enough for now
  replicas: 1
  progressDeadlineSeconds: 10000
  minReadySeconds: 1
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        # the server itself
        - name: app
          image: registry.example/app:0
          env: # what it is told
            - name: MODE
              value: live
            - name: a
              value: "0"
        - name: proxy
          image: "registry.example/proxy:0"
# nothing more
`

export const after = (values: Values, { field, value }: SharedEdit): Values => {
  const { [field]: _, ...others } = values
  return value === undefined ? others : { ...others, [field]: value }
}

const valueOf = ({ below }: Chance, field: string, turn: number, isThere: boolean): string | undefined => {
  if (field === "replicas") return `${1 + turn % 3}`
  if (field === "minReadySeconds") return `${turn}`
  if (field.startsWith("image")) return `registry.example/${field.slice("image ".length)}:${turn}`
  return isThere && below(3) === 0 ? undefined : `${turn}`
}

/** So many edits in each of so many rounds; each edit changes something. */
export const rounds = (count: number, edits: number, chance: Chance): ReadonlyArray<ReadonlyArray<SharedEdit>> => {
  let values = first
  let turn = 0
  return Array.from({ length: count }, () => {
    const mixed = chance.shuffled(fields)
    const gits = new Set(mixed.slice(0, Math.floor(mixed.length / 2)))
    return Array.from({ length: edits }, (): SharedEdit => {
      turn++
      const field = fields[chance.below(fields.length)] ?? "replicas"
      const value = valueOf(chance, field, turn, field in values)
      const edit: SharedEdit = { side: gits.has(field) ? "git" : "cluster", field, value }
      values = after(values, edit)
      return edit
    })
  })
}

/** What a person's editor makes of the file. */
export const edited = (text: string, { field, value }: SharedEdit): string => {
  const document = parseDocument(text)
  const [what = "", key = ""] = field.split(" ")
  const containers = document.getIn(["spec", "template", "spec", "containers"])
  const container = (name: string) => {
    const found = isSeq(containers)
      ? containers.items.find((item) => isMap(item) && item.get("name") === name)
      : undefined
    if (!isMap(found)) throw new Error(`no container ${name} in ${text}`)
    return found
  }
  const place = what === "note" ? ["metadata", "annotations", key] : ["metadata", "labels", key]
  switch (what) {
    case "replicas":
    case "minReadySeconds":
      document.setIn(["spec", what], Number(value))
      break
    case "image":
      container(key).set("image", value)
      break
    case "env": {
      const env = container("app").get("env")
      if (!isSeq(env)) throw new Error(`no env in ${text}`)
      const at = env.items.findIndex((item) => isMap(item) && item.get("name") === key)
      if (at !== -1 && value === undefined) env.delete(at)
      else if (at === -1) env.add(document.createNode({ name: key, value }))
      else env.setIn([at, "value"], value)
      break
    }
    default:
      if (value === undefined) document.deleteIn(place)
      else document.setIn(place, isScalar(document.getIn(place, true)) ? value : document.createNode(value))
  }
  return document.toString({ lineWidth: 0 })
}

interface Deployment {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: {
    readonly replicas: number
    readonly minReadySeconds?: number
    readonly template: {
      readonly spec: {
        readonly containers: ReadonlyArray<{
          readonly name: string
          readonly image: string
          readonly env?: ReadonlyArray<{ readonly name: string; readonly value?: string }>
        }>
      }
    }
  }
}

/** The fields of a manifest, or of the live object. */
export const valuesOf = ({ metadata: { annotations, labels }, spec }: Deployment): Values => {
  const own = (what: string, record: Readonly<Record<string, string>> = {}) =>
    Object.entries(record).filter(([key]) => ["a", "b", "c"].includes(key)).map((
      [key, value]
    ) => [`${what} ${key}`, value])
  const { containers } = spec.template.spec
  const env = containers.flatMap(({ env = [] }) => env.map(({ name, value = "" }) => [name, value] as const))
  return Object.fromEntries([
    ["replicas", `${spec.replicas}`],
    ["minReadySeconds", `${spec.minReadySeconds ?? 0}`],
    ...containers.map(({ image, name }) => [`image ${name}`, image]),
    ...own("note", annotations),
    ...own("label", labels),
    ...own("env", Object.fromEntries(env))
  ])
}

export const isDeployment = (value: unknown): value is Deployment =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "Deployment" && "spec" in value

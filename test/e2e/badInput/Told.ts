// What a status says, line by line, as `gitops-controller status` prints it, and which of it concerns a file or an object.
import type { Status } from "../../../src/http/Status.ts"
import { counted } from "../../../src/manifest/counted.ts"
import { type BadInput, namespace } from "./BadInput.ts"

export interface Told {
  readonly line: string
  /** The files and directories it is about. */
  readonly paths: ReadonlyArray<string>
  /** `configmap/a`, as `kubectl get` takes it. */
  readonly object?: string
}

const pathOf = (place: string) => place.replace(/(:\d+)+$/, "")

const pathsOf = (place: string | undefined) => place === undefined ? [] : place.split(" and ").map(pathOf)

export const told = (status: Status): ReadonlyArray<Told> => [
  ...status.kinds.flatMap(({ kind, troubles }) =>
    troubles.map(({ message, object, place, state }) => ({
      line: `${state}: ${kind} ${object}${place === undefined ? "" : ` (${place})`}: ${message}`,
      paths: pathsOf(place),
      object: `${kind.toLowerCase().split(".")[0]}/${object.replace(`${namespace}/`, "")}`
    }))
  ),
  ...status.unserved.map(({ manifests, message, place }) => ({
    line: `${message} (${counted(manifests, "manifest")}, first ${place})`,
    paths: pathsOf(place)
  })),
  ...status.problems.map(({ message, place }) => ({ line: `${place}: ${message}`, paths: pathsOf(place) })),
  ...status.passedOver.map(({ path, reason }) => ({ line: `${path}: ${reason}`, paths: [path] }))
]

/** What is said of the files that a commit got wrong. */
export const toldOf = (status: Status, { bad }: BadInput): ReadonlyArray<string> => {
  const changed = Object.keys(bad)
  const concerns = (path: string) => changed.some((it) => it === path || it.startsWith(`${path}/`))
  return told(status).filter(({ paths }) => paths.some(concerns)).map(({ line }) => line)
}

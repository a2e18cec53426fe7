/**
 * Whether an object is really gone for good, and so its manifest may go too: the API server says so of just this object, and neither its
 * definition nor its namespace went with it. Whatever can't be found out proves nothing.
 */
import { Effect } from "effect"
import type { RequestFailure } from "../../kubernetes/ApiError.ts"
import type { ServedKind } from "../../kubernetes/Discovery.ts"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import { Writer, type WriteTarget } from "../../kubernetes/Writer.ts"
import { isObject } from "../../manifest/ServerFields.ts"

export type Proof =
  /** `with`: its namespace, if that is gone too. */
  | { readonly _tag: "Gone"; readonly with: string | undefined }
  /** It is there. */
  | { readonly _tag: "Present" }
  /** Perhaps later; why. */
  | { readonly _tag: "Unproved"; readonly reason: string }

const unproved = (reason: string): Proof => ({ _tag: "Unproved", reason })

const definitionTarget = ({ group, plural }: ServedKind): WriteTarget => ({
  kind: { group: "apiextensions.k8s.io", plural: "customresourcedefinitions" },
  version: "v1",
  namespace: "",
  name: `${plural}.${group}`
})

/** Groups of the API server itself are registered without a service. */
const registrationTarget = ({ group }: ServedKind, version: string): WriteTarget => ({
  kind: { group: "apiregistration.k8s.io", plural: "apiservices" },
  version: "v1",
  namespace: "",
  name: `${version}.${group}`
})

const namespaceTarget = (name: string): WriteTarget => ({
  kind: { group: "", plural: "namespaces" },
  version: "v1",
  namespace: "",
  name
})

/** `undefined`: there is none. */
const look = Effect.fnUntraced(function*(target: WriteTarget) {
  const writer = yield* Writer
  return yield* writer.get(target).pipe(
    Effect.map((object): KubernetesObject | undefined => object),
    Effect.catchTag("ObjectNotFound", () => Effect.undefined)
  )
})

const isGoing = ({ metadata }: KubernetesObject) => metadata.deletionTimestamp !== undefined

const isAggregated = (registration: KubernetesObject | undefined) =>
  registration === undefined || (isObject(registration["spec"]) && isObject(registration["spec"]["service"]))

/** Why what is missing of this kind proves nothing, or `undefined`. */
const kindProblem = Effect.fnUntraced(function*(kind: ServedKind, version: string, known: string | undefined) {
  if (kind.group === "") return undefined
  const definition = yield* look(definitionTarget(kind))
  const name = `${kind.plural}.${kind.group}`
  if (definition === undefined) {
    if (known !== undefined) return `its definition ${name} is gone, and it may have gone with it`
    return isAggregated(yield* look(registrationTarget(kind, version)))
      ? `${kind.group} is served by an aggregated API server, whose answers prove no deletion`
      : undefined
  }
  if (isGoing(definition)) return `its definition ${name} is being deleted, and it may have gone with it`
  return definition.metadata.uid === known
    ? undefined
    : `its definition ${name} was made anew, and it may have gone with the old one`
})

/**
 * @param target The object, in a version that is served.
 * @param definition UID of the CustomResourceDefinition under which it was seen.
 */
export const prove = Effect.fn("RemovalProof.prove")(
  function*(
    kind: ServedKind,
    target: WriteTarget,
    definition: string | undefined
  ): Effect.fn.Return<Proof, RequestFailure, Writer> {
    // The object first: what is still as it was after it was missing has not taken it along.
    if ((yield* look(target)) !== undefined) return { _tag: "Present" }
    const problem = yield* kindProblem(kind, target.version, definition)
    if (problem !== undefined) return unproved(problem)
    if (target.namespace === "") return { _tag: "Gone", with: undefined }
    const namespace = yield* look(namespaceTarget(target.namespace))
    if (namespace !== undefined && isGoing(namespace))
      return unproved(`its namespace ${target.namespace} is being deleted, and it went with it`)
    return { _tag: "Gone", with: namespace === undefined ? target.namespace : undefined }
  }
)

/** A field of a document, as it stands on either side. Pure. */
import type { Value } from "../../../kubernetes/fields/JsonValue.ts"
import { field, type FieldPath, type Step } from "../../../manifest/FieldPath.ts"
import type { FieldScope } from "../../../manifest/FieldScope.ts"
import { type FieldType, typeAt, unknown } from "../../../manifest/FieldType.ts"
import type { JsonObject } from "../../../manifest/Manifest.ts"
import { isObject } from "../../../manifest/ServerFields.ts"

/** A document on both sides. */
export interface Sides {
  /** The manifest as written. */
  readonly git: JsonObject
  /** Its portable form: what it leaves out of the manifest is left as it stands. */
  readonly gitPortable: JsonObject
  /** The portable form of the live object. */
  readonly live: JsonObject
  /** What of it a person or tool has set; no list is empty in it that has items in `live`. */
  readonly authored: JsonObject
  readonly type: FieldType
  /** The fields that the cluster decides. */
  readonly scope: FieldScope
}

/** `null` is as good as nothing, but for `written`. */
export interface Spot {
  readonly path: FieldPath
  /** In the manifest as written. */
  readonly written: Value
  /** In its portable form. */
  readonly git: Value
  readonly live: Value
  /** What Git shall have of the live value where it has nothing: what somebody set, or all of it where a filter asks for the field. */
  readonly wanted: Value
  /** `undefined`: the schema knows no such field, and none is live. */
  readonly type: FieldType | undefined
  readonly scope: FieldScope
}

export const rootOf = ({ authored, git, gitPortable, live, scope, type }: Sides): Spot => ({
  path: [],
  written: git,
  git: gitPortable,
  live,
  wanted: scope.includes ? authored : undefined,
  type,
  scope
})

const present = (value: Value): Value => value ?? undefined

/** One step down, to these values. */
export const down = (
  spot: Spot,
  step: Step,
  values: Pick<Spot, "git" | "live" | "wanted" | "written">
): Spot => {
  const scope = spot.scope.at(step)
  // Where the scope begins below other people's fields, a filter names the field.
  const named = scope.includes && !spot.scope.includes
  const known = spot.type === undefined ? undefined : typeAt(spot.type, step)
  return {
    path: [...spot.path, step],
    written: values.written,
    git: present(values.git),
    live: present(values.live),
    wanted: present(named ? values.live : values.wanted),
    type: known ?? (present(values.live) === undefined ? undefined : unknown),
    scope
  }
}

const at = (value: Value, name: string): Value =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined

const identity: ReadonlySet<string> = new Set(["apiVersion", "kind", "status"])
const identityInMetadata: ReadonlySet<string> = new Set(["generateName", "name", "namespace"])

/** What says which object it is, and the status: nobody's to change. */
const isIdentity = (path: FieldPath, name: string): boolean => {
  if (path.length === 0) return identity.has(name)
  const [first] = path
  return path.length === 1 && first?._tag === "Field" && first.name === "metadata" && identityInMetadata.has(name)
}

const namesIn = (value: Value): ReadonlyArray<string> => isObject(value) ? Object.keys(value) : []

/** The fields of a map, Git's first. */
export const fieldsOf = (spot: Spot, without: ReadonlyArray<string> = []): ReadonlyArray<Spot> =>
  [...new Set([...namesIn(spot.git), ...namesIn(spot.live)])]
    .filter((name) => !without.includes(name) && !isIdentity(spot.path, name))
    .map((name) =>
      down(spot, field(name), {
        written: at(spot.written, name),
        git: at(spot.git, name),
        live: at(spot.live, name),
        wanted: at(spot.wanted, name)
      })
    )

const isMapOrNothing = (value: Value) => value === undefined || isObject(value)

/** Whether it is a map, on the sides that have it, whose fields are owned one by one. */
export const isFieldwise = ({ git, live, type }: Spot): boolean =>
  type?._tag !== "Atomic" && type?._tag !== "Scalar" && isMapOrNothing(git) && isMapOrNothing(live) &&
  !(git === undefined && live === undefined)

/** Whether everything here, and below, is in scope. */
export const isAllInScope = ({ scope }: Spot): boolean => scope.isUniform && scope.includes

/** Whether nothing here, nor below, is in scope. */
export const isOutOfScope = ({ scope }: Spot): boolean => scope.isUniform && !scope.includes

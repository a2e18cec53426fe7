/** What is not tried by dry runs, since they can't tell about it, or since nobody would leave it out. Data. */
import type { GroupKind } from "../../manifest/ObjectKey.ts"
import { kindId } from "../../manifest/ObjectKey.ts"
import type { Leaf } from "./Leaf.ts"

/** Kinds whose objects can't be tried: their name says what is in them, or they must not be sent anywhere. */
const kinds: ReadonlySet<string> = new Set([
  kindId({ group: "", kind: "Secret" }),
  kindId({ group: "apiextensions.k8s.io", kind: "CustomResourceDefinition" }),
  kindId({ group: "apiregistration.k8s.io", kind: "APIService" })
])

/** Values that only one object of the cluster can have: the server would refuse them, or think of others. */
const unique: ReadonlyMap<string, ReadonlyArray<string>> = new Map([
  [
    kindId({ group: "", kind: "Service" }),
    ["/spec/ports/*/nodePort", "/spec/healthCheckNodePort"]
  ]
])

/** Defaults that say more than their absence does. */
const telling = /\/volumes\/\*\/emptyDir$/

export const isTelling = ({ general }: Leaf): boolean => telling.test(general)

export const canBeTried = (kind: GroupKind): boolean => !kinds.has(kindId(kind))

export const isUnique = (kind: GroupKind) => {
  const fields = unique.get(kindId(kind))
  return ({ general }: Leaf): boolean => fields?.includes(general) === true
}

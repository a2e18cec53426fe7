// Random things that the record knows of objects.
import * as fc from "fast-check"
import { grantMarks } from "../../src/coordination/GrantEntry.ts"
import * as ObjectMap from "../../src/coordination/ObjectMap.ts"
import type { Objects } from "../../src/coordination/Shards.ts"

const kind = fc.constantFrom("ConfigMap", "Deployment.apps", "Role.rbac.authorization.k8s.io")
const id = fc.stringMatching(/^([a-z0-9-]{1,8}\/)?[a-z0-9:.-]{1,20}$/)
const digest = fc.stringMatching(/^[A-Za-z0-9_-]{22}$/)

const mapOf = <V>(value: fc.Arbitrary<V>): fc.Arbitrary<ObjectMap.ObjectMap<V>> =>
  fc.array(fc.tuple(kind, fc.array(fc.tuple(id, value), { maxLength: 20 })), { maxLength: 6 }).map((entries) =>
    entries.reduce<ObjectMap.ObjectMap<V>>(
      (map, [of, some]) => ObjectMap.widen(map, of, some, () => false),
      ObjectMap.empty
    )
  )

const synced = fc.record(
  { payload: digest, owned: digest, path: fc.string({ minLength: 1 }) },
  { noNullPrototype: true, requiredKeys: ["payload", "owned"] }
)

const fields = fc.record(
  { fields: fc.string({ minLength: 1 }), expected: fc.string({ minLength: 1 }) },
  { noNullPrototype: true, requiredKeys: ["fields"] }
)
const mirrored = fc.tuple(digest, digest, fc.option(fields, { nil: {} }))
  .map(([document, live, fields]) => ({ document, live, ...fields }))

const grant = fc.tuple(fc.constantFrom(...grantMarks), digest, fc.integer({ min: 0, max: 4_000_000_000_000 }))
  .map(([mark, basis, at]) => ({ mark, basis, at }))

export const objects: fc.Arbitrary<Objects> = fc.record({
  inventory: mapOf(fc.option(synced, { nil: undefined })),
  seen: mapOf(fc.option(mirrored, { nil: undefined })),
  removals: mapOf(grant),
  deletions: mapOf(grant)
}, { noNullPrototype: true })

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => a < b ? -1 : 1

/** To be compared, whatever the order in which it came about. */
export const plain = <V>(map: ObjectMap.ObjectMap<V>) =>
  [...map].filter(([, entries]) => entries.size > 0).map(([of, entries]) =>
    [of, [...entries].toSorted(byName)] as const
  )
    .toSorted(byName)

/** Looks at one object from all sides: its manifest, the live object, the rules, its schema, the record. */
import { Effect, Option } from "effect"
import { isStranger } from "../coordination/Record.ts"
import * as ObjectStore from "../git/objects/ObjectStore.ts"
import { whole } from "../kind/applying/Payload.ts"
import { KindOptions } from "../kind/KindOptions.ts"
import { versionOf } from "../kind/Roster.ts"
import type { ServedKind } from "../kubernetes/Discovery.ts"
import { type Claim, claims } from "../manifest/Claims.ts"
import type { FieldPath } from "../manifest/FieldPath.ts"
import { type FieldType, unknown } from "../manifest/FieldType.ts"
import { formatPlace, type ManifestRef } from "../manifest/Manifest.ts"
import { type GroupKind, kindId, objectId } from "../manifest/ObjectKey.ts"
import { placeOfField } from "../manifest/Position.ts"
import type { KindNames } from "../rules/Ruleset.ts"
import * as Ruleset from "../rules/Ruleset.ts"
import { goesToGit } from "./goesToGit.ts"
import type { ObjectView } from "./ObjectView.ts"
import { serverPath } from "./serverPath.ts"
import { Survey } from "./Survey.ts"

export interface Named {
  /** Of a kind that the cluster doesn't serve, only what the manifest says is known. */
  readonly kind: ServedKind | GroupKind
  readonly namespace: string
  readonly name: string
}

const isServed = (kind: ServedKind | GroupKind): kind is ServedKind => "versions" in kind

const namesOf = (kind: ServedKind | GroupKind): KindNames =>
  isServed(kind) ? kind : { ...kind, plural: "", singular: "", shortNames: [] }

const refsOf = (claim: Claim | undefined): ReadonlyArray<ManifestRef> =>
  claim === undefined ? [] : claim._tag === "Declared" ? [claim.ref] : claim.refs

/** What can't be read any more has no place. */
const placesIn = Effect.fnUntraced(function*({ blob, manifest, path }: ManifestRef) {
  const survey = yield* Survey
  const source = yield* survey.files([path])
  const bytes = yield* Effect.option(ObjectStore.read(source, blob, "blob"))
  return (field: FieldPath): string | undefined => {
    const place = Option.isNone(bytes) ? undefined : placeOfField(bytes.value, manifest.position, serverPath(field))
    return place === undefined ? undefined : formatPlace({ path, line: place.line })
  }
})

export const viewObject = Effect.fn("viewObject")(function*({ kind, name, namespace }: Named) {
  const survey = yield* Survey
  const { defaultNamespace } = yield* KindOptions
  const gaps: Array<string> = []
  const orGap = <A>(otherwise: A, what: string) => ({ message }: { readonly message: string }) =>
    Effect.sync(() => {
      gaps.push(`${what}: ${message}`)
      return otherwise
    })

  const served = isServed(kind) ? kind : undefined
  const id = objectId(namespace, name)
  const ofKind = survey.tip.index.kinds.get(kindId(kind)) ?? []
  const claim = claims(ofKind, served?.namespaced, defaultNamespace).get(id)
  const refs = refsOf(claim)
  const ref = refs.length === 1 ? refs[0] : undefined
  const version = (served === undefined ? undefined : versionOf(served, ofKind) ?? served.versions[0]?.version) ??
    ref?.manifest.version ?? ""
  const manifest = ref === undefined ? undefined : yield* survey.manifest(ref)
  const placeOf = ref === undefined ? () => undefined : yield* placesIn(ref)
  const git = manifest === undefined ? undefined : whole(manifest, { namespace, applySet: undefined })
  const isKept = served?.versions.some((it) => it.version === version && it.verbs.has("get")) === true
  const live = served !== undefined && isKept ? yield* survey.live(served, version, namespace, name) : undefined
  const type = served === undefined ? unknown : yield* survey.typeOf(kind, version).pipe(
    Effect.catch(orGap<FieldType>(unknown, "The schema of this kind could not be read, so lists count as one field"))
  )
  const record = yield* survey.record.pipe(
    Effect.catch(orGap(undefined, "What the controller recorded could not be read"))
  )
  const subject = { namespace, name, git: ref?.manifest.labels, live: live?.metadata.labels }
  const names = namesOf(kind)
  const key = { group: kind.group, kind: kind.kind, namespace, name }
  const ownership = Ruleset.ownership(Ruleset.forKind(survey.ruleset, names), subject)
  const shown = record?.seen.get(kindId(kind))
  const toGit = served === undefined ? undefined : yield* goesToGit({
    key,
    kind: served,
    version,
    claim,
    live,
    ownership,
    isSeen: shown?.has(id) === true,
    isFirstContact: record === undefined || isStranger(record.head),
    last: shown?.get(id)
  }).pipe(Effect.catch(orGap(undefined, "What goes to Git could not be found out")))
  return {
    key,
    kind: names,
    served,
    version,
    type,
    refs,
    git,
    live,
    ruleset: survey.ruleset,
    subject,
    ownership,
    synced: record?.inventory.get(kindId(kind))?.get(id),
    toGit,
    placeOf,
    gaps
  } satisfies ObjectView
})

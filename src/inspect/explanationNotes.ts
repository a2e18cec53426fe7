/** What has to be said of an object as a whole, where it is not as one would think. Pure. */
import { refusal } from "../kind/applying/Payload.ts"
import { memberLabel } from "../kind/ApplySet.ts"
import { gitRules, isWhollyGits, ownsLifecycle } from "../kind/GitScope.ts"
import { mirrorRules } from "../kind/mirroring/MirrorScope.ts"
import { modeOf } from "../kind/Roster.ts"
import { entriesOf } from "../kubernetes/fields/ManagedFields.ts"
import { counted } from "../manifest/counted.ts"
import { formatPlace } from "../manifest/Manifest.ts"
import { kindId } from "../manifest/ObjectKey.ts"
import { isPaused, pauseAnnotation } from "../manifest/PauseAnnotation.ts"
import { quoted } from "../manifest/quoted.ts"
import { checkFilter } from "../rules/checkFilter.ts"
import { neverSynced } from "../rules/KindScope.ts"
import type { Circumstances } from "./Circumstances.ts"
import type { Row } from "./Matrix.ts"
import type { ObjectView } from "./ObjectView.ts"

type Note = (view: ObjectView, circumstances: Circumstances, rows: ReadonlyArray<Row>) => ReadonlyArray<string>

const unserved: Note = ({ key, served }) =>
  served === undefined
    ? [`The cluster does not serve ${kindId(key)}: it waits until its CustomResourceDefinition is there.`]
    : []

const contested: Note = ({ refs }) =>
  refs.length > 1
    ? [`${refs.length} manifests describe it, so none is applied or changed, and none is shown here; keep one of them.`]
    : []

const leftAlone: Note = ({ git, key, kind, ownership: { filtered, lifecycle } }, { stateNamespace }) => {
  const never = neverSynced(kindId(key), key.namespace, key.name, { stateNamespace })
  if (never !== undefined) return [`It is never synced, whatever a rule says: ${never}.`]
  const refused = git === undefined ? undefined : refusal(kindId(kind), git)
  if (refused !== undefined) return [`It is refused: ${refused}.`]
  return lifecycle === undefined && filtered.length === 0
    ? ["No rule claims it, so it is left alone, on either side."]
    : []
}

const paused: Note = ({ live, refs: [ref] }) => {
  const where = isPaused(live?.metadata.annotations)
    ? "object"
    : ref?.manifest.isPaused === true
    ? "manifest"
    : undefined
  return where === undefined
    ? []
    : [
      `It is paused: the annotation ${pauseAnnotation} on the ${where} asks to leave it alone, whatever is said above.`
    ]
}

const suspended: Note = ({ ownership: { filtered, lifecycle } }) =>
  [...filtered, ...lifecycle === undefined ? [] : [lifecycle]].filter(({ suspend }) => suspend).map(({ index }) =>
    `Rule ${index + 1} is suspended: it keeps its fields and touches nothing.`
  )

const controlled: Note = ({ live, ownership }) => {
  const owner = live?.metadata.ownerReferences?.find(({ controller }) => controller === true)
  const [rule] = gitRules(ownership)
  const [mirror] = mirrorRules(ownership)
  if (owner === undefined) return []
  const controller = `${owner.kind} ${owner.name} controls it`
  return [
    ...rule === undefined || rule.resources.length > 0 ? [] : [
      `${controller} and would undo what Git says, so it is left alone; name its resource in a rule to apply it all the same.`
    ],
    ...mirror === undefined || mirror.resources.length > 0 ? [] : [
      `${controller} and makes it again by itself, so it isn't written to Git; name its resource in a rule to write it all the same.`
    ]
  ]
}

const createdOnly: Note = ({ key, ownership }) =>
  modeOf(kindId(key)) === "create" && ownsLifecycle(ownership)
    ? ["It is a record: created when it is absent, and never applied over."]
    : []

const ownerUnknown: Note = ({ live }) =>
  live !== undefined && entriesOf(live).length === 0
    ? ["Somebody took its managedFields away, so nobody knows who owns which field; nothing is released or removed."]
    : []

const unknownType: Note = ({ key, served, type, version }) =>
  served !== undefined && type._tag === "Unknown"
    ? [`The API server has no schema of ${kindId(key)} in version ${version}, so a list counts as one field.`]
    : []

const unfitFilters: Note = ({ kind, ownership, type }, { file }) => {
  const holdsUp = gitRules(ownership).length > 0 && !isWhollyGits(ownership)
  return ownership.filtered.flatMap((rule) =>
    rule.filters.flatMap((filter, index) => {
      const problem = checkFilter(filter, type)
      if (problem === undefined) return []
      const { column, line } = rule.places.filters[index] ?? rule.place
      const what = `${quoted(filter.text)} does not fit ${kindId(kind)}: ${problem.message}`
      // One for a field that isn't there takes nothing, and holds up nothing
      const so = holdsUp && problem._tag === "Unfit"
        ? "; so nothing of this object is applied until that is mended"
        : ""
      return [`${formatPlace({ path: file, line, column })}: ${what}${so}`]
    })
  )
}

const leaving: Note = ({ git, live, ownership, refs }, { applySet, fieldManager }, rows) => {
  const released = rows.filter(({ standing }) => standing === "toBeReleased").reduce((sum, row) => sum + row.fields, 0)
  const isMember = live?.metadata.labels?.[memberLabel] === applySet
  return [
    ...live?.metadata.deletionTimestamp === undefined ? [] : ["It is being deleted."],
    ...git === undefined && refs.length === 0 && isMember && ownsLifecycle(ownership)
      ? [
        "The controller made it and Git holds it no longer: it is deleted once that is proved and granted; status and plan say what stands in the way."
      ]
      : [],
    ...released === 0
      ? []
      : [
        `The field manager ${fieldManager} still holds ${counted(released, "field")} that no rule gives to Git: ${
          released === 1 ? "it" : "they"
        } will be released, with the live value kept.`
      ]
  ]
}

const all: ReadonlyArray<Note> = [
  unserved,
  contested,
  leftAlone,
  paused,
  suspended,
  controlled,
  createdOnly,
  ownerUnknown,
  unknownType,
  unfitFilters,
  leaving,
  ({ toGit }) => toGit?.notes ?? [],
  ({ gaps }) => gaps
]

export const notesOn: Note = (...given) => all.flatMap((note) => note(...given))

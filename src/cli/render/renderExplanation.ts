/** Explanations as tables for a terminal. Pure. */
import type { ExplainedField, Explanation, Owner, RulePlace } from "../../inspect/Explanation.ts"
import type { FieldStanding } from "../../inspect/FieldStanding.ts"
import { aligned } from "../../manifest/aligned.ts"
import { encodeJson } from "../../manifest/JsonText.ts"
import type { Json } from "../../manifest/Manifest.ts"
import { objectId } from "../../manifest/ObjectKey.ts"

const standings: Readonly<Record<FieldStanding, string>> = {
  inStep: "in step",
  inStepAsWritten: "in step (as the server writes it)",
  changedByServer: "in step, but the server changes this value",
  differs: "differs: the cluster follows",
  missing: "missing: the cluster follows",
  toBeCreated: "to be created",
  noObject: "waits for the object",
  toBeRemoved: "to be removed",
  notInGit: "not in Git: left alone",
  toBeReleased: "to be released",
  toBeSeeded: "sent once, then left alone",
  toBeWritten: "differs: Git follows",
  toBeTakenOut: "gone from the cluster: Git follows",
  notWritten: "a default or the cluster's own: not written",
  onlyInGit: "only in Git: left alone",
  conflict: "changed on both sides: held",
  leftAlone: "left alone",
  unclaimed: "no rule claims it: left alone",
  suspended: "suspended: left alone",
  ownLabel: "the controller's label"
}

const longest = 26

/** Texts that can't be taken for anything else need no quotes. */
const isPlain = (text: string) => /^[A-Za-z][\w.:/@+-]*$/.test(text) && !/^(?:true|false|null)$/.test(text)

const shown = (value: Json | undefined, hidden: boolean): string => {
  if (hidden) return "hidden"
  if (value === undefined) return "-"
  const text = typeof value === "string" && isPlain(value) ? value : encodeJson(value)
  return text.length > longest ? `${text.slice(0, longest - 3)}...` : text
}

const ruleText = (rule: RulePlace | undefined) => rule === undefined ? "-" : `${rule.number} ${rule.place}`

const managersText = (managers: ExplainedField["managers"]) =>
  managers.length === 0 ?
    "-" :
    managers.map(({ manager, operation, subresource }) =>
      `${manager} (${operation}${subresource === undefined ? "" : ` of ${subresource}`})`
    ).join(", ")

const owners: Readonly<Record<Owner, string>> = {
  Git: "Git",
  cluster: "the cluster",
  both: "both",
  nobody: "nobody",
  unclaimed: "-"
}

const columns = ["FIELD", "OWNER", "RULE", "LIVE", "GIT", "PLACE IN GIT", "STATE", "FIELD MANAGERS"] as const

const cells = (field: ExplainedField): ReadonlyArray<string> => [
  field.fields === 1 ? field.path : `${field.path} (${field.fields} fields)`,
  owners[field.owner],
  ruleText(field.rule),
  shown(field.live, field.hidden === true),
  shown(field.git, field.hidden === true),
  field.place ?? "-",
  standings[field.standing],
  managersText(field.managers)
]

const lives: Readonly<Record<"Git" | "cluster" | "both", string>> = {
  Git: "",
  cluster: ": a manifest is made for it, and goes with it",
  both: ": made on the other side when one has it"
}

const lifecycleText = ({ creates, owner, rule, writes }: Explanation["lifecycle"]): string => {
  if (owner === "unclaimed" || rule === undefined) return "no rule claims it whole: it is never created or deleted"
  const by = `rule ${rule.number} (${rule.place})`
  if (owner === "nobody") return `nobody, ${by}: it is never created or deleted`
  return `${owners[owner]}, ${by}${creates || writes ? lives[owner] : ", which is suspended"}`
}

const manifestText = ({ manifests, source }: Explanation) => {
  if (manifests.length === 0) return `none (${source})`
  const places = manifests.join(" and ")
  return places.startsWith(`${source}:`) ? places : `${places} (${source})`
}

const section = (title: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)]

/** Lines without the last line break. */
export const renderExplanation = (it: Explanation): string =>
  [
    `${it.kind} ${objectId(it.namespace, it.name)}${it.isLive ? "" : ", which is not in the cluster"}`,
    `manifest   ${manifestText(it)}`,
    `lifecycle  ${lifecycleText(it.lifecycle)}`,
    ...it.fields.length === 0 ? [] : ["", ...aligned([columns, ...it.fields.map(cells)])],
    ...section("Notes:", it.notes),
    ...section(
      "Rules that have nothing to say of it:",
      it.unmatched.map((rule) => `${rule.number} ${rule.place}: ${rule.reason}`)
    )
  ].join("\n")

/** Which rights are there and which are missing, as a table for people. Pure. */
import { aligned } from "../../manifest/aligned.ts"
import { inOrder, nameOf, type Right } from "./Right.ts"

const sameTarget = (a: Right, b: Right) =>
  a.namespace === b.namespace && a.group === b.group && a.resource === b.resource && a.name === b.name

/**
 * A row for each resource of which something is missing, a column for each verb that is needed of one of them: `yes`, `MISSING`,
 * or `-` where it isn't needed. Without the last line break.
 */
export const permissionTable = (needed: ReadonlyArray<Right>, missing: ReadonlyArray<Right>): string => {
  const rows = missing.map((lacking) => ({
    lacking,
    needs: needed.find((right) => sameTarget(right, lacking))?.verbs ?? lacking.verbs
  }))
  const verbs = inOrder(rows.flatMap(({ needs }) => needs))
  const cells = rows.map(({ lacking, needs }) => [
    lacking.name === undefined ? nameOf(lacking) : `${nameOf(lacking)} ${lacking.name}`,
    lacking.namespace === "" ? "(all)" : lacking.namespace,
    ...verbs.map((verb) => needs.includes(verb) ? lacking.verbs.includes(verb) ? "MISSING" : "yes" : "-")
  ])
  return aligned([["RESOURCE", "NAMESPACE", ...verbs.map((verb) => verb.toUpperCase())], ...cells]).join("\n")
}

/** What a schema complains about, flat: each complaint with the path of the value it is about. */
import type { SchemaAST, SchemaIssue } from "effect"
import type { Path } from "./ConfigText.ts"

/** A reason, and where in the values: not yet a sentence. */
export type Finding =
  | { readonly kind: "unknown"; readonly path: Path; readonly known: ReadonlyArray<string> }
  | { readonly kind: "missing"; readonly path: Path; readonly ast: SchemaAST.AST | undefined }
  | { readonly kind: "type"; readonly path: Path; readonly ast: SchemaAST.AST }
  | { readonly kind: "value"; readonly path: Path; readonly reason: string }

const keysOf = (ast: SchemaAST.AST) =>
  ast._tag === "Objects" ? ast.propertySignatures.map(({ name }) => String(name)) : []

const valueAst = (ast: SchemaAST.AST | undefined, key: PropertyKey | undefined) =>
  ast?._tag === "Objects" ? ast.propertySignatures.find(({ name }) => name === key)?.type : undefined

const walk = (
  issue: SchemaIssue.Issue,
  path: Path,
  parent: SchemaAST.AST | undefined,
  reason: string | undefined
): ReadonlyArray<Finding> => {
  switch (issue._tag) {
    case "Pointer":
      return walk(issue.issue, [...path, ...issue.path], parent, reason)
    case "Composite":
      return issue.issues.flatMap((inner) => walk(inner, path, issue.ast, reason))
    case "Encoding":
      return walk(issue.issue, path, parent, reason)
    case "Filter":
      return walk(issue.issue, path, parent, issue.filter.annotations?.message)
    case "UnexpectedKey":
      return [{ kind: "unknown", path, known: keysOf(issue.ast) }]
    case "MissingKey":
      return [{ kind: "missing", path, ast: valueAst(parent, path.at(-1)) }]
    case "InvalidType":
    case "AnyOf":
    case "OneOf":
      return [{ kind: "type", path, ast: issue.ast }]
    case "InvalidValue":
    case "Forbidden":
      return [{ kind: "value", path, reason: issue.annotations?.message ?? reason ?? "it isn't allowed" }]
  }
}

export const findings = (issue: SchemaIssue.Issue): ReadonlyArray<Finding> => walk(issue, [], undefined, undefined)

/** The text of a configuration file, checked as a whole, so that a person sees every mistake in it at once. */
import { Result, Schema, type SchemaIssue } from "effect"
import { ConfigInvalid, type Mistake } from "./ConfigInvalid.ts"
import { type ConfigInFile, ConfigSchema } from "./ConfigSchema.ts"
import * as ConfigText from "./ConfigText.ts"
import * as RepositoryUrl from "./RepositoryUrl.ts"
import { describe } from "./SchemaMistakes.ts"

export interface CheckedFile {
  readonly content: ConfigInFile
  /** From the command line, else from the file. */
  readonly gitUrl: string
  readonly placeOf: ConfigText.ConfigText["placeOf"]
  readonly keyPlaceOf: ConfigText.ConfigText["keyPlaceOf"]
}

const decode = Schema.decodeUnknownResult(ConfigSchema, { errors: "all", onExcessProperty: "error" })

const onCommandLine = (gitUrl: string | undefined): ReadonlyArray<Mistake> => {
  const problem = gitUrl === undefined ? undefined : RepositoryUrl.problem(gitUrl)
  return gitUrl === undefined || problem === undefined
    ? []
    : [{
      file: "command line",
      message: `the repository is ${JSON.stringify(RepositoryUrl.withoutCredentials(gitUrl))}; ${problem}`
    }]
}

const isMap = (data: unknown): data is object => typeof data === "object" && data !== null && !Array.isArray(data)

const noRepository = (text: ConfigText.ConfigText, gitUrl: string | undefined): ReadonlyArray<ConfigText.Located> =>
  gitUrl === undefined && isMap(text.data) && !Object.hasOwn(text.data, "gitUrl")
    ? [{
      ...text.placeOf([]),
      message:
        "no repository: write \"gitUrl: https://host/path\" into this file, or give the URL on the command line: " +
        "gitops-controller [run | validate] https://host/path"
    }]
    : []

const byPlace = (left: Mistake, right: Mistake) =>
  (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0)

/** Mistakes with the name of their file, in its order. */
export const inFile = (file: string, mistakes: ReadonlyArray<ConfigText.Located>): ReadonlyArray<Mistake> =>
  mistakes.map((mistake) => ({ file, ...mistake })).sort(byPlace)

const allMistakes = (
  file: string,
  text: ConfigText.ConfigText,
  issue: SchemaIssue.Issue | undefined,
  gitUrl: string | undefined
): ReadonlyArray<Mistake> => {
  const schema = issue === undefined ? [] : describe(issue, text)
  return [
    ...inFile(file, [...text.mistakes, ...schema.map(({ mistake }) => mistake), ...noRepository(text, gitUrl)]),
    ...onCommandLine(gitUrl)
  ]
}

/** Checks a whole file, and the URL that was given beside it. */
export const check = (
  file: string,
  written: string,
  gitUrl: string | undefined
): Result.Result<CheckedFile, ConfigInvalid> => {
  const parsed = ConfigText.parse(written)
  if (Result.isFailure(parsed))
    return Result.fail(new ConfigInvalid({ mistakes: [...inFile(file, parsed.failure), ...onCommandLine(gitUrl)] }))
  const text = parsed.success
  if (text.data === null) {
    return Result.fail(
      new ConfigInvalid({ mistakes: [{ file, message: "the file is empty; it needs at least \"rules\"" }] })
    )
  }
  const decoded = decode(text.data)
  const mistakes = allMistakes(file, text, Result.isFailure(decoded) ? decoded.failure.issue : undefined, gitUrl)
  const source = gitUrl ?? (Result.isSuccess(decoded) ? decoded.success.gitUrl : undefined)
  return Result.isFailure(decoded) || source === undefined || mistakes.length > 0
    ? Result.fail(new ConfigInvalid({ mistakes }))
    : Result.succeed({
      content: decoded.success,
      gitUrl: source,
      placeOf: text.placeOf,
      keyPlaceOf: text.keyPlaceOf
    })
}

/** The bricks that the configuration's schema is made of: fields that know what to say when they are wrong. */
import { Duration, Result, Schema, SchemaTransformation } from "effect"
import type { Selector } from "../rules/Selector.ts"
import { parse as parseSelector } from "../rules/SelectorSyntax.ts"
import * as GitPath from "./GitPath.ts"
import * as GoDuration from "./GoDuration.ts"

/** For the JSON Schema, and the page made of it: what a key means, and how it may look. */
interface About {
  readonly description: string
  readonly default?: string
  readonly examples: ReadonlyArray<string>
}

interface AboutList {
  readonly description: string
  readonly examples: readonly [ReadonlyArray<string>, ...ReadonlyArray<ReadonlyArray<string>>]
}

/** Completes the sentence `"key" is "value"; …`, or `undefined` when the value is right. */
type Problem = (text: string) => string | undefined

export const text = (about: About, problem: Problem, expected = "a text") =>
  Schema.String.annotate({ ...about, expected }).check(Schema.makeFilter(problem))

export const notEmpty = (expected: string) => (value: string) =>
  value.trim() === "" ? `it must be ${expected}` : undefined

export const oneOf = <const L extends ReadonlyArray<string>>(literals: L, about: Omit<About, "examples">) =>
  Schema.Literals(literals).annotate(about)

const repeated = (items: ReadonlyArray<string>, sameness: (item: string) => string) =>
  items.flatMap((item, index) => {
    const first = items.findIndex((other) => sameness(other) === sameness(item))
    return first < index ? [{ path: [index], issue: "it is in the list already" }] : []
  })

const written = (items: ReadonlyArray<string>) => `[${items.map((item) => item === "" ? `""` : item).join(", ")}]`

/** A list without repetitions; `sameness` says which items count as the same. */
export const list = (about: AboutList, problem: Problem, sameness = (item: string) => item) =>
  Schema.Array(Schema.String.annotate({ expected: "a text" }).check(Schema.makeFilter(problem)))
    .annotate({ ...about, expected: `a list such as ${written(about.examples[0])}` })
    .check(
      Schema.makeFilter((items: ReadonlyArray<string>) => repeated(items, sameness), {
        toJsonSchema: () => [{ uniqueItems: true }, true]
      })
    )

export const filePath = (about: About) =>
  text(
    about,
    (path) => {
      if (path === "" || path.includes("\0")) return "it must be the path of a file"
      return path.startsWith("~") ? `"~" isn't expanded: write the whole path` : undefined
    },
    "the path of a file"
  )

const day = Duration.hours(24)

/** A duration from `least` to a day. */
export const duration = (about: About, least: Duration.Duration) =>
  GoDuration.schema.pipe(Schema.annotateEncoded({ ...about })).check(Schema.makeFilter((value: Duration.Duration) => {
    if (Duration.isLessThan(value, least)) return `it must be at least ${GoDuration.format(least)}`
    return Duration.isGreaterThan(value, day) ? "it must be at most 24h" : undefined
  }))

const selectorProblem = (written: string) =>
  Result.match(parseSelector(written), { onFailure: (reason) => reason, onSuccess: () => undefined })

const isSelector = (value: unknown): value is Selector =>
  typeof value === "object" && value !== null && "requirements" in value

export const selector = (about: About) =>
  text(about, selectorProblem, `a label selector such as "app=web,tier!=cache"`).pipe(Schema.decodeTo(
    Schema.declare(isSelector),
    SchemaTransformation.transform({
      decode: (written: string) => Result.getOrThrow(parseSelector(written)),
      encode: (selector) => selector.text
    })
  ))

export const gitPath = (about: About) =>
  text(about, GitPath.problem).pipe(Schema.decodeTo(
    Schema.String,
    SchemaTransformation.transform({ decode: GitPath.normalize, encode: (path) => path })
  ))

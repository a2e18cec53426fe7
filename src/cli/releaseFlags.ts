/** The flags of `release`. */
import type { Option } from "effect"
import { Argument, Flag } from "effect/cli"
import { configFlag, contextFlag, gitUrlFlag, kubeconfigFlag } from "./flags.ts"

const all = Flag.Boolean("all").pipe(
  Flag.withDescription(
    "Everything, then the record and the Lease; the state's namespace, and what \"rbac\" made, stay"
  ),
  Flag.withDefault(false)
)

const rule = Flag.Int("rule").pipe(
  Flag.withDescription("What this rule decides about, counted from 1 as in \"status\""),
  Flag.optional
)

const object = Flag.Boolean("object").pipe(
  Flag.withDescription("One object, named after it: --object deployment shop/web"),
  Flag.withDefault(false)
)

const kind = Argument.String("kind").pipe(
  Argument.withDescription("With --object: plural, singular, Kind or short name"),
  Argument.optional
)

const name = Argument.String("name").pipe(
  Argument.withDescription("With --object: namespace/name; of an object without a namespace just its name"),
  Argument.optional
)

const yes = Flag.Boolean("yes").pipe(
  Flag.withAlias("y"),
  Flag.withDescription("Don't ask for confirmation"),
  Flag.withDefault(false)
)

const output = Flag.Literals("output", ["text", "json"]).pipe(
  Flag.withAlias("o"),
  Flag.withDescription("text for people, json for machines (with --yes)"),
  Flag.withDefault("text" as const)
)

export const releaseParameters = {
  kind,
  name,
  all,
  rule,
  object,
  yes,
  output,
  gitUrl: gitUrlFlag,
  config: configFlag,
  kubeconfig: kubeconfigFlag,
  context: contextFlag
}

export interface ReleaseFlags {
  readonly all: boolean
  readonly object: boolean
  readonly rule: Option.Option<number>
  readonly kind: Option.Option<string>
  readonly name: Option.Option<string>
  readonly yes: boolean
  readonly output: "text" | "json"
}

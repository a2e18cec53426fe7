/** Which objects somebody means who gives the flags of `release`. */
import { Effect, Option } from "effect"
import type { Config } from "../config/Config.ts"
import type { ReleaseScope } from "../coordination/ReleaseScope.ts"
import { findKind } from "../inspect/findKind.ts"
import type { Served } from "../kubernetes/Discovery.ts"
import { kindId, objectId } from "../manifest/ObjectKey.ts"
import { quoted } from "../manifest/quoted.ts"
import { CommandFailed } from "./CommandFailed.ts"
import type { ReleaseFlags } from "./releaseFlags.ts"

const failed = (message: string) => new CommandFailed({ exitCode: 1, message })

const ruleScope = Effect.fnUntraced(function*(number: number, { rules }: Config, file: string) {
  const rule = rules[number - 1]
  if (rule === undefined) {
    return yield* failed(
      `${file} has no rule ${number}: its rules are counted from 1, and there ${
        rules.length === 1 ? "is one" : `are ${rules.length}`
      }`
    )
  }
  if (rule.filters.length > 0) {
    return yield* failed(
      `rule ${number} (${file}:${rule.place.line}) has filters, so no object is its own as a whole. Suspend it or take it out: ` +
        "the controller then lets go of its fields by itself; or let go of whole objects with --object"
    )
  }
  return { _tag: "Rule", rule } satisfies ReleaseScope
})

const objectScope = Effect.fnUntraced(function*(kindName: string, name: string, config: Config, served: Served) {
  const found = findKind(kindName, served)
  if (found._tag === "Unknown") return yield* failed(found.message)
  const { kind } = found
  const [first = "", second, ...rest] = name.split("/")
  if (first === "" || second === "" || rest.length > 0)
    return yield* failed(`${quoted(name)} is no name of an object; write namespace/name, or just the name`)
  if (!kind.namespaced && second !== undefined)
    return yield* failed(`${kindId(kind)} objects are in no namespace; write just the name: ${quoted(second)}`)
  const namespace = !kind.namespaced ? "" : second === undefined ? config.namespace : first
  return { _tag: "Object", kind: kindId(kind), object: objectId(namespace, second ?? first) } satisfies ReleaseScope
})

/** Fails unless exactly one of the three is asked for, rightly. */
export const checkFlags = Effect.fnUntraced(function*({ all, kind, name, object, rule }: ReleaseFlags) {
  if ([all, object, Option.isSome(rule)].filter(Boolean).length !== 1)
    return yield* failed("say what to let go of: one of --all, --rule N, and --object KIND NAMESPACE/NAME")
  if (object !== Option.isSome(name) || object !== Option.isSome(kind))
    return yield* failed("an object is named so: gitops-controller release --object deployment shop/web")
})

/** After {@link checkFlags}. */
export const scopeOf = Effect.fnUntraced(function*(flags: ReleaseFlags, config: Config, file: string, served: Served) {
  const { kind, name, rule } = flags
  if (Option.isSome(rule)) return yield* ruleScope(rule.value, config, file)
  if (Option.isSome(kind) && Option.isSome(name)) return yield* objectScope(kind.value, name.value, config, served)
  return { _tag: "All" } satisfies ReleaseScope
})

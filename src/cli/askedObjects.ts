/** Which objects somebody asks about: one by its kind and name, or all of a file. */
import { Console, Effect, Option } from "effect"
import { exactName, findKind } from "../inspect/findKind.ts"
import type { Source } from "../inspect/Source.ts"
import { Survey } from "../inspect/Survey.ts"
import type { Named } from "../inspect/viewObject.ts"
import { KindOptions } from "../kind/KindOptions.ts"
import { kindId } from "../manifest/ObjectKey.ts"
import { CommandFailed } from "./CommandFailed.ts"

const failed = (message: string) => new CommandFailed({ exitCode: 1, message })

const oneNamed = Effect.fnUntraced(function*(kindName: string, name: string) {
  const { served } = yield* Survey
  const { defaultNamespace } = yield* KindOptions
  const found = findKind(kindName, served)
  if (found._tag === "Unknown") return yield* failed(found.message)
  const { kind, others } = found
  if (others.length > 0) {
    yield* Console.error(
      `"${kindName}" is taken for ${exactName(kind)}; for the other one write ${others.map(exactName).join(" or ")}`
    )
  }
  const parts = name.split("/")
  const [first = "", second] = parts
  if (parts.length > 2 || parts.includes(""))
    return yield* failed(`"${name}" is no name of an object; write namespace/name, or just the name`)
  if (!kind.namespaced && second !== undefined)
    return yield* failed(`${kindId(kind)} objects are in no namespace; write just the name: "${second}"`)
  const namespace = !kind.namespaced ? "" : second === undefined ? defaultNamespace : first
  return { kind, namespace, name: second ?? first } satisfies Named
})

const allInFile = Effect.gen(function*() {
  const { served, tip } = yield* Survey
  const { defaultNamespace } = yield* KindOptions
  return [...tip.index.kinds.values()].flat().map(({ manifest }): Named => {
    const kind = served.kinds.get(kindId(manifest))
    const namespace = kind?.namespaced === false
      ? ""
      : manifest.namespace ?? (kind === undefined ? "" : defaultNamespace)
    return { kind: kind ?? manifest, namespace, name: manifest.name }
  })
})

/** The one that was named, or all those of a file. */
export const askedObjects = Effect.fnUntraced(
  function*(kind: Option.Option<string>, name: Option.Option<string>, source: Source) {
    if (Option.isSome(kind) && Option.isSome(name)) return [yield* oneNamed(kind.value, name.value)]
    if (Option.isSome(kind) || source._tag !== "File") {
      return yield* failed(
        "say which object: gitops-controller explain deployment shop/web, or -f with a file of manifests"
      )
    }
    return yield* allInFile
  }
)

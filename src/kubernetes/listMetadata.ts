/** What there is of a kind, once, by its metadata alone or whole: for whoever only looks through it. */
import { Effect, Stream } from "effect"
import type { RequestFailure } from "./ApiError.ts"
import { apiPath, resourceName, withQuery } from "./ApiPath.ts"
import { ApiServer } from "./ApiServer.ts"
import type { ServedKind } from "./Discovery.ts"
import { isKubernetesObject, type KubernetesObject } from "./KubernetesObject.ts"

const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
const pageSize = 500

interface Page {
  readonly kept: ReadonlyArray<KubernetesObject>
  readonly next: string
}

const listAs = (accept: string) =>
  Effect.fnUntraced(function*(
    kind: Pick<ServedKind, "group" | "plural">,
    version: string,
    isWanted: (object: KubernetesObject) => boolean,
    namespace = ""
  ) {
    const api = yield* ApiServer
    const page = (next: string): Effect.Effect<Page, RequestFailure> =>
      api.list({
        path: withQuery(apiPath({ group: kind.group, plural: kind.plural, version, namespace }), {
          limit: pageSize,
          continue: next === "" ? undefined : next
        }),
        subject: {
          verb: "list",
          resource: resourceName(kind),
          version,
          ...namespace === "" ? {} : { namespace }
        },
        accept,
        gzip: true
      }).pipe(
        Stream.runFold((): Page => ({ kept: [], next: "" }), ({ kept, next }, part) =>
          part._tag === "End"
            ? { kept, next: typeof part.metadata["continue"] === "string" ? part.metadata["continue"] : "" }
            : { kept: [...kept, ...part.items.filter(isKubernetesObject).filter(isWanted)], next })
      )
    const found: Array<KubernetesObject> = []
    let next = ""
    do {
      const one = yield* page(next)
      found.push(...one.kept)
      next = one.next
    } while (next !== "")
    return found
  })

/** The objects that are wanted, of all namespaces unless one is named. Fails when the cluster can't be asked to the end. */
export const listMetadata = listAs(metadataOnly)

/** The same with all that they say, where that is little. */
export const listWhole = listAs("application/json")

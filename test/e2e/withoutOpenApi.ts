// A way to a test's API server on which it has no OpenAPI v3, until it is given back.
import { Effect } from "effect"
import { apiProxy } from "../cluster/ApiProxy.ts"

/** The same cluster and user, at an address of its own. Ends with its scope. */
export const withoutOpenApi = (original: string) =>
  Effect.gen(function*() {
    let hidden = true
    const refused: Array<string> = []
    const { kubeconfig } = yield* apiProxy(original, ({ url }) => {
      if (!hidden || !url.startsWith("/openapi/v3")) return undefined
      refused.push(url)
      return {
        answer: (to) => void to.writeHead(404, { "content-type": "text/plain" }).end("404 page not found\n")
      }
    })
    return {
      kubeconfig,
      /** What was asked for in vain. */
      refused: Effect.sync(() => [...refused]),
      give: Effect.sync(() => hidden = false)
    }
  })

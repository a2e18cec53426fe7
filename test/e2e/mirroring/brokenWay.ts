// A way to a test's API server that breaks answers as a bad network or a sick server does: instead of an answer an error,
// half an answer, an end in the middle. What is asked on it is asked as the kubeconfig's user.
import { Effect } from "effect"
import type { ServerResponse } from "node:http"
import { createInterface } from "node:readline"
import { apiProxy, type Meeting } from "../../cluster/ApiProxy.ts"

export type Fault =
  | { readonly _tag: "Instead"; readonly status: number; readonly body: string }
  /** So many lines of the answer; then it ends as if that were all, or its connection breaks. */
  | { readonly _tag: "Lines"; readonly count: number; readonly ending: "clean" | "broken" }
  /** So many bytes of the answer; then its connection breaks. */
  | { readonly _tag: "Bytes"; readonly count: number }
  /** Asked for at another place. */
  | { readonly _tag: "Elsewhere"; readonly url: string }

const firstLines = (from: NodeJS.ReadableStream, to: ServerResponse, fault: Fault & { readonly _tag: "Lines" }) => {
  let left = fault.count
  const lines = createInterface({ input: from })
  lines.on("line", (line) => {
    if (left-- > 0) to.write(`${line}\n`)
    else if (fault.ending === "clean") lines.close()
    else to.destroy()
  })
  lines.on("close", () => to.end())
  lines.on("error", () => to.destroy())
}

const firstBytes = (from: NodeJS.ReadableStream, to: ServerResponse, count: number) => {
  let left = count
  from.on("data", (chunk: Buffer) => {
    const part = chunk.subarray(0, left)
    left -= part.length
    to.write(part)
    if (left === 0) to.destroy()
  }).on("end", () => to.destroy())
}

const meeting = (fault: Fault): Meeting => {
  switch (fault._tag) {
    case "Instead":
      return {
        answer: (to) => void to.writeHead(fault.status, { "content-type": "application/json" }).end(fault.body)
      }
    case "Lines":
      return { pass: (from, to) => firstLines(from, to, fault) }
    case "Bytes":
      return { pass: (from, to) => firstBytes(from, to, fault.count) }
    case "Elsewhere":
      return { url: fault.url }
  }
}

/** The same cluster and user, at an address of its own. Ends with its scope. */
export const brokenWay = (original: string) =>
  Effect.gen(function*() {
    let planned: (url: string) => Fault | undefined = () => undefined
    const way = yield* apiProxy(original, ({ url }) => {
      const fault = planned(url)
      return fault === undefined ? undefined : meeting(fault)
    })
    return {
      ...way,
      /** Decides for each request from now on, by its path and query. */
      setFault: (plan: typeof planned) => Effect.sync(() => void (planned = plan))
    }
  })

import { assert, describe, it } from "@effect/vitest"
import { Effect, Logger } from "effect"
import { writeFileSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { makeOpenApiClient } from "../../../src/kubernetes/schemas/OpenApiClient.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { connected } from "../connected.ts"

/** An HTTP server that answers with these texts by path, 404 else, and notes what it was asked for. Ends with its scope. */
const serving = Effect.fnUntraced(function*(answers: Map<string, string>) {
  const asked: Array<string> = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? "")
    const answer = answers.get(request.url ?? "")
    response.writeHead(answer === undefined ? 404 : 200, {
      "content-type": answer === undefined ? "text/plain; charset=utf-8" : "application/json"
    })
    response.end(answer ?? "404 page not found\n")
  })
  yield* Effect.callback<void>((resume) => {
    server.listen(0, "127.0.0.1", () => resume(Effect.void))
  })
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      server.close()
      server.closeAllConnections()
    })
  )
  const kubeconfig = join(yield* temporaryFolder("gitops-openapi-"), "kubeconfig")
  const { port } = server.address() as AddressInfo
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      "apiVersion": "v1",
      "kind": "Config",
      "clusters": [{ name: "c", cluster: { server: `http://127.0.0.1:${port}` } }],
      "users": [{ name: "u", user: {} }],
      "contexts": [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x"
    })
  )
  return { asked, kubeconfig }
})

const index = (hash: string) =>
  JSON.stringify({ paths: { "apis/apps/v1": { serverRelativeURL: `/openapi/v3/apis/apps/v1?hash=${hash}` } } })

const document = (field: string) =>
  JSON.stringify({
    components: {
      schemas: {
        thing: {
          "type": "object",
          "properties": { [field]: { type: "string" } },
          "x-kubernetes-group-version-kind": [{ group: "apps", kind: "Thing", version: "v1" }]
        }
      }
    }
  })

const apps = "apis/apps/v1"

describe("the documents of an API server", () => {
  it.live("are asked for when they are needed, and again when they are others", () =>
    Effect.gen(function*() {
      const answers = new Map([["/openapi/v3", index("1")], [`/openapi/v3/${apps}`, document("before")]])
      const { asked, kubeconfig } = yield* serving(answers)
      yield* Effect.gen(function*() {
        const client = yield* makeOpenApiClient
        const fields = Effect.map(client.document(apps), (types) => {
          const type = types?.typeOf("Thing.apps")
          return type?._tag === "Struct" ? [...type.fields.keys()] : type
        })
        assert.deepStrictEqual(yield* client.look, [])
        assert.deepStrictEqual(asked, [], "nothing is needed yet")

        const both = yield* Effect.all([fields, fields], { concurrency: 2 })
        assert.deepStrictEqual(both, [["before"], ["before"]])
        assert.deepStrictEqual(asked, ["/openapi/v3", `/openapi/v3/${apps}`])

        assert.deepStrictEqual(yield* client.look, [])
        assert.deepStrictEqual(yield* fields, ["before"])
        assert.lengthOf(asked, 3)

        answers.set("/openapi/v3", index("2")).set(`/openapi/v3/${apps}`, document("after"))
        assert.deepStrictEqual(yield* client.look, [apps])
        assert.deepStrictEqual(yield* fields, ["after"])
        assert.deepStrictEqual(asked.slice(3), ["/openapi/v3", `/openapi/v3/${apps}`])

        answers.set("/openapi/v3", index("3")).delete(`/openapi/v3/${apps}`)
        assert.deepStrictEqual(yield* client.look, [apps])
        assert.isUndefined(yield* fields, "gone between the two requests")

        answers.set("/openapi/v3", JSON.stringify({ paths: {} }))
        assert.deepStrictEqual(yield* client.look, [apps])
        assert.isUndefined(yield* fields)
      }).pipe(Effect.provide(connected(kubeconfig)))
    }).pipe(Effect.scoped))

  it.live("are none where there is no OpenAPI v3, which is said once", () =>
    Effect.gen(function*() {
      const { kubeconfig } = yield* serving(new Map())
      const said: Array<unknown> = []
      const logger = Logger.make(({ message }) => void said.push(...[message].flat()))
      yield* Effect.gen(function*() {
        const client = yield* makeOpenApiClient
        assert.isUndefined(yield* client.document(apps))
        assert.isUndefined(yield* client.document("api/v1"))
        assert.deepStrictEqual(yield* client.look, [])
      }).pipe(Effect.provide(connected(kubeconfig)), Effect.provide(Logger.layer([logger])))
      assert.deepStrictEqual(said, [
        "The API server has no OpenAPI v3, so nothing is known of the fields of any kind: lists have one owner as a whole. " +
        "Kubernetes has it from 1.24 on."
      ])
    }).pipe(Effect.scoped))
})

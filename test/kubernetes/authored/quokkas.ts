// A custom kind whose schema has defaults: for scalars, in items of lists, in maps, and for a whole map.
import { Effect } from "effect"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"

const text = { type: "string" }

const spec: JsonObject = {
  mode: { type: "string", enum: ["Fast", "Safe"], default: "Safe" },
  limit: { "x-kubernetes-int-or-string": true, "anyOf": [{ type: "integer" }, { type: "string" }], "default": "25%" },
  size: { type: "string", default: "1Gi", pattern: "^[0-9]+(Mi|Gi)$" },
  retry: {
    type: "object",
    default: {},
    properties: { times: { type: "integer", default: 3 }, note: { type: "string", nullable: true } }
  },
  ports: {
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["port", "protocol"],
    "items": {
      type: "object",
      required: ["port"],
      properties: { port: { type: "integer" }, protocol: { type: "string", default: "TCP" }, name: text }
    }
  },
  steps: {
    type: "array",
    items: {
      type: "object",
      required: ["run"],
      properties: { run: text, timeout: { type: "integer", default: 30 } }
    }
  },
  labels: { type: "object", additionalProperties: text },
  groups: {
    type: "object",
    additionalProperties: { type: "object", properties: { weight: { type: "integer", default: 1 }, color: text } }
  },
  open: { "type": "object", "x-kubernetes-preserve-unknown-fields": true }
}

/** Serves Quokkas in a group of the namespace's own; their `apiVersion`. */
export const serveQuokkas = Effect.fnUntraced(function*(namespace: string) {
  const cluster = yield* ControlPlane
  const group = `${namespace}.example.com`
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `quokkas.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "quokkas", singular: "quokka", kind: "Quokka" },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties: spec } } } }
      }]
    }
  }
  yield* cluster.kubectlOk(["create", "-f", "-"], { stdin: JSON.stringify(definition) })
  yield* eventually(
    `the API server describes ${group}`,
    cluster.request("/openapi/v3"),
    ({ body }) => body.includes(group)
  )
  return `${group}/v1`
})

export const quokka = (apiVersion: string, namespace: string, name: string): JsonObject => ({
  apiVersion,
  kind: "Quokka",
  metadata: { name, namespace },
  spec: {
    mode: "Fast",
    ports: [{ port: 80, name: "web" }, { port: 53, protocol: "UDP" }],
    steps: [{ run: "build" }, { run: "test", timeout: 60 }],
    labels: { color: "Red" },
    groups: { one: { color: "blue" }, two: { weight: 5 } },
    open: { deep: [{ a: 1 }], nothing: {} }
  }
})

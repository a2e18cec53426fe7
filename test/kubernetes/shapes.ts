// A custom kind with every way a list or map can be owned, as a definition and as what a schema says of it.
import { Effect } from "effect"
import { atomicList, atomicMap, type FieldType, scalar, unknown, valueSet } from "../../src/manifest/FieldType.ts"
import type { JsonObject } from "../../src/manifest/Manifest.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"

const text = { type: "string" }

const spec: JsonObject = {
  text,
  more: text,
  map: { type: "object", additionalProperties: text },
  maps: { type: "object", additionalProperties: { type: "object", additionalProperties: text } },
  whole: { type: "object", "x-kubernetes-map-type": "atomic", additionalProperties: text },
  list: { type: "array", items: text },
  set: { type: "array", "x-kubernetes-list-type": "set", items: text },
  items: {
    type: "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name", "protocol"],
    items: {
      type: "object",
      required: ["name"],
      properties: {
        name: text,
        protocol: { type: "string", default: "TCP" },
        value: text,
        map: { type: "object", additionalProperties: text }
      }
    }
  },
  open: { type: "object", "x-kubernetes-preserve-unknown-fields": true }
}

const struct = (fields: Readonly<Record<string, FieldType>>, rest?: FieldType): FieldType => ({
  _tag: "Struct",
  fields: new Map(Object.entries(fields).map(([name, type]) => [name, () => type])),
  rest
})

/** What the schema says of a Shape. */
export const shapeType: FieldType = struct({
  metadata: struct({ labels: struct({}, scalar), annotations: struct({}, scalar), finalizers: valueSet }),
  spec: struct({
    text: scalar,
    more: scalar,
    map: struct({}, scalar),
    maps: struct({}, struct({}, scalar)),
    whole: atomicMap,
    list: atomicList,
    set: valueSet,
    items: {
      _tag: "KeyedList",
      keys: ["name", "protocol"],
      defaults: { protocol: "TCP" },
      item: struct({ name: scalar, protocol: scalar, value: scalar, map: struct({}, scalar) })
    },
    open: unknown
  })
})

export interface ShapeKind {
  readonly group: string
  readonly apiVersion: string
  readonly plural: "shapes"
}

/** Serves the kind in a group of the namespace's own. */
export const serveShapes = Effect.fnUntraced(function*(namespace: string) {
  const cluster = yield* ControlPlane
  const group = `${namespace}.example.com`
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `shapes.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names: { plural: "shapes", singular: "shape", kind: "Shape", listKind: "ShapeList" },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties: spec } } } }
      }]
    }
  }
  yield* cluster.kubectlOk(["create", "-f", "-"], { stdin: JSON.stringify(definition) })
  yield* cluster.kubectlOk(["wait", "--for=condition=Established", `crd/shapes.${group}`, "--timeout=30s"])
  return { group, apiVersion: `${group}/v1`, plural: "shapes" } satisfies ShapeKind
})

// CustomResourceDefinitions for tests, with and without list types in their schemas.

const withTypes = {
  ports: {
    "type": "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["port", "protocol"],
    "items": {
      type: "object",
      required: ["port"],
      properties: {
        port: { type: "integer" },
        protocol: { type: "string", default: "TCP" },
        options: { type: "object", additionalProperties: { type: "string" } }
      }
    }
  },
  tags: { "type": "array", "x-kubernetes-list-type": "set", "items": { type: "string" } },
  point: {
    "type": "object",
    "x-kubernetes-map-type": "atomic",
    "properties": { x: { type: "integer" }, y: { type: "integer" } }
  }
}

const withoutTypes = {
  ports: {
    type: "array",
    items: { type: "object", properties: { port: { type: "integer" }, protocol: { type: "string" } } }
  },
  tags: { type: "array", items: { type: "string" } },
  point: { type: "object", properties: { x: { type: "integer" }, y: { type: "integer" } } }
}

const common = {
  size: { type: "integer" },
  limit: { "x-kubernetes-int-or-string": true, "anyOf": [{ type: "integer" }, { type: "string" }] },
  settings: { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
  labels: { type: "object", additionalProperties: { type: "string" } },
  nested: { type: "object", properties: { deep: { type: "object", properties: { value: { type: "string" } } } } }
}

/** @param typed Whether its lists have types. */
export const gadgetDefinition = (plural: string, typed: boolean): string => {
  const kind = `${plural.slice(0, 1).toUpperCase()}${plural.slice(1, -1)}`
  return JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.schemas.example.com` },
    spec: {
      group: "schemas.example.com",
      scope: "Namespaced",
      names: { plural, singular: plural.slice(0, -1), kind },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec: { type: "object", properties: { ...common, ...typed ? withTypes : withoutTypes } } }
          }
        }
      }]
    }
  })
}

/** An object of such a kind that says something in every field. */
export const gadget = (kind: string, namespace: string): string =>
  JSON.stringify({
    apiVersion: "schemas.example.com/v1",
    kind,
    metadata: { name: "full", namespace, labels: { app: "x" }, annotations: { "a/b": "c" } },
    spec: {
      size: 3,
      limit: "5%",
      settings: { a: { b: [{ c: 1 }] }, d: 2 },
      labels: { one: "1" },
      nested: { deep: { value: "v" } },
      ports: [{ port: 80, ...kind === "Typed" ? { options: { fast: "yes" } } : {} }, { port: 80, protocol: "UDP" }],
      tags: ["a", "b"],
      point: { x: 1, y: 2 }
    }
  })

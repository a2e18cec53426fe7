// What the schema of a Deployment says of the fields that the generated ones have, without a server to ask.
import { atomicMap, type FieldType, scalar } from "../../src/manifest/FieldType.ts"
import type { JsonObject } from "../../src/manifest/Manifest.ts"

const struct = (fields: Readonly<Record<string, FieldType>>, rest?: FieldType): FieldType => ({
  _tag: "Struct",
  fields: new Map(Object.entries(fields).map(([name, type]) => [name, () => type])),
  rest
})

const keyed = (keys: ReadonlyArray<string>, item: FieldType, defaults: JsonObject = {}): FieldType => ({
  _tag: "KeyedList",
  keys,
  defaults,
  item
})

const texts = struct({}, scalar)
const metadata = struct({ name: scalar, namespace: scalar, labels: texts, annotations: texts })

const container = struct({
  name: scalar,
  image: scalar,
  ports: keyed(["containerPort", "protocol"], struct({ containerPort: scalar, name: scalar, protocol: scalar }), {
    protocol: "TCP"
  }),
  env: keyed(["name"], struct({ name: scalar, value: scalar })),
  resources: struct({ requests: texts, limits: texts }),
  readinessProbe: struct({ httpGet: struct({ path: scalar, port: scalar }), periodSeconds: scalar })
})

export const deploymentType: FieldType = struct({
  apiVersion: scalar,
  kind: scalar,
  metadata,
  spec: struct({
    replicas: scalar,
    selector: atomicMap,
    template: struct({ metadata, spec: struct({ containers: keyed(["name"], container) }) })
  })
})

// Manifests for benchmarks: many, realistic in size, each a file of its own, a hundred to a folder.

export interface Generated {
  readonly path: string
  readonly text: string
  /** What the text says. */
  readonly object: BenchObject
  /** Of the object, in the API. */
  readonly apiPath: string
}

export interface BenchObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly labels: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

const configMap = (namespace: string, index: number, value: string): BenchObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: `settings-${index}`, namespace, labels: { app: `app-${index % 50}`, team: "bench" } },
  data: {
    "value": value,
    "feature.flags": "checkout=new,search=fast",
    "endpoint": `https://service-${index}.example.internal:8443/v1`,
    "notes": "a line that a person wrote to say what this is for and who to ask about it"
  }
})

const deployment = (namespace: string, index: number): BenchObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: `web-${index}`, namespace, labels: { app: `web-${index}` } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: `web-${index}` } },
    template: {
      metadata: { labels: { app: `web-${index}` } },
      spec: {
        containers: [{
          name: "web",
          image: `registry.example/web:1.${index}`,
          ports: [{ containerPort: 8080, name: "http" }],
          env: [{ name: "LOG_LEVEL", value: "info" }, { name: "REGION", value: "north" }],
          resources: { requests: { cpu: "250m", memory: "128Mi" }, limits: { memory: "256Mi" } },
          readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 5 }
        }]
      }
    }
  }
})

const isPlain = (text: string) =>
  /^[A-Za-z][A-Za-z0-9 ./:=,_-]*$/.test(text) && !/: | #|:$/.test(text) &&
  !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text)

const scalar = (value: unknown) => typeof value === "string" && isPlain(value) ? value : JSON.stringify(value)

/** Block style, as people write it. */
const yaml = (value: unknown, indent = ""): string => {
  if (Array.isArray(value)) return value.map((item) => `${indent}- ${yaml(item, `${indent}  `).trimStart()}`).join("")
  if (typeof value !== "object" || value === null) return `${indent}${scalar(value)}\n`
  return Object.entries(value).map(([key, entry]) =>
    typeof entry === "object" && entry !== null
      ? `${indent}${key}:\n${yaml(entry, `${indent}  `)}`
      : `${indent}${key}: ${scalar(entry)}\n`
  ).join("")
}

const generated = (object: BenchObject, collection: string, index: number): Generated => ({
  path: `d${Math.floor(index / 100)}/${object.metadata.name}.yaml`,
  text: yaml(object),
  object,
  apiPath: `${collection}/${object.metadata.name}`
})

/** The same with another value for its label `app`, which stands in every one: one line of its file is another. */
export const relabelled = ({ apiPath, object, path }: Generated, app: string): Generated => {
  const { labels, ...named } = object.metadata
  const changed = { ...object, metadata: { ...named, labels: { ...labels, app } } }
  return { path, text: yaml(changed), object: changed, apiPath }
}

export const configMapsPath = (namespace: string): string => `/api/v1/namespaces/${namespace}/configmaps`
export const deploymentsPath = (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/deployments`

/** @param value what its key `value` holds */
export const configMapManifest = (namespace: string, index: number, value = "one"): Generated =>
  generated(configMap(namespace, index, value), configMapsPath(namespace), index)

export const deploymentManifest = (namespace: string, index: number): Generated =>
  generated(deployment(namespace, index), deploymentsPath(namespace), index)

const many = <A>(count: number, make: (index: number) => A): ReadonlyArray<A> =>
  Array.from({ length: count }, (_, index) => make(index))

export const configMaps = (namespace: string, count: number): ReadonlyArray<Generated> =>
  many(count, (index) => configMapManifest(namespace, index))

export const deployments = (namespace: string, count: number): ReadonlyArray<Generated> =>
  many(count, (index) => deploymentManifest(namespace, index))

/** As in a repository of everything: every fifth a Deployment, the others ConfigMaps. */
export const mixedManifest = (namespace: string, index: number): Generated =>
  index % 5 === 0 ? deploymentManifest(namespace, index) : configMapManifest(namespace, index)

export const mixedManifests = (namespace: string, count: number): ReadonlyArray<Generated> =>
  many(count, (index) => mixedManifest(namespace, index))

/** As the content of a repository. */
export const filesOf = (manifests: ReadonlyArray<Generated>): Readonly<Record<string, string>> =>
  Object.fromEntries(manifests.map(({ path, text }) => [path, text]))

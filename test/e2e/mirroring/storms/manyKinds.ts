// Objects of a dozen kinds as people write them, at random: what can be changed later differs from one to the next, and what
// can't be is always the same.
import type { Chance } from "./seeded.ts"

export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
  }
}

type Body = Readonly<Record<string, unknown>>

interface Kind {
  readonly apiVersion: string
  readonly kind: string
  /** As kubectl takes it. */
  readonly resource: string
  /** All but kind and metadata. */
  readonly body: (name: string, chance: Chance, turn: number) => Body
  /** A patch of `kubectl patch`, and of which type it is. */
  readonly patch: (chance: Chance, turn: number) => readonly [type: "merge" | "strategic" | "json", patch: unknown]
  /** Where it has them: the names of containers, and whether there is a number of replicas. */
  readonly containers?: ReadonlyArray<string>
  readonly isScalable?: true
}

const image = (name: string, turn: number) => `registry.example/${name}:${turn}`

const some = ({ below }: Chance, turn: number) =>
  Object.fromEntries(["a", "b", "c", "d"].filter(() => below(2) === 0).map((key) => [key, `${key} ${turn}`]))

const pods = (name: string, chance: Chance, turn: number, more: Body = {}) => ({
  metadata: { labels: { app: name }, ...chance.below(3) === 0 ? { annotations: { changed: `${turn}` } } : {} },
  spec: {
    ...more,
    containers: [
      {
        name: "main",
        image: image("main", turn),
        ...chance.below(2) === 0
          ? { env: Object.entries(some(chance, turn)).map(([key, value]) => ({ name: key, value })) }
          : {},
        ...chance.below(2) === 0
          ? { resources: { requests: { cpu: `${100 + turn}m` }, limits: { memory: "64Mi" } } }
          : {},
        ...chance.below(2) === 0
          ? { ports: [{ containerPort: 8080 }, { name: `port-${turn}`, containerPort: 9000 + turn }] }
          : {}
      },
      ...chance.below(3) === 0 ? [{ name: "side", image: image("side", turn), args: ["--turn", `${turn}`] }] : []
    ]
  }
})

const imagePatch = (turn: number) =>
  ["strategic", {
    spec: { template: { spec: { containers: [{ name: "main", image: image("main", turn) }] } } }
  }] as const

const workload = (resource: string, kind: string, more: (name: string, chance: Chance) => Body): Kind => ({
  apiVersion: "apps/v1",
  kind,
  resource,
  body: (name, chance, turn) => ({
    spec: {
      ...more(name, chance),
      ...chance.below(2) === 0 ? { minReadySeconds: turn } : {},
      selector: { matchLabels: { app: name } },
      template: pods(name, chance, turn)
    }
  }),
  patch: (chance, turn) =>
    chance.below(2) === 0
      ? imagePatch(turn)
      : ["merge", { spec: { minReadySeconds: chance.below(2) === 0 ? null : turn } }],
  containers: ["main"]
})

export const kinds: readonly [Kind, ...Array<Kind>] = [
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    resource: "configmap",
    body: (_, chance, turn) => ({ data: { turn: `${turn}\nof many\n`, ...some(chance, turn) } }),
    patch: ({ below }, turn) =>
      below(2) === 0
        ? ["merge", { data: { a: null, b: `: ${turn} #` } }]
        : ["json", [{ op: "add", path: "/data/c", value: below(2) === 0 ? "true" : `${turn}` }]]
  },
  {
    apiVersion: "v1",
    kind: "Service",
    resource: "service",
    body: (name, { below }, turn) => ({
      spec: {
        selector: { app: name },
        ports: [
          { name: "http", port: 80, targetPort: below(2) === 0 ? 8080 : "http" },
          ...below(2) === 0 ? [{ name: `port-${turn}`, port: 9000 + turn }] : []
        ]
      }
    }),
    patch: ({ below }, turn) =>
      below(2) === 0
        ? ["strategic", { spec: { ports: [{ name: `patched-${turn}`, port: 10_000 + turn }] } }]
        : ["merge", { spec: { sessionAffinity: below(2) === 0 ? "ClientIP" : "None" } }]
  },
  {
    apiVersion: "v1",
    kind: "ServiceAccount",
    resource: "serviceaccount",
    body: (_, { below }, turn) => ({
      ...below(2) === 0 ? { automountServiceAccountToken: below(2) === 0 } : {},
      imagePullSecrets: [{ name: `pull-${turn}` }]
    }),
    patch: (_, turn) => ["merge", { imagePullSecrets: [{ name: `patched-${turn}` }, { name: "other" }] }]
  },
  {
    ...workload("deployment", "Deployment", (_, { below }) => ({
      replicas: below(3),
      ...below(2) === 0 ? { paused: true } : {}
    })),
    isScalable: true
  },
  {
    ...workload("statefulset", "StatefulSet", (name, { below }) => ({ serviceName: name, replicas: below(3) })),
    isScalable: true
  },
  workload("daemonset", "DaemonSet", (_, { below }) => below(2) === 0 ? { revisionHistoryLimit: 3 } : {}),
  {
    apiVersion: "batch/v1",
    kind: "CronJob",
    resource: "cronjob",
    body: (name, chance, turn) => ({
      spec: {
        schedule: `${turn % 60} 3 1 1 *`,
        ...chance.below(2) === 0 ? { suspend: true } : {},
        jobTemplate: { spec: { template: pods(name, chance, turn, { restartPolicy: "Never" }) } }
      }
    }),
    patch: ({ below }, turn) => ["merge", { spec: { schedule: `${turn % 60} 4 * * 0`, suspend: below(2) === 0 } }],
    containers: ["main"]
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    resource: "ingress",
    body: (name, { below }, turn) => ({
      spec: {
        ingressClassName: "nobody",
        rules: Array.from({ length: 1 + below(3) }, (_, index) => ({
          host: `${name}-${index}.example`,
          http: {
            paths: [{ path: `/${turn}`, pathType: "Prefix", backend: { service: { name, port: { number: 80 } } } }]
          }
        }))
      }
    }),
    patch: (_, turn) => ["json", [{ op: "replace", path: "/spec/rules/0/host", value: `patched-${turn}.example` }]]
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    resource: "networkpolicy",
    body: (name, { below }, turn) => ({
      spec: {
        podSelector: below(2) === 0 ? {} : { matchLabels: { app: name } },
        policyTypes: ["Ingress"],
        ingress: below(3) === 0 ? [{}] : [{ from: [{ podSelector: { matchLabels: { turn: `${turn}` } } }] }]
      }
    }),
    patch: (_, turn) => ["merge", { spec: { ingress: [{ ports: [{ port: 1000 + turn, protocol: "TCP" }] }] } }]
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    resource: "role",
    body: (_, { below }, turn) => ({
      rules: Array.from({ length: 1 + below(3) }, (_, index) => ({
        apiGroups: [""],
        resources: [`things-${index}`, "pods"],
        verbs: ["get", `look-${turn}`]
      }))
    }),
    patch: (_, turn) => ["json", [{ op: "replace", path: "/rules/0/verbs", value: ["list", `watch-${turn}`] }]]
  },
  {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    resource: "poddisruptionbudget",
    body: (name, { below }, turn) => ({
      spec: {
        minAvailable: below(2) === 0 ? `${turn % 100}%` : 1 + turn % 5,
        selector: { matchLabels: { app: name } }
      }
    }),
    patch: (_, turn) => ["merge", { spec: { minAvailable: `${turn % 90}%` } }]
  },
  {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    resource: "horizontalpodautoscaler",
    body: (name, { below }, turn) => ({
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: `not-${name}` },
        ...below(2) === 0 ? { minReplicas: 2 } : {},
        maxReplicas: 3 + turn,
        ...below(2) === 0
          ? {
            metrics: [{
              type: "Resource",
              resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 + turn % 40 } }
            }]
          }
          : {}
      }
    }),
    patch: (_, turn) => ["merge", { spec: { maxReplicas: 10 + turn } }]
  }
]

export const manifestOf = (kind: Kind, name: string, chance: Chance, turn: number): Manifest => ({
  apiVersion: kind.apiVersion,
  kind: kind.kind,
  metadata: { name, labels: { app: name, turn: `turn-${turn}` }, annotations: some(chance, turn) },
  ...kind.body(name, chance, turn)
})

export type { Kind }

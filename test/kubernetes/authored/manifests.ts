// Manifests as people write them: nothing in them is a default of the server.
import type { JsonObject } from "../../../src/manifest/Manifest.ts"

const app = (name: string) => ({ app: name })

export const deployment = (namespace: string, name: string): JsonObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace, labels: { app: name, tier: "web" }, annotations: { "example.com/team": "shop" } },
  spec: {
    replicas: 3,
    selector: { matchLabels: app(name) },
    strategy: { rollingUpdate: { maxSurge: 2 } },
    template: {
      metadata: { labels: app(name), annotations: { "example.com/checksum": "abc" } },
      spec: {
        serviceAccountName: "shop",
        containers: [{
          name: "web",
          image: "nginx:1.29",
          args: ["--fast"],
          env: [{ name: "LEVEL", value: "info" }, {
            name: "NODE",
            valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } }
          }],
          ports: [{ containerPort: 8080, name: "http" }],
          livenessProbe: { httpGet: { path: "/healthz", port: "http" }, initialDelaySeconds: 5 },
          resources: { limits: { memory: "64Mi" } },
          volumeMounts: [{ name: "config", mountPath: "/etc/app" }, { name: "scratch", mountPath: "/tmp" }]
        }, { name: "logger", image: "busybox" }],
        volumes: [{ name: "config", configMap: { name: "app" } }, { name: "scratch", emptyDir: {} }]
      }
    }
  }
})

export const everyKind = (namespace: string): ReadonlyArray<JsonObject> => [
  deployment(namespace, "shop"),
  {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "db", namespace },
    spec: {
      serviceName: "db",
      replicas: 2,
      selector: { matchLabels: app("db") },
      template: {
        metadata: { labels: app("db") },
        spec: { containers: [{ name: "db", image: "postgres:18", ports: [{ containerPort: 5432 }] }] }
      },
      volumeClaimTemplates: [{
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } }
      }]
    }
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "shop", namespace },
    spec: {
      selector: app("shop"),
      ports: [{ name: "http", port: 80, targetPort: 8080 }, { name: "dns", port: 53, protocol: "UDP" }]
    }
  },
  {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "nightly", namespace },
    spec: {
      schedule: "0 3 * * *",
      concurrencyPolicy: "Forbid",
      jobTemplate: {
        spec: {
          template: { spec: { restartPolicy: "OnFailure", containers: [{ name: "job", image: "busybox:1.37" }] } }
        }
      }
    }
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "shop", namespace },
    spec: {
      rules: [{
        host: "shop.example.com",
        http: {
          paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "shop", port: { number: 80 } } } }]
        }
      }]
    }
  },
  {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "shop", namespace },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "shop" },
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [{
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } }
      }]
    }
  },
  {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data", namespace },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "2Gi" } } }
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "shop", namespace },
    spec: {
      podSelector: { matchLabels: app("shop") },
      ingress: [{ from: [{ podSelector: { matchLabels: app("front") } }], ports: [{ port: 8080 }] }]
    }
  },
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "app", namespace, labels: app("shop") },
    data: { MODE: "Fast" }
  }
]

// Objects of built-in kinds that say something in fields of every sort: keyed lists, sets, atomic lists and maps, quantities.

const template = {
  metadata: { labels: { app: "full" }, annotations: { "example.com/note": "n" } },
  spec: {
    nodeSelector: { disk: "fast" },
    tolerations: [{ key: "a", operator: "Exists" }],
    hostAliases: [{ ip: "10.0.0.1", hostnames: ["h"] }],
    imagePullSecrets: [{ name: "pull" }],
    topologySpreadConstraints: [{
      maxSkew: 1,
      topologyKey: "zone",
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: { app: "full" } }
    }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: "a", operator: "Exists" }] }]
        }
      }
    },
    volumes: [
      { name: "data", emptyDir: { sizeLimit: "1Gi" } },
      { name: "all", projected: { sources: [{ configMap: { name: "c", items: [{ key: "k", path: "p" }] } }] } }
    ],
    containers: [{
      name: "app",
      image: "registry.example/app:1",
      args: ["--a", "--b"],
      command: ["/app"],
      env: [{ name: "LEVEL", value: "info" }, { name: "IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
      envFrom: [{ configMapRef: { name: "c" } }],
      ports: [{ containerPort: 80 }, { containerPort: 80, protocol: "UDP", name: "dns" }],
      resources: { requests: { cpu: "1000m" }, limits: { memory: "1024Mi" } },
      volumeMounts: [{ name: "data", mountPath: "/data" }],
      securityContext: { capabilities: { add: ["NET_ADMIN"] } },
      readinessProbe: { httpGet: { path: "/", port: 80, httpHeaders: [{ name: "h", value: "v" }] } }
    }]
  }
}

const objects = (namespace: string) => {
  const metadata = {
    name: "full",
    namespace,
    labels: { app: "full" },
    annotations: { "example.com/note": "n" },
    finalizers: ["example.com/keep"]
  }
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: "full" } },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 1 } },
        template
      }
    },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata,
      spec: {
        serviceName: "full",
        selector: { matchLabels: { app: "full" } },
        template,
        volumeClaimTemplates: [{
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } }
        }]
      }
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: {
        selector: { app: "full" },
        ports: [{ port: 80, targetPort: "http", name: "http" }, { port: 80, protocol: "UDP", name: "dns" }],
        externalIPs: ["10.1.1.1"],
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 10 } },
        sessionAffinity: "ClientIP"
      }
    },
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "b" }, binaryData: { c: "ZA==" } },
    { apiVersion: "v1", kind: "Secret", metadata, data: { a: "Yg==" }, type: "Opaque" },
    { apiVersion: "v1", kind: "ServiceAccount", metadata, secrets: [{ name: "a" }], imagePullSecrets: [{ name: "b" }] },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata,
      spec: {
        rules: [{
          host: "a.example",
          http: {
            paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "s", port: { number: 80 } } } }]
          }
        }],
        tls: [{ hosts: ["a.example"], secretName: "s" }]
      }
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata,
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }]
    },
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata,
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "full" },
        minReplicas: 1,
        maxReplicas: 3,
        metrics: [{
          type: "Resource",
          resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 5 } }
        }]
      }
    },
    {
      apiVersion: "apps/v1",
      kind: "ControllerRevision",
      metadata,
      revision: 1,
      data: { any: { thing: [1] } }
    }
  ]
}

/** Each as JSON. */
export const everyField = (namespace: string): ReadonlyArray<string> =>
  objects(namespace).map((object) => JSON.stringify(object))

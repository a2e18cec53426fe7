// The application of the demo: files as a small team would keep them in Git.

const namespace = `apiVersion: v1
kind: Namespace
metadata:
  name: shop
`

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: promotions.shop.example
spec:
  group: shop.example
  scope: Namespaced
  names: { plural: promotions, singular: promotion, kind: Promotion, shortNames: [promo] }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              properties:
                percent: { type: integer, minimum: 1, maximum: 90 }
                until: { type: string }
`

const web = (version: string) =>
  `# The web shop. The team on call is #shop-oncall.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 3
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: registry.example/shop/web:${version}
          ports: [{ containerPort: 8080 }]
          envFrom: [{ configMapRef: { name: web } }]
          resources:
            requests: { cpu: 250m, memory: 128Mi }
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080 }]
`

const settings = `apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  namespace: shop
data:
  CURRENCY: EUR
  # Quoted, or YAML 1.1 reads it as a boolean.
  MAINTENANCE: "off"
`

const promotion = `apiVersion: shop.example/v1
kind: Promotion
metadata:
  name: autumn
  namespace: shop
spec:
  percent: 15
  until: "2026-12-01"
`

/** Paths below the root of the repository and what is in them. */
export const application = (version: string): Readonly<Record<string, string>> => ({
  "clusters/demo/namespace.yaml": namespace,
  "clusters/demo/shop/promotions.yaml": definition,
  "clusters/demo/shop/web.yaml": web(version),
  "clusters/demo/shop/settings.yaml": settings,
  "clusters/demo/shop/autumn.yaml": promotion
})

/** A rule to be put before the others. */
export const replicasAreTheClusters = `  - resources: [deployments]
    filters: [/spec/replicas]
    syncTo: ignore
`

/** Rules by which what is changed in the cluster goes to Git. */
export const someIsTheClusters = `  - resources: [deployments]
    filters: [/spec/template/spec/containers/*/image]
    syncTo: git
  - resources: [configmaps]
    namespaces: [shop]
    syncTo: git
`

export const configuration = (url: string, ruleBefore = "") =>
  `gitUrl: ${url}
gitPath: clusters/demo
interval: 1s
http: { port: 0 }
rules:
${ruleBefore}  - syncTo: kubernetes   # Git decides everything${ruleBefore === "" ? "" : " else"}
`

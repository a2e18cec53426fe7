// Manifests that are well-formed and that the cluster, or what is in it, cannot take.
import { type BadInput, configMap, namespace } from "./BadInput.ts"

const metadata = (name: string, value: string) =>
  `{ name: ${name}, namespace: ${namespace}, annotations: { value: ${value} } }`

const deployment = (name: string, value: string, spec = "  replicas: 0\n") =>
  `apiVersion: apps/v1
kind: Deployment
metadata: ${metadata(name, value)}
spec:
${spec}  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: web
          image: registry.example/web:1
          ports:
            - containerPort: 80
`

const service = (value: string, port: string) =>
  `apiVersion: v1
kind: Service
metadata: ${metadata("port", value)}
spec:
  selector: { app: port }
  ports:
    - name: http
      port: 80
    - name: admin
      port: ${port}
`

const inMissing = (value: string) =>
  `apiVersion: v1
kind: ConfigMap
metadata:
  name: homeless
  namespace: bad-input-missing
  annotations: { value: ${value} }
`

const widget = "apiVersion: bad-input.example/v1\nkind: Widget\nmetadata:\n  name: w\n"

const ofKind = (path: string, kind: string, text: (value: string) => string) => {
  const name = `${kind}/${path.replace(/\..*/, "")}`
  return {
    before: { [path]: text("before") },
    standing: [name],
    mended: { [path]: text("mended") },
    afterwards: [name]
  }
}

/** By what is wrong, as a sentence of the tests. */
export const refusedObjects: Readonly<Record<string, BadInput>> = {
  "an unknown field": {
    ...ofKind("unknown-field.yaml", "deployment", (value) => deployment("unknown-field", value)),
    bad: { "unknown-field.yaml": deployment("unknown-field", "bad", "  replica: 3\n") },
    said: [
      "failed: Deployment.apps bad-input/unknown-field (unknown-field.yaml:5:3): The API server rejects patch deployments.apps bad-input/unknown-field (500): failed to create typed patch object (bad-input/unknown-field; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema. Correct the manifest in Git; it is not sent again until it changes."
    ]
  },
  "an unknown field in a list": {
    ...ofKind("unknown-item.yaml", "deployment", (value) => deployment("unknown-item", value)),
    bad: { "unknown-item.yaml": deployment("unknown-item", "bad").replace("image:", "imagee:") },
    said: [
      "failed: Deployment.apps bad-input/unknown-item (unknown-item.yaml:12:11): The API server rejects patch deployments.apps bad-input/unknown-item (500): failed to create typed patch object (bad-input/unknown-item; apps/v1, Kind=Deployment): .spec.template.spec.containers[name=\"web\"].imagee: field not declared in schema. Correct the manifest in Git; it is not sent again until it changes."
    ]
  },
  "a value of the wrong type": {
    ...ofKind("wrong-type.yaml", "deployment", (value) => deployment("wrong-type", value)),
    bad: { "wrong-type.yaml": deployment("wrong-type", "bad", "  replicas: three\n") },
    said: [
      "failed: Deployment.apps bad-input/wrong-type (wrong-type.yaml:5:3): The API server rejects patch deployments.apps bad-input/wrong-type (500): failed to create typed patch object (bad-input/wrong-type; apps/v1, Kind=Deployment): .spec.replicas: expected numeric (int or float), got string. Correct the manifest in Git; it is not sent again until it changes."
    ]
  },
  "a value out of range": {
    ...ofKind("port.yaml", "service", (value) => service(value, "8080")),
    bad: { "port.yaml": service("bad", "80800") },
    said: [
      "failed: Service bad-input/port (port.yaml:10:7): The API server rejects patch services bad-input/port (422): Service \"port\" is invalid: [spec.ports[1].port: Invalid value: 80800: must be between 1 and 65535, inclusive, spec.ports[1].targetPort: Invalid value: 80800: must be between 1 and 65535, inclusive]. Correct the manifest in Git; it is not sent again until it changes."
    ]
  },
  "a field that cannot change": {
    ...ofKind("immutable.yaml", "deployment", (value) => deployment("immutable", value)),
    bad: { "immutable.yaml": deployment("immutable", "bad").replaceAll("app: immutable", "app: other") },
    said: [
      "failed: Deployment.apps bad-input/immutable (immutable.yaml:6:3): The API server rejects patch deployments.apps bad-input/immutable (422): Deployment.apps \"immutable\" is invalid: spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"other\"}}: field is immutable. Correct the manifest in Git; it is not sent again until it changes."
    ]
  },
  "a version that is not served": {
    ...ofKind("old-version.yaml", "deployment", (value) => deployment("old-version", value)),
    bad: { "old-version.yaml": deployment("old-version", "bad").replace("apps/v1", "apps/v1beta1") },
    said: [
      "failed: Deployment.apps bad-input/old-version (old-version.yaml:1:1): Deployment.apps is not served in version v1beta1; the cluster serves v1: change apiVersion in the manifest"
    ]
  },
  "a name that the cluster does not allow": {
    bad: { "name.yaml": configMap("Not_A_Name", "bad") },
    said: [
      "failed: ConfigMap bad-input/Not_A_Name (name.yaml:3:13): The API server rejects patch configmaps bad-input/Not_A_Name (422): ConfigMap \"Not_A_Name\" is invalid: metadata.name: Invalid value: \"Not_A_Name\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'). Correct the manifest in Git; it is not sent again until it changes."
    ],
    mended: { "name.yaml": configMap("a-name", "mended") },
    afterwards: ["configmap/a-name"]
  },
  "an object that is too large for the cluster": {
    ...ofKind("too-large.yaml", "configmap", (value) => configMap("too-large", value)),
    bad: { "too-large.yaml": configMap("too-large", "bad", `data:\n  big: ${"x".repeat(1_100_000)}\n`) },
    said: [
      "failed: ConfigMap bad-input/too-large (too-large.yaml:1:1): The API server rejects patch configmaps bad-input/too-large (422): ConfigMap \"too-large\" is invalid: []: Too long: may not be more than 1048576 bytes. Correct the manifest in Git; it is not sent again until it changes."
    ]
  },
  "the same object in two files": {
    before: { "same/a.yaml": configMap("same", "before") },
    standing: ["configmap/same"],
    bad: {
      "same/a.yaml": configMap("same", "first"),
      "same/b.yaml": `${configMap("same-neighbour", "good")}---\n${configMap("same", "second")}`
    },
    applied: ["configmap/same-neighbour"],
    said: [
      "failed: ConfigMap bad-input/same (same/a.yaml:1 and same/b.yaml:5): described by more than one manifest, so none is applied; keep one of them"
    ],
    mended: { "same/a.yaml": null, "same/b.yaml": configMap("same", "mended") },
    afterwards: ["configmap/same"]
  },
  "a kind that the cluster does not serve": {
    bad: { "widget.yaml": widget },
    said: [
      "the cluster does not serve Widget.bad-input.example; applied as soon as its CustomResourceDefinition is there (1 manifest, first widget.yaml:1)"
    ],
    mended: { "widget.yaml": configMap("widget", "mended") },
    afterwards: ["configmap/widget"]
  },
  "an object whose namespace is missing": {
    bad: { "homeless.yaml": inMissing("bad") },
    said: [
      "waiting: ConfigMap bad-input-missing/homeless (homeless.yaml:5:3): Could not patch configmaps bad-input-missing/homeless: namespace bad-input-missing does not exist. Add a manifest for the Namespace, or create it; it is tried again as soon as it is there."
    ],
    mended: { "homeless.yaml": configMap("homeless", "mended") },
    afterwards: ["configmap/homeless"]
  },
  "a release of Helm's": {
    bad: {
      "release.yaml": `apiVersion: v1\nkind: Secret\nmetadata: ${
        metadata("release", "bad")
      }\ntype: helm.sh/release.v1\ndata: { release: aGVsbG8= }\n`
    },
    absent: ["secret/release"],
    said: [
      "failed: Secret bad-input/release (release.yaml:4:1): a Helm release Secret belongs to Helm and is never applied; remove it from Git"
    ],
    mended: { "release.yaml": configMap("release", "mended") },
    afterwards: ["configmap/release"]
  }
}

/** Files that `kubectl apply` itself refuses, and a piece of its words. A test holds it to each of them. */
export const refusedByKubectl: Readonly<Record<string, string>> = {
  "kubernetes/cluster/addons/fluentd-gcp/fluentd-gcp-ds.yaml": "line 116: did not find expected key",
  "kubernetes/cluster/addons/metadata-agent/stackdriver/metadata-agent.yaml": "invalid map key",
  "kubernetes/test/e2e/testing-manifests/auth/encrypt/encryption-config.yaml":
    "no matches for kind \"EncryptionConfiguration\"",
  "kubernetes/test/e2e/testing-manifests/auth/encrypt/kind.yaml": "no matches for kind \"Cluster\"",
  "kubernetes/test/e2e/testing-manifests/auth/encrypt/softhsm-config.json": "apiVersion not set",
  "kubernetes/test/e2e/testing-manifests/serviceloadbalancer/netexecsvc.yaml":
    ".spec.Type: field not declared in schema",
  "kubernetes/test/e2e/testing-manifests/storage-csi/controller-role.yaml": "no objects passed to apply",
  "kubernetes/test/e2e/testing-manifests/storage-csi/external-snapshot-metadata/backup-client-rbac.yaml":
    "subjects[0].namespace: Required value",
  "kubernetes/test/e2e/testing-manifests/storage-csi/gce-pd/csi-controller-rbac.yaml":
    "subjects[0].namespace: Required value",
  "kubernetes/test/fixtures/doc-yaml/admin/high-availability/kube-scheduler.yaml": "Not found: \"default-token-s8ejd\"",
  "kubernetes/test/fixtures/doc-yaml/user-guide/update-demo/images/kitten/html/data.json": "apiVersion not set",
  "kubernetes/test/fixtures/doc-yaml/user-guide/update-demo/images/nautilus/html/data.json": "apiVersion not set"
}

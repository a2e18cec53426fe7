// What is not ours to apply as it is: passed over, and named once.
import { type BadInput, configMap } from "./BadInput.ts"

const kustomization = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namePrefix: prod-
resources:
  - app.yaml
  - deep/nested.yaml
  - ../kustomize-shared/base.yaml
`

const chart = "apiVersion: v2\nname: chart\nversion: 0.1.0\n"

const values = "replicas: 1\nimage: { repository: web, tag: latest }\n"

const workflow = "name: test\non: [push]\njobs: { test: { runs-on: ubuntu-latest, steps: [] } }\n"

/** By what is there, as a sentence of the tests. */
export const foreignFiles: Readonly<Record<string, BadInput>> = {
  "a symbolic link out of the tree": {
    bad: { "link.yaml": { symlink: "../../../../etc/passwd" } },
    said: ["link.yaml: a symbolic link, which is never followed; commit the file itself"],
    mended: { "link.yaml": configMap("link", "mended") },
    afterwards: ["configmap/link"]
  },
  "a symbolic link to a manifest, which has taken a file's place": {
    before: {
      "link-within.yaml": configMap("link-within", "before"),
      "links/target.txt": configMap("link-within", "bad")
    },
    standing: ["configmap/link-within"],
    bad: { "link-within.yaml": { symlink: "links/target.txt" } },
    said: ["link-within.yaml: a symbolic link, which is never followed; commit the file itself"],
    mended: { "link-within.yaml": configMap("link-within", "mended") },
    afterwards: ["configmap/link-within"]
  },
  "a submodule": {
    bad: { "vendor/module": { submodule: "0123456789abcdef0123456789abcdef01234567" } },
    said: ["vendor/module: a submodule; what it holds is in another repository"],
    mended: { "vendor/module": null, "vendor/module.yaml": configMap("module", "mended") },
    afterwards: ["configmap/module"]
  },
  "a directory with a kustomization.yaml, and what it refers to": {
    before: { "kustomize/app.yaml": configMap("kustomize-app", "before") },
    standing: ["configmap/kustomize-app"],
    bad: {
      "kustomize/kustomization.yaml": kustomization,
      "kustomize/app.yaml": configMap("kustomize-app", "raw"),
      "kustomize/deep/nested.yaml": configMap("kustomize-nested", "raw"),
      "kustomize/deep/broken.yaml": "a: [",
      "kustomize-shared/base.yaml": configMap("kustomize-base", "raw"),
      "kustomize-shared/own.yaml": configMap("kustomize-own", "good")
    },
    said: [
      "kustomize: a kustomization; kustomize has to build it, so its files are not applied as they are",
      "kustomize-shared/base.yaml: a part of the kustomization in kustomize"
    ],
    absent: ["configmap/kustomize-nested", "configmap/kustomize-base"],
    applied: ["configmap/kustomize-own"],
    mended: {
      "kustomize/kustomization.yaml": null,
      "kustomize/app.yaml": configMap("kustomize-app", "mended"),
      "kustomize/deep": null,
      "kustomize-shared/base.yaml": configMap("kustomize-base", "mended")
    },
    afterwards: ["configmap/kustomize-app", "configmap/kustomize-base"]
  },
  "a Helm chart": {
    before: { "chart/templates/web.yaml": configMap("chart-web", "before") },
    standing: ["configmap/chart-web"],
    bad: {
      "chart/Chart.yaml": chart,
      "chart/values.yaml": values,
      "chart/templates/web.yaml": configMap("'{{ .Release.Name }}'", "raw"),
      "chart/templates/plain.yaml": configMap("chart-plain", "raw"),
      "chart/templates/broken.yaml": "{{- if .Values.x }}\na: b\n{{- end }}\n",
      "chart/crds/crd.yaml": configMap("chart-crd", "raw")
    },
    said: ["chart: a Helm chart; Helm has to render it, so its files are not applied as they are"],
    absent: ["configmap/chart-plain", "configmap/chart-crd"],
    mended: {
      "chart/Chart.yaml": null,
      "chart/templates": null,
      "chart/crds": null,
      "chart/templates/web.yaml": configMap("chart-web", "mended")
    },
    afterwards: ["configmap/chart-web"]
  },
  "a directory that another controller writes to": {
    bad: {
      "other-cluster/.gitops-controller.yaml": "cluster: another\n",
      "other-cluster/app.yaml": configMap("other-app", "raw")
    },
    said: ["other-cluster: another gitops-controller writes to this directory"],
    absent: ["configmap/other-app"],
    mended: {
      "other-cluster/.gitops-controller.yaml": null,
      "other-cluster/app.yaml": configMap("other-app", "mended")
    },
    afterwards: ["configmap/other-app"]
  },
  "what is no manifest at all, and needs no word": {
    bad: {
      "values.yaml": values,
      "package.json": "{ \"name\": \"web\", \"version\": \"1.0.0\" }\n",
      ".github/workflows/test.yaml": workflow,
      "ci.yaml": workflow,
      "list.json": "[1, 2, 3]\n",
      "empty.yaml": "",
      "comment.yaml": "# nothing yet\n---\n",
      "README.md": "# Read me\n",
      ".hidden/app.yaml": configMap("hidden", "raw")
    },
    said: [],
    absent: ["configmap/hidden"],
    mended: { "ci.yaml": configMap("ci", "mended") },
    afterwards: ["configmap/ci"]
  }
}

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { configMap, deployment, everything, setUp } from "./planning.ts"

const secret = (namespace: string, data: Readonly<Record<string, string>>) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "login", namespace },
    stringData: data
  })

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("A plan of what can't be done", (it) => {
  it.effect("says of each object, file and rule why, and what to do", () =>
    Effect.gen(function*() {
      const { cluster, namespace, planned, repository, useRules } = yield* setUp()
      const group = `${namespace}.example`
      yield* cluster.kubectlOk(["create", "configmap", "paused", "-n", namespace, "--from-literal=a=1"])
      yield* cluster.kubectlOk(["annotate", "configmap", "paused", "-n", namespace, "gitops-controller/sync=paused"])
      yield* cluster.kubectlOk(["create", "configmap", "still", "-n", namespace, "--from-literal=a=1"])
      yield* cluster.kubectlOk(["create", "secret", "generic", "login", "-n", namespace, "--from-literal=a=hush-1"])
      const wrong = JSON.parse(deployment(namespace, "wrong", { containers: [{ name: "app", image: "app:1" }] }))
      yield* repository.commit({
        "broken.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: [\n",
        "both.yaml": `${configMap(namespace, "both", { a: "1" })}\n---\n${configMap(namespace, "both", { a: "2" })}\n`,
        "charts/web/Chart.yaml": "name: web\nversion: 1.0.0\n",
        "charts/web/templates/a.yaml": "{{ x }}",
        "definition.yaml": JSON.stringify({
          apiVersion: "apiextensions.k8s.io/v1",
          kind: "CustomResourceDefinition",
          metadata: { name: `widgets.${group}` },
          spec: {
            group,
            scope: "Namespaced",
            names: { plural: "widgets", singular: "widget", kind: "Widget" },
            versions: [{
              name: "v1",
              served: true,
              storage: true,
              schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } }
            }]
          }
        }),
        "gadget.yaml": JSON.stringify({
          apiVersion: `gadgets.${group}/v1`,
          kind: "Gadget",
          metadata: { name: "g", namespace }
        }),
        "new.yaml": `apiVersion: v1\nkind: Namespace\nmetadata: { name: ${namespace}-new }\n---\n${
          configMap(`${namespace}-new`, "settings", { a: "1" })
        }\n`,
        "nowhere.yaml": configMap(`${namespace}-nowhere`, "settings", { a: "1" }),
        "paused.yaml": configMap(namespace, "paused", { a: "2" }),
        "secret.yaml": secret(namespace, { a: "hush-2", b: "hush-3" }),
        "still.yaml": configMap(namespace, "still", { a: "2" }),
        "widget.yaml": JSON.stringify({
          apiVersion: `${group}/v1`,
          kind: "Widget",
          metadata: { name: "w", namespace }
        }),
        "wrong.yaml": JSON.stringify({ ...wrong, spec: { ...wrong.spec, replica: 3 } })
      })
      yield* useRules([
        { resources: ["configmaps"], names: ["still"], suspend: true, syncTo: "kubernetes" },
        { resources: ["deployments"], filters: ["/spec/replica"], syncTo: "ignore" },
        { resources: ["spinnakers"], syncTo: "ignore" },
        ...everything
      ])
      const { code, lines } = yield* planned()
      assert.deepStrictEqual(lines.slice(3), [
        "+ create CustomResourceDefinition.apiextensions.k8s.io widgets.shop.example   definition.yaml:1",
        "+ create Namespace shop-new   new.yaml:1",
        "~ change Secret shop/login   secret.yaml:1",
        "    ~ /data/a: (hidden), changes   (set by kubectl-create)",
        "    + /data/b: (hidden), is added",
        "    + /metadata/labels/applyset.kubernetes.io~1part-of: \"APPLYSET\"",
        "+ create ConfigMap shop-new/settings (after Namespace shop-new)   new.yaml:5",
        "? waiting ConfigMap shop-nowhere/settings   nowhere.yaml:1",
        "    Could not patch configmaps shop-nowhere/settings: namespace shop-nowhere does not exist. Add a manifest for the Namespace, or create it; it is tried again as soon as it is there.",
        "! refused ConfigMap shop/both   both.yaml:1 and both.yaml:3",
        "    described by more than one manifest, so none is applied; keep one of them",
        ". held ConfigMap shop/paused   paused.yaml:1",
        "    left alone: its object has the annotation gitops-controller/sync: paused",
        ". held ConfigMap shop/still   still.yaml:1",
        "    rule 1 is suspended, so it touches nothing",
        "! refused Deployment.apps shop/wrong   wrong.yaml:1",
        "    The API server rejects patch deployments.apps shop/wrong (500): failed to create typed patch object (shop/wrong; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema. Correct the manifest in Git; it is not sent again until it changes.",
        "? waiting Gadget.gadgets.shop.example shop/g   gadget.yaml:1",
        "    the cluster does not serve Gadget.gadgets.shop.example; applied as soon as its CustomResourceDefinition is there",
        "+ create Widget.shop.example shop/w (after CustomResourceDefinition widgets.shop.example)   widget.yaml:1",
        "",
        "Files to mend:",
        "  broken.yaml:3:11: this list is never closed; a \"]\" is missing",
        "",
        "Rules to mend:",
        "  FOLDER/config.yaml:21:9: \"/spec/replica\" does not fit Deployment.apps: \"/spec\" has no field \"replica\"; did you mean \"/spec/replicas\"?",
        "",
        "Rules that wait:",
        "  FOLDER/config.yaml:27:9: the cluster serves no \"spinnakers\"; the rule waits until it does",
        "",
        "Passed over:",
        "  charts/web: a Helm chart; Helm has to render it, so its files are not applied as they are",
        "",
        "Plan: 4 to create, 1 to change, 0 in step, 2 refused, 2 waiting, 2 left alone"
      ])
      assert.strictEqual(code, 0)
      assert.strictEqual((yield* planned("--exit-code")).code, 2)
      for (const output of ["text", "markdown", "json"]) {
        const { text } = yield* planned("--output", output)
        assert.include(text, "(hidden)")
        for (const value of ["hush-1", "hush-2", "hush-3"]) {
          assert.notInclude(text, value)
          assert.notInclude(text, Buffer.from(value).toString("base64").replace(/=*$/, ""))
        }
      }
    }))
})

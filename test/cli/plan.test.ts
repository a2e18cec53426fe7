import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { configMap, deployment, everything, type Rules, setUp } from "./planning.ts"

const replicasAreNotGits: Rules = [
  { resources: ["deployments"], filters: ["/spec/replicas"], syncTo: "ignore" },
  ...everything
]

const app = { name: "app", image: "app:1" }

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("The command plan", (it) => {
  it.effect("prints field by field what the controller then does", () =>
    Effect.gen(function*() {
      const { becomes, cluster, controlled, namespace, planned, repository, useRules } = yield* setUp()
      const first = yield* repository.commit({
        "api.yaml": deployment(namespace, "api", { replicas: 2, containers: [app] }),
        "gone.yaml": configMap(namespace, "gone", { a: "1" }),
        "same.yaml": configMap(namespace, "same", { a: "1" }),
        "settings.yaml": configMap(namespace, "settings", { a: "1", b: "2", text: "one\ntwo\nthree\n" }),
        "web.yaml": deployment(namespace, "web", { replicas: 2, containers: [app] })
      })
      yield* controlled(first, everything)
      yield* cluster.kubectlOk([
        "create",
        "configmap",
        "found",
        "-n",
        namespace,
        "--from-literal=a=1",
        "--from-literal=b=2"
      ])
      yield* cluster.kubectlOk(["set", "image", "deployment/web", "-n", namespace, "app=app:edited"])
      const second = yield* repository.commit({
        "found.yaml": configMap(namespace, "found", { a: "one" }),
        "gone.yaml": null,
        "new.yaml": configMap(namespace, "new", { a: "1" }),
        "settings.yaml": configMap(namespace, "settings", { a: "one", c: "3", text: "one\n2\nthree\n" }),
        "web.yaml": deployment(namespace, "web", {
          replicas: 9,
          containers: [{ ...app, image: "app:2" }, {
            name: "log",
            image: "log:1",
            env: [{ name: "LEVEL", value: "info" }]
          }]
        })
      })
      yield* useRules(replicasAreNotGits)
      const { code, lines } = yield* planned()
      assert.deepStrictEqual(lines, [
        "From URL, branch main, commit COMMIT",
        "to SERVER (context \"test\" of KUBECONFIG)",
        "",
        "~ change ConfigMap shop/found   found.yaml:1",
        "    ~ /data/a: \"1\" → \"one\"   (set by kubectl-create)",
        "    + /metadata/labels/applyset.kubernetes.io~1part-of: \"APPLYSET\"",
        "x delete ConfigMap shop/gone",
        "    Git holds it no longer",
        "+ create ConfigMap shop/new   new.yaml:1",
        "~ change ConfigMap shop/settings   settings.yaml:1",
        "    ~ /data/a: \"1\" → \"one\"",
        "    - /data/b: \"2\"",
        "    + /data/c: \"3\"",
        "    ~ /data/text:",
        "        one",
        "      - two",
        "      + 2",
        "        three",
        "- release Deployment.apps shop/api   api.yaml:1",
        "    released /spec/replicas: stays 2",
        "~ change Deployment.apps shop/web   web.yaml:1",
        "    ~ /spec/template/spec/containers/[name=app]/image: \"app:edited\" → \"app:2\"   (set by kubectl-set)",
        "    + /spec/template/spec/containers/[name=log]:",
        "      + name: log",
        "      + image: log:1",
        "      + env:",
        "      + - name: LEVEL",
        "      +   value: info",
        "      + resources: {}",
        "      + terminationMessagePath: /dev/termination-log",
        "      + terminationMessagePolicy: File",
        "      + imagePullPolicy: IfNotPresent",
        "    released /spec/replicas: stays 2",
        "",
        "Plan: 1 to create, 3 to change, 1 to release, 1 to delete, 1 in step"
      ])
      assert.strictEqual(code, 0)
      yield* becomes(second, replicasAreNotGits)
      assert.deepStrictEqual(
        (yield* planned()).lines.at(-1),
        "Plan: 0 to create, 0 to change, 6 in step"
      )
      const other = yield* bareRepository({ files: { "a.yaml": configMap(namespace, "a", { a: "1" }) } })
      yield* useRules(everything, { gitUrl: other.url })
      const elsewhere = yield* planned("--exit-code")
      assert.match(elsewhere.lines[3] ?? "", /^Nothing of this would be done now: .*record/)
      assert.strictEqual(elsewhere.code, 2)
    }))
})

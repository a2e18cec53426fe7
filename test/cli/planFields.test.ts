import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { configMap, deployment, everything, type Rules, setUp } from "./planning.ts"

const imagesAreNotGits: Rules = [
  { resources: ["deployments"], filters: ["/spec/template/spec/containers/*/image"], syncTo: "ignore" },
  ...everything
]

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })(
  "A plan of fields of several owners",
  (it) => {
    it.effect("tells what goes although somebody else holds it too, and list items that go whole", () =>
      Effect.gen(function*() {
        const { becomes, cluster, controlled, namespace, planned, repository } = yield* setUp()
        const web = (...names: ReadonlyArray<string>) =>
          deployment(namespace, "web", { replicas: 3, containers: names.map((name) => ({ name, image: `${name}:1` })) })
        const apply = (text: string) => cluster.kubectlOk(["apply", "-f", "-"], { stdin: text })
        yield* apply(configMap(namespace, "shared", { a: "1", b: "1" }))
        yield* apply(web("app", "side"))
        const first = yield* repository.commit({
          "shared.yaml": configMap(namespace, "shared", { a: "2", b: "2" }),
          "web.yaml": web("app", "side")
        })
        yield* controlled(first, everything)
        yield* cluster.kubectlOk(["set", "env", "deployment/web", "-n", namespace, "-c", "side", "A=b"])
        const second = yield* repository.commit({
          "shared.yaml": configMap(namespace, "shared", { a: "2" }),
          "web.yaml": JSON.stringify({
            ...JSON.parse(web("app")),
            spec: { ...JSON.parse(web("app")).spec, replicas: undefined }
          })
        })
        const { lines } = yield* planned()
        assert.deepStrictEqual(lines.slice(3), [
          "~ change ConfigMap shop/shared   shared.yaml:1",
          "    - /data/b: \"2\"   (set by kubectl-client-side-apply)",
          "~ change Deployment.apps shop/web   web.yaml:1",
          "    ~ /spec/replicas: 3 → 1   (set by kubectl-client-side-apply)",
          "    - /spec/template/spec/containers/[name=side]   (set by kubectl-client-side-apply; kubectl-set):",
          "      - name: side",
          "      - image: side:1",
          "      - env:",
          "      - - name: A",
          "      -   value: b",
          "      - resources: {}",
          "      - terminationMessagePath: /dev/termination-log",
          "      - terminationMessagePolicy: File",
          "      - imagePullPolicy: IfNotPresent",
          "    taken over from kubectl-client-side-apply: /spec/template/spec/containers/[name=app]/image, " +
          "/spec/template/spec/containers/[name=app]/name, /spec/template/metadata/labels/app, /spec/selector",
          "",
          "Plan: 0 to create, 2 to change, 0 in step"
        ])
        yield* becomes(second, everything)
      }))

    it.effect("tells what is let go of within list items, and resets none of it", () =>
      Effect.gen(function*() {
        const { becomes, controlled, namespace, planned, repository, useRules } = yield* setUp()
        const log = { name: "log", image: "log:1" }
        const web = (env: string, ...more: ReadonlyArray<Readonly<Record<string, unknown>>>) =>
          deployment(namespace, "web", {
            containers: [{ name: "app", image: "app:1", env: [{ name: "A", value: env }] }, ...more]
          })
        yield* controlled(yield* repository.commit({ "web.yaml": web("1", log) }), everything)
        yield* useRules(imagesAreNotGits)
        const second = yield* repository.commit({
          "api.yaml": deployment(namespace, "api", { containers: [{ name: "app", image: "app:1" }] }),
          "web.yaml": web("2", log, { name: "new", image: "new:1" })
        })
        const { lines } = yield* planned()
        assert.deepStrictEqual(lines.slice(3), [
          "+ create Deployment.apps shop/api   api.yaml:1",
          "    then let go of: /spec/template/spec/containers/[name=app]/image",
          "~ change Deployment.apps shop/web   web.yaml:1",
          "    ~ /spec/template/spec/containers/[name=app]/env/[name=A]/value: \"1\" → \"2\"",
          "    + /spec/template/spec/containers/[name=new]:",
          "      + name: new",
          "      + image: new:1",
          "      + resources: {}",
          "      + terminationMessagePath: /dev/termination-log",
          "      + terminationMessagePolicy: File",
          "      + imagePullPolicy: IfNotPresent",
          "    released /spec/template/spec/containers/[name=app]/image: stays \"app:1\"",
          "    released /spec/template/spec/containers/[name=log]/image: stays \"log:1\"",
          "    released /spec/template/spec/containers/[name=new]/image: stays \"new:1\"",
          "",
          "Plan: 1 to create, 1 to change, 0 in step"
        ])
        yield* becomes(second, imagesAreNotGits)
      }))

    it.effect("tells whose fields it takes, and says when nobody knows whose they are", () =>
      Effect.gen(function*() {
        const { becomes, cluster, controlled, namespace, planned, repository } = yield* setUp()
        const first = yield* repository.commit({
          "a.yaml": configMap(namespace, "a", { a: "1", b: "1" }),
          "b.yaml": configMap(namespace, "b", { a: "1", b: "1" })
        })
        yield* controlled(first, everything)
        const patch = (name: string, ...args: ReadonlyArray<string>) =>
          cluster.kubectlOk(["patch", "configmap", name, "-n", namespace, "--type=merge", ...args])
        yield* patch("a", "--field-manager=autoscaler", "-p", JSON.stringify({ data: { a: "2" } }))
        yield* patch("a", "-p", JSON.stringify({ data: { b: "2" } }))
        yield* patch("b", "-p", JSON.stringify({ metadata: { managedFields: [{}] } }))
        const second = yield* repository.commit({ "b.yaml": configMap(namespace, "b", { a: "2" }) })
        const { lines } = yield* planned()
        assert.deepStrictEqual(lines.slice(3), [
          "~ change ConfigMap shop/a   a.yaml:1",
          "    ~ /data/a: \"2\" → \"1\"   (set by autoscaler, which may set it again)",
          "    ~ /data/b: \"2\" → \"1\"   (set by kubectl-patch)",
          "~ change ConfigMap shop/b   b.yaml:1",
          "    ~ /data/a: \"1\" → \"2\"",
          "    who owns which field is not known, as somebody took metadata.managedFields away: nothing is let go of or removed",
          "",
          "Plan: 0 to create, 2 to change, 0 in step"
        ])
        yield* becomes(second, everything)
      }))

    it.effect("tells what is let go of whole, and what rules with filters alone change", () =>
      Effect.gen(function*() {
        const { becomes, cluster, controlled, namespace, planned, repository, useRules } = yield* setUp()
        yield* controlled(
          yield* repository.commit({
            "left.yaml": configMap(namespace, "left", { a: "1" }),
            "kept.yaml": configMap(namespace, "kept", { a: "1", b: "1" })
          }),
          everything
        )
        yield* cluster.kubectlOk([
          "create",
          "configmap",
          "theirs",
          "-n",
          namespace,
          "--from-literal=a=1",
          "--from-literal=b=1"
        ])
        const rules: Rules = [
          { resources: ["configmaps"], names: ["theirs", "absent"], filters: ["/data/a"], syncTo: "kubernetes" },
          { resources: ["configmaps"], names: ["left", "theirs", "absent"], syncTo: "ignore" },
          ...everything
        ]
        yield* useRules(rules)
        const second = yield* repository.commit({
          "theirs.yaml": configMap(namespace, "theirs", { a: "2", b: "2" }),
          "absent.yaml": configMap(namespace, "absent", { a: "2" })
        })
        const { lines } = yield* planned()
        assert.deepStrictEqual(lines.slice(3), [
          "? waiting ConfigMap shop/absent   absent.yaml:1",
          "    not in the cluster, and no rule has Git create it: rule 1 has filters, so it only changes what is there",
          "- release ConfigMap shop/left   left.yaml:1",
          "    - /metadata/labels/applyset.kubernetes.io~1part-of: \"APPLYSET\"",
          "    released /data/a: stays \"1\"",
          "~ change ConfigMap shop/theirs   theirs.yaml:1",
          "    ~ /data/a: \"1\" → \"2\"   (set by kubectl-create)",
          "",
          "Plan: 0 to create, 1 to change, 1 to release, 1 in step, 1 waiting"
        ])
        yield* becomes(second, rules)
      }))
  }
)

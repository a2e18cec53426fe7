import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as ApplySet from "../../src/kind/ApplySet.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { runCommand } from "../e2e/Controller.ts"
import { configMap, deployment, setUp } from "./planning.ts"

/** A role for the whole cluster, bound to one user. */
const roleOf = (name: string, user: string, rules: ReadonlyArray<unknown>) =>
  [
    { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name }, rules },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: user }]
    }
  ].map((object) => JSON.stringify(object)).join("\n---\n")

const readers = [{ apiGroups: ["", "apps"], resources: ["configmaps", "deployments"], verbs: ["get", "list"] }]

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("A plan", (it) => {
  it.effect("is made of a branch before it is merged, of a commit, or of a checkout, without changing what the branch is", () =>
    Effect.gen(function*() {
      const { folder, namespace, planned, repository } = yield* setUp()
      yield* repository.commit({ "a.yaml": configMap(namespace, "a", { a: "1" }) })
      const feature = yield* repository.commit(
        { "b.yaml": configMap(namespace, "b", { a: "1" }) },
        { branch: "feature", parent: (yield* repository.tip()) ?? "" }
      )
      yield* Effect.sync(() => writeFileSync(join(folder, "c.yaml"), configMap(namespace, "c", { a: "1" })))
      const linesOf = (...args: ReadonlyArray<string>) => Effect.map(planned(...args), ({ lines }) => lines)
      const both = [
        "to SERVER (context \"test\" of KUBECONFIG)",
        "",
        "+ create ConfigMap shop/a   a.yaml:1",
        "+ create ConfigMap shop/b   b.yaml:1",
        "",
        "Plan: 2 to create, 0 to change, 0 in step"
      ]
      assert.deepStrictEqual(yield* linesOf("--rev", "feature"), ["From URL, branch feature, commit COMMIT", ...both])
      assert.deepStrictEqual(yield* linesOf("--rev", feature), ["From URL, commit COMMIT", ...both])
      assert.deepStrictEqual((yield* linesOf("--path", folder)).filter((line) => line !== both[0]), [
        "From the directory FOLDER",
        "",
        "+ create ConfigMap shop/c   c.yaml:1",
        "",
        "Plan: 1 to create, 0 to change, 0 in step"
      ])
      assert.deepStrictEqual((yield* linesOf()).at(-1), "Plan: 1 to create, 0 to change, 0 in step")
      const missing = yield* planned("--rev", "featur")
      assert.deepStrictEqual([missing.code, missing.lines], [2, [
        "--rev featur: the repository has no such branch (there is feature, main); name a branch, or a commit by all 40 digits of its id"
      ]])
      const two = yield* planned("--rev", "feature", "--path", folder)
      assert.deepStrictEqual([two.code, two.lines], [2, [
        "--rev and --path are two places to read from: give one of them"
      ]])
    }))

  it.effect("exits with 0, or with --exit-code by what there is to do", () =>
    Effect.gen(function*() {
      const { cluster, file, folder, namespace, planned, repository } = yield* setUp()
      const codeOf = (...args: ReadonlyArray<string>) => Effect.map(planned(...args), ({ code }) => code)
      yield* repository.commit({ "README.md": "nothing yet" })
      assert.strictEqual(yield* codeOf("--exit-code"), 0)
      yield* repository.commit({ "a.yaml": configMap(namespace, "a", { a: "1" }) })
      assert.strictEqual(yield* codeOf(), 0)
      const flags = ["--config", file, "--kubeconfig", cluster.kubeconfig]
      const ran = yield* runCommand(["plan", ...flags, "--exit-code", "--output", "json"], folder)
      assert.deepStrictEqual([ran.code, ran.stderr], [1, ""])
      assert.strictEqual(JSON.parse(ran.stdout).counts.create, 1)
      yield* repository.commit({ "b.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: [\n" })
      assert.strictEqual(yield* codeOf("--exit-code"), 2)
      assert.strictEqual(yield* codeOf(), 0)
      const unreachable = yield* planned("--context", "nowhere")
      assert.strictEqual(unreachable.code, 2)
      assert.include(unreachable.text, "nowhere")
    }))

  it.effect("by somebody who may only read says once that it is estimated", () =>
    Effect.gen(function*() {
      const { cluster, namespace, planAs, planned, repository } = yield* setUp()
      const web = (replicas: number, cpu: string) =>
        deployment(namespace, "web", {
          replicas,
          containers: [{ name: "app", image: "app:1", resources: { requests: { cpu } } }]
        })
      yield* cluster.kubectlOk(["apply", "--server-side", "--field-manager=gitops-controller", "-f", "-"], {
        stdin: `${web(2, "1000m")}\n---\n${configMap(namespace, "a", { a: "1", b: "1" })}`
      })
      yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: roleOf(namespace, `reader-${namespace}`, readers) })
      yield* repository.commit({
        "a.yaml": configMap(namespace, "a", { a: "2" }),
        "b.yaml": configMap(namespace, "b", { a: "1" }),
        "role.yaml": JSON.stringify({
          apiVersion: "rbac.authorization.k8s.io/v1",
          kind: "Role",
          metadata: { name: "r", namespace },
          rules: []
        }),
        "web.yaml": web(3, "1000m")
      })
      const { lines } = yield* planAs(yield* cluster.kubeconfigFor(`reader-${namespace}`))
      const changes = [
        "~ change ConfigMap shop/a   a.yaml:1",
        "    ~ /data/a: \"1\" → \"2\"",
        "    - /data/b: \"1\"",
        "    + /metadata/labels/applyset.kubernetes.io~1part-of: \"APPLYSET\"",
        "+ create ConfigMap shop/b   b.yaml:1",
        "~ change Deployment.apps shop/web   web.yaml:1",
        "    + /metadata/labels/applyset.kubernetes.io~1part-of: \"APPLYSET\"",
        "    ~ /spec/replicas: 2 → 3"
      ]
      assert.deepStrictEqual(lines.slice(3), [
        ...changes,
        "",
        "Not looked at:",
        `  Role.rbac.authorization.k8s.io: reader-shop may not list roles.rbac.authorization.k8s.io (403). Give that ServiceAccount or user the verb "list" on roles.rbac.authorization.k8s.io for the whole cluster, by a role and a binding.`,
        "",
        "Estimated: you may not \"patch\" configmaps, deployments.apps, so no dry run was possible; what the API server would make of these is not known.",
        "",
        "Plan: 1 to create, 2 to change, 0 in step"
      ])
      const exact = (yield* planned()).lines
      assert.deepStrictEqual(exact.filter((line) => changes.includes(line)), changes, "the estimate is right")
    }))

  it.effect("writes nothing, and asks for no object alone, however many there are", () =>
    Effect.gen(function*() {
      const { cluster, namespace, planAs, repository, useRules } = yield* setUp()
      const many = Array.from({ length: 520 }, (_, index) => configMap(namespace, `a-${index}`, { a: "1" }))
      const parent = {
        name: "gitops-controller.default",
        namespace: `${namespace}-state`,
        kind: "ConfigMap",
        group: ""
      }
      const same = JSON.parse(configMap(namespace, "same", { a: "1" }))
      same.metadata.labels = { "applyset.kubernetes.io/part-of": ApplySet.idOf(parent) }
      yield* cluster.kubectlOk(["create", "-f", "-"], { stdin: many.join("\n---\n") })
      yield* cluster.kubectlOk(["create", "configmap", "z", "-n", namespace, "--from-literal=a=1"])
      yield* cluster.kubectlOk(["apply", "--server-side", "--field-manager=gitops-controller", "-f", "-"], {
        stdin: JSON.stringify(same)
      })
      yield* repository.commit({
        "new.yaml": configMap(namespace, "new", { a: "2" }),
        "same.yaml": configMap(namespace, "same", { a: "1" }),
        "z.yaml": configMap(namespace, "z", { a: "2" })
      })
      yield* useRules([{ resources: ["configmaps"], namespaces: [namespace], syncTo: "kubernetes" }])
      const user = `planner-${namespace}`
      const mark = yield* cluster.auditMark
      const kubeconfig = yield* cluster.kubeconfigFor(user, ["system:masters"])
      const { lines } = yield* planAs(kubeconfig)
      assert.strictEqual(lines.at(-1), "Plan: 1 to create, 1 to change, 1 in step")
      yield* cluster.kubectlOk(["create", "configmap", "sentinel", "-n", namespace], { kubeconfig })
      const asked = (yield* cluster.auditSince(mark)).filter((request) => request.user === user)
      assert.deepStrictEqual(
        asked.filter(({ write }) => write).map(({ name, verb }) => `${verb} ${name ?? ""}`),
        ["create sentinel"],
        "what the test itself wrote"
      )
      const objects = asked.filter(({ resource, write }) => resource !== undefined && !write)
      const names = objects.map(({ dryRun, name, verb }) =>
        `${verb}${name === undefined ? "" : ` ${name}`}${dryRun ? ", dry run" : ""}`
      )
      assert.sameMembers(names.filter((name) => name !== "list"), [
        "get gitops-controller.default",
        "patch new, dry run",
        "patch z, dry run"
      ])
      const pages = objects.filter(({ verb }) => verb === "list")
      assert.isAtLeast(pages.length, 2)
      for (const { uri } of pages) assert.match(uri, /^\/api\/v1\/configmaps\?limit=500/)
    }))
})

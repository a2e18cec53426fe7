import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { encode } from "../../src/git/ClusterNameFile.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { startController } from "../e2e/Controller.ts"
import { eventually } from "../process/Eventually.ts"
import { git } from "../remote/NativeGit.ts"
import { setUp } from "./planning.ts"

const settings = (namespace: string) =>
  `# What the web server is told. Ask #web-oncall.
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: ${namespace}
data:
  CURRENCY: EUR # the only one
  MAINTENANCE: "off"
`

const secret = (namespace: string, value: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: password, namespace: ${namespace} }\nstringData: { word: ${value} }\n`

interface CommitJson {
  readonly branch: string
  readonly message: string
  readonly files: ReadonlyArray<{ readonly path: string; readonly action: string; readonly diff?: string }>
}

const toGit = (namespace: string) => [{ resources: ["configmaps", "secrets"], namespaces: [namespace], syncTo: "git" }]

/** Rules over a namespace that is only known then. */
const begin = Effect.fnUntraced(function*() {
  const it = yield* setUp()
  yield* it.useRules(toGit(it.namespace))
  const { kubectlOk } = yield* ControlPlane
  const kubectl = (...args: ReadonlyArray<string>) => kubectlOk([...args, "-n", it.namespace])
  const apply = (text: string) => kubectlOk(["apply", "-f", "-"], { stdin: text })
  return { ...it, kubectl, apply }
})

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("plan, from the cluster to Git", (it) => {
  it.effect("shows the commit it would make: what changes in which file, and who set it", () =>
    Effect.gen(function*() {
      const { apply, kubectl, namespace, planned, repository } = yield* begin()
      yield* repository.commit({ "shop/settings.yaml": settings(namespace) })
      yield* apply(settings(namespace))
      yield* kubectl("patch", "configmap", "settings", "-p", `{"data":{"MAINTENANCE":"on","THEME":"dark"}}`)
      yield* kubectl("create", "configmap", "new", "--from-literal=a=1")
      const { code, lines } = yield* planned("--exit-code")
      assert.deepStrictEqual(lines.slice(3, 7), [
        "> write ConfigMap shop/new   shop/configmap-new.yaml",
        "    a new document   (set by kubectl-create)",
        "> write ConfigMap shop/settings   shop/settings.yaml:2",
        "    /data/MAINTENANCE, /data/THEME   (set by kubectl-patch)"
      ])
      const text = lines.join("\n")
      assert.include(text, "To Git, branch main, in a commit:")
      assert.include(
        text,
        [
          "--- /dev/null",
          "+++ b/shop/configmap-new.yaml",
          "@@ -0,0 +1,7 @@",
          "+apiVersion: v1",
          "+kind: ConfigMap",
          "+metadata:",
          "+  name: new",
          "+  namespace: shop",
          "+data:",
          "+  a: \"1\"",
          "--- a/shop/settings.yaml",
          "+++ b/shop/settings.yaml",
          "@@ -6,4 +6,5 @@",
          "   namespace: shop",
          " data:",
          "   CURRENCY: EUR # the only one",
          "-  MAINTENANCE: \"off\"",
          "+  MAINTENANCE: \"on\"",
          "+  THEME: dark"
        ].join("\n")
      )
      assert.include(
        text,
        "Before the first commit, one of its own writes .gitops-controller.yaml, which names this cluster."
      )
      assert.strictEqual(lines.at(-1), "Plan: 0 to create, 0 to change, 2 to write to Git, 0 in step")
      assert.strictEqual(code, 1)
    }))

  it.effect("shows differences that Git takes, of a checkout too, and nothing where the two agree", () =>
    Effect.gen(function*() {
      const { apply, folder, kubectl, namespace, plannedJson, repository, planned } = yield* begin()
      yield* repository.commit({ "shop/settings.yaml": settings(namespace) })
      yield* apply(settings(namespace))
      const agreed = yield* planned("--exit-code")
      assert.strictEqual(agreed.lines.at(-1), "Plan: 0 to create, 0 to change, 1 in step")
      assert.strictEqual(agreed.code, 0)
      yield* kubectl("patch", "configmap", "settings", "-p", `{"data":{"CURRENCY":"SEK"}}`)
      const checkout = `${folder}/checkout`
      yield* git(["clone", "--quiet", repository.path, checkout])
      const { commit, hasWork } = (yield* plannedJson("--path", checkout)) as unknown as {
        readonly commit: CommitJson
        readonly hasWork: boolean
      }
      assert.isTrue(hasWork)
      assert.deepStrictEqual(commit.files.map(({ action, path }) => [path, action]), [["shop/settings.yaml", "change"]])
      const patch = `--- a/shop/settings.yaml\n+++ b/shop/settings.yaml\n${commit.files[0]?.diff ?? ""}`
      yield* git(["apply", "-"], {
        cwd: checkout,
        stdin: patch.replaceAll("namespace: shop", `namespace: ${namespace}`)
      })
      const after = yield* planned("--path", checkout, "--exit-code")
      assert.strictEqual(after.lines.at(-1), "Plan: 0 to create, 0 to change, 1 in step")
    }))

  it.effect("shows exactly what the controller then commits", () =>
    Effect.gen(function*() {
      const { apply, cluster, folder, kubectl, namespace, plannedJson, repository } = yield* begin()
      yield* repository.commit({ "apps/settings.yaml": settings(namespace) })
      yield* apply(settings(namespace))
      yield* kubectl(
        "patch",
        "configmap",
        "settings",
        "-p",
        `{"data":{"MAINTENANCE":null,"CURRENCY":"SEK","A":"1\\n2\\n"}}`
      )
      yield* kubectl("create", "configmap", "new", "--from-literal=on=yes")
      const { commit } = (yield* plannedJson()) as unknown as { readonly commit: CommitJson }
      const checkout = `${folder}/checkout`
      yield* git(["clone", "--quiet", repository.path, checkout])
      const patch = commit.files.map(({ action, diff, path }) =>
        `--- ${action === "add" ? "/dev/null" : `a/${path}`}\n+++ b/${path}\n${diff ?? ""}`
      )
      // The text that was printed calls the namespace otherwise
      yield* git(["apply", "--index", "-"], { cwd: checkout, stdin: patch.join("").replaceAll("shop", namespace) })
      yield* git(["commit", "--quiet", "--message", "as planned"], { cwd: checkout })

      const config = {
        gitUrl: repository.url,
        namespace,
        stateNamespace: `${namespace}-state`,
        rules: toGit(namespace)
      }
      yield* startController({ kubeconfig: cluster.kubeconfig, config: { ...config, commit: { quiet: "500ms" } } })
      const path = `${namespace}/configmap-new.yaml`
      yield* eventually(
        "the commit",
        repository.git("ls-tree", "-r", "--name-only", "main"),
        (all) => all.includes(path)
      )
      const manifests = (lines: string) => lines.split("\n").filter((line) => !line.includes(".gitops-controller.yaml"))
      assert.deepStrictEqual(
        manifests(yield* repository.git("ls-tree", "-r", "main")),
        manifests(yield* git(["ls-tree", "-r", "HEAD"], { cwd: checkout }))
      )
      assert.include(commit.message.replaceAll("shop", namespace), yield* repository.git("log", "-1", "--format=%s"))
    }).pipe(Effect.scoped))

  it.effect("tells nothing of a Secret, not even beside another object's change", () =>
    Effect.gen(function*() {
      const { apply, kubectl, namespace, planned, repository } = yield* begin()
      const both = `${settings(namespace)}---\n${secret(namespace, "planted-in-git")}`
      yield* repository.commit({ "shop/all.yaml": both })
      yield* apply(settings(namespace))
      yield* apply(secret(namespace, "planted-in-cluster"))
      yield* kubectl("patch", "configmap", "settings", "-p", `{"data":{"MAINTENANCE":"on"}}`)
      for (const output of ["text", "json", "markdown"]) {
        const { text } = yield* planned("--output", output)
        assert.include(text, "shop/all.yaml", "sentinel")
        assert.include(text, "needs encryption")
        for (const value of ["planted-in-git", "planted-in-cluster"]) {
          assert.notInclude(text, value)
          assert.notInclude(text, Buffer.from(value).toString("base64"))
        }
      }
      assert.include((yield* planned()).text, "there is a Secret in this file, so its text is not shown")
    }))

  it.effect("says what only Git has, and what can't be written and why", () =>
    Effect.gen(function*() {
      const { apply, kubectl, namespace, planned, repository } = yield* begin()
      const anchored = settings(namespace).replace("CURRENCY: EUR", "CURRENCY: &it EUR\n  OTHER: *it")
      yield* repository.commit({
        "shop/settings.yaml": anchored,
        "shop/gone.yaml": settings(namespace).replace("name: settings", "name: gone")
      })
      yield* apply(anchored)
      yield* kubectl("patch", "configmap", "settings", "-p", `{"data":{"CURRENCY":"SEK"}}`)
      const { code, text } = yield* planned("--exit-code")
      assert.match(text, /^\. held ConfigMap shop\/gone .*\n {4}only in Git: .*OnlyInGit/m)
      assert.match(text, /^! refused ConfigMap shop\/settings .*\n {4}shop\/settings\.yaml.*/m)
      assert.notInclude(text, "in a commit")
      assert.strictEqual(code, 2)
    }))

  it.effect("sends some fields of an object to Git and applies others", () =>
    Effect.gen(function*() {
      const { apply, kubectl, namespace, planned, repository, useRules } = yield* begin()
      yield* useRules([
        { resources: ["configmaps"], namespaces: [namespace], filters: ["/data/MAINTENANCE"], syncTo: "git" },
        { namespaces: [namespace], syncTo: "kubernetes" }
      ])
      yield* repository.commit({ "shop/settings.yaml": settings(namespace) })
      yield* apply(settings(namespace))
      yield* kubectl("patch", "configmap", "settings", "-p", `{"data":{"MAINTENANCE":"on","CURRENCY":"SEK"}}`)
      const { text } = yield* planned()
      assert.include(text, `    ~ /data/CURRENCY: "SEK" → "EUR"   (set by kubectl-`)
      assert.include(text, "> write ConfigMap shop/settings   shop/settings.yaml:2\n    /data/MAINTENANCE")
      assert.include(text, `-  MAINTENANCE: "off"\n+  MAINTENANCE: "on"`)
      assert.match(text, /Plan: 0 to create, 1 to change, 1 to write to Git, /)
    }))

  it.effect("says that nothing would be written while Git names another cluster", () =>
    Effect.gen(function*() {
      const { apply, namespace, planned, repository } = yield* begin()
      const other = { cluster: "another", stateNamespace: "theirs" }
      const named = encode(other, { branch: "main", gitPath: "", name: "default" }).toString()
      yield* repository.commit({ ".gitops-controller.yaml": named })
      yield* apply(settings(namespace))
      const { code, text } = yield* planned("--exit-code")
      assert.include(text, "It would not be made now: Git says that cluster another (state namespace theirs) writes")
      assert.include(text, "+  CURRENCY: EUR")
      assert.notInclude(text, "Before the first commit")
      assert.strictEqual(code, 2)
      yield* repository.commit({ ".gitops-controller.yaml": named.replace("branch: main", "branch: other") })
      const copied = yield* planned("--exit-code")
      assert.include(copied.text, "Before the first commit, one of its own writes .gitops-controller.yaml")
      assert.strictEqual(copied.code, 1)
    }))

  it.effect("holds what both sides changed, under a rule for both", () =>
    Effect.gen(function*() {
      const { apply, kubectl, namespace, planned, repository, useRules } = yield* begin()
      yield* useRules([{ resources: ["configmaps"], namespaces: [namespace], syncTo: "both" }])
      yield* repository.commit({ "shop/settings.yaml": settings(namespace) })
      yield* apply(settings(namespace))
      yield* kubectl("patch", "configmap", "settings", "-p", `{"data":{"MAINTENANCE":"on"}}`)
      const { text } = yield* planned()
      assert.match(
        text,
        /\/data\/MAINTENANCE was changed on both sides, to "off" in Git \(.* by A Person\) and to "on" in the cluster \(by kubectl-patch\)/
      )
      assert.notInclude(text, "To Git, branch")
    }))
})

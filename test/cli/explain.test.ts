import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { startController } from "../e2e/Controller.ts"
import { applied, deployment, edited, rules, ruleValues, scaled, setUp } from "./explaining.ts"

/** Lets a user get Deployments of one namespace, and nothing else. */
const mayGetDeployments = Effect.fnUntraced(function*(user: string, namespace: string) {
  const cluster = yield* ControlPlane
  yield* cluster.kubectlOk(["create", "role", user, "-n", namespace, "--verb=get,list", "--resource=deployments.apps"])
  yield* cluster.kubectlOk(["create", "rolebinding", user, "-n", namespace, `--role=${user}`, `--user=${user}`])
  return yield* cluster.kubeconfigFor(user)
})

/** A Deployment that the controller applied, an autoscaler scaled, and somebody edited. */
const written = Effect.fnUntraced(function*() {
  const it = yield* setUp()
  yield* it.repository.commit({ "apps/web.yaml": deployment(it.namespace) })
  yield* applied(deployment(it.namespace, { spec: "  minReadySeconds: 7\n" }))
  yield* scaled(it.namespace, 5)
  yield* edited(it.namespace, "s/nginx:1.26/nginx:1.27/")
  yield* edited(it.namespace, "s/terminationGracePeriodSeconds:.*/terminationGracePeriodSeconds:\\ 60/")
  return it
})

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("explain", (it) => {
  it.effect("tells of each field whose it is, by which rule, and how it stands, and needs no more than to get the object", () =>
    Effect.gen(function*() {
      const { explainAs, namespace } = yield* written()
      const user = `viewer-${namespace}`
      const { code, lines } = yield* explainAs(yield* mayGetDeployments(user, namespace), [
        "deploy",
        `${namespace}/web`
      ])
      assert.strictEqual(code, 0)
      assert.strictEqual(
        lines.join("\n"),
        `Deployment.apps shop/web
manifest   apps/web.yaml:1 (URL, branch main, commit COMMIT)
lifecycle  Git, rule 2 (config.yaml:9)

FIELD                                                                            OWNER   RULE             LIVE                        GIT                         PLACE IN GIT      STATE                              FIELD MANAGERS
/metadata/labels/app                                                             Git     2 config.yaml:9  web                         web                         apps/web.yaml:6   in step                            gitops-controller (Apply)
/spec/minReadySeconds                                                            Git     2 config.yaml:9  7                           -                           -                 to be removed                      gitops-controller (Apply)
/spec/replicas                                                                   nobody  1 config.yaml:6  5                           2                           apps/web.yaml:8   left alone                         autoscaler (Update of scale)
/spec/selector                                                                   Git     2 config.yaml:9  {"matchLabels":{"app":"...  {"matchLabels":{"app":"...  apps/web.yaml:9   in step                            gitops-controller (Apply)
/spec/template/metadata/labels/app                                               Git     2 config.yaml:9  web                         web                         apps/web.yaml:11  in step                            gitops-controller (Apply)
/spec/template/spec/containers/[name=app]/image                                  nobody  1 config.yaml:7  nginx:1.27                  nginx:1.26                  apps/web.yaml:16  left alone                         kubectl-edit (Update)
/spec/template/spec/containers/[name=app]/name                                   Git     2 config.yaml:9  app                         app                         apps/web.yaml:15  in step                            gitops-controller (Apply)
/spec/template/spec/containers/[name=app]/ports/[containerPort=80,protocol=TCP]  Git     2 config.yaml:9  {"containerPort":80,"pr...  {"containerPort":80}        apps/web.yaml:17  in step                            gitops-controller (Apply)
/spec/template/spec/containers/[name=app]/resources/requests/cpu                 Git     2 config.yaml:9  "1"                         "1000m"                     apps/web.yaml:18  in step (as the server writes it)  gitops-controller (Apply)
/spec/template/spec/containers/[name=app]/resources/requests/memory              Git     2 config.yaml:9  "64Mi"                      "64Mi"                      apps/web.yaml:18  in step                            gitops-controller (Apply)
/spec/template/spec/terminationGracePeriodSeconds                                Git     2 config.yaml:9  60                          20                          apps/web.yaml:13  differs: the cluster follows       kubectl-edit (Update)

Notes:
  What the controller recorded could not be read: viewer-shop may not get configmaps shop/gitops-controller.default (403). Give that ServiceAccount or user the verb "get" on configmaps in namespace shop, by a role and a binding.`
      )
    }))

  it.effect("says the same for machines", () =>
    Effect.gen(function*() {
      const { explain, namespace } = yield* written()
      const json = yield* explain("Deployment.apps", `${namespace}/web`, "--output", "json")
      const { objects: [object] } = JSON.parse(json.stdout)
      const field = (path: string) => object.fields.find((field: { readonly path: string }) => field.path === path)
      assert.deepStrictEqual(field("/spec/replicas"), {
        path: "/spec/replicas",
        fields: 1,
        owner: "nobody",
        rule: { number: 1, place: "config.yaml:6" },
        live: 5,
        git: 2,
        place: "apps/web.yaml:8",
        standing: "leftAlone",
        managers: [{ manager: "autoscaler", operation: "Update", subresource: "scale" }]
      })
      const { fields: _, ...rest } = object
      assert.deepStrictEqual(rest, {
        kind: "Deployment.apps",
        version: "v1",
        namespace: "shop",
        name: "web",
        isLive: true,
        manifests: ["apps/web.yaml:1"],
        source: "URL, branch main, commit COMMIT",
        lifecycle: { owner: "Git", creates: true, writes: false, rule: { number: 2, place: "config.yaml:9" } },
        notes: [],
        unmatched: []
      })
      const yaml = yield* explain("deployments", `${namespace}/web`, "-o", "yaml")
      assert.include(yaml.lines, "  - path: /spec/replicas")
    }))

  it.effect("explains a file that isn't in Git, without a repository, and objects that aren't there", () =>
    Effect.gen(function*() {
      const { explain, namespace, write } = yield* setUp()
      yield* write("config.yaml", rules)
      const secret =
        `---\napiVersion: v1\nkind: Secret\nmetadata: { name: pass, namespace: ${namespace} }\nstringData: { word: swordfish }\n`
      const widget = `---\napiVersion: example.com/v1\nkind: Widget\nmetadata: { name: w }\nspec: { size: 1 }\n`
      yield* write("new.yaml", deployment(namespace) + secret + widget)
      const { code, lines } = yield* explain("-f", "new.yaml")
      assert.strictEqual(code, 0)
      assert.strictEqual(
        lines.join("\n"),
        `Deployment.apps shop/web, which is not in the cluster
manifest   new.yaml:1
lifecycle  Git, rule 2 (config.yaml:7)

FIELD                                                                            OWNER   RULE             LIVE  GIT                         PLACE IN GIT  STATE                       FIELD MANAGERS
/metadata/labels/app                                                             Git     2 config.yaml:7  -     web                         new.yaml:6    to be created               -
/spec/replicas                                                                   nobody  1 config.yaml:4  -     2                           new.yaml:8    sent once, then left alone  -
/spec/selector                                                                   Git     2 config.yaml:7  -     {"matchLabels":{"app":"...  new.yaml:9    to be created               -
/spec/template/metadata/labels/app                                               Git     2 config.yaml:7  -     web                         new.yaml:11   to be created               -
/spec/template/spec/containers/[name=app]/image                                  nobody  1 config.yaml:5  -     nginx:1.26                  new.yaml:16   sent once, then left alone  -
/spec/template/spec/containers/[name=app]/name                                   Git     2 config.yaml:7  -     app                         new.yaml:15   to be created               -
/spec/template/spec/containers/[name=app]/ports/[containerPort=80,protocol=TCP]  Git     2 config.yaml:7  -     {"containerPort":80}        new.yaml:17   to be created               -
/spec/template/spec/containers/[name=app]/resources/requests (2 fields)          Git     2 config.yaml:7  -     {"cpu":"1000m","memory"...  new.yaml:18   to be created               -
/spec/template/spec/terminationGracePeriodSeconds                                Git     2 config.yaml:7  -     20                          new.yaml:13   to be created               -

Secret shop/pass, which is not in the cluster
manifest   new.yaml:20
lifecycle  Git, rule 2 (config.yaml:7)

FIELD       OWNER  RULE             LIVE    GIT     PLACE IN GIT  STATE          FIELD MANAGERS
/data/word  Git    2 config.yaml:7  hidden  hidden  new.yaml:20   to be created  -

Widget.example.com w, which is not in the cluster
manifest   new.yaml:25
lifecycle  Git, rule 2 (config.yaml:7)

FIELD       OWNER  RULE             LIVE  GIT  PLACE IN GIT  STATE          FIELD MANAGERS
/spec/size  Git    2 config.yaml:7  -     1    new.yaml:28   to be created  -

Notes:
  The cluster does not serve Widget.example.com: it waits until its CustomResourceDefinition is there.`
      )
    }))

  it.effect("finds nothing left to do where the controller finds all in step", () =>
    Effect.gen(function*() {
      const { cluster, explain, namespace, repository } = yield* setUp()
      const commit = yield* repository.commit({ "apps/web.yaml": deployment(namespace) })
      const config = { gitUrl: repository.url, stateNamespace: namespace, rules: ruleValues }
      const controller = yield* startController({ kubeconfig: cluster.kubeconfig, config })
      yield* controller.inStepWith(commit)
      const { stdout } = yield* explain("deployment", `${namespace}/web`, "-o", "json")
      const { objects: [object] } = JSON.parse(stdout)
      const standings: ReadonlyArray<{ readonly standing: string }> = object.fields
      assert.sameMembers([...new Set(standings.map(({ standing }) => standing))], [
        "inStep",
        "inStepAsWritten",
        "leftAlone",
        "ownLabel"
      ])
      assert.deepStrictEqual(object.notes, [])
    }))

  it.effect("reads a checkout in the place of the repository", () =>
    Effect.gen(function*() {
      const { explain, folder, namespace, write } = yield* setUp()
      yield* Effect.sync(() => mkdirSync(join(folder, "apps")))
      yield* write("apps/web.yaml", deployment(namespace))
      const { code, lines } = yield* explain("deployment", `${namespace}/web`, "--path", ".")
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(lines.slice(0, 2), [
        "Deployment.apps shop/web, which is not in the cluster",
        "manifest   apps/web.yaml:1 (the directory .)"
      ])
    }))

  it.effect("says of what no rule claims, and of what is given up, that it is so", () =>
    Effect.gen(function*() {
      const { cluster, explain, namespace, repository } = yield* setUp(
        "rules:\n  - resources: [configmaps]\n    labels: team=shop\n    filters: [/data/shared]\n    syncTo: kubernetes\n  - namespaces: [other]\n    syncTo: kubernetes\n"
      )
      const configMap = (data: string) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings, namespace: ${namespace}, labels: { team: shop } }\ndata: ${data}\n`
      yield* repository.commit({ "a.yaml": configMap("{ shared: new }") })
      yield* cluster.kubectlOk(["create", "-f", "-"], { stdin: configMap("{ theirs: '1', shared: old }") })
      yield* applied(configMap("{ mine: '1' }"))
      const { lines } = yield* explain("cm", `${namespace}/settings`)
      assert.strictEqual(
        lines.join("\n"),
        `ConfigMap shop/settings
manifest   a.yaml:1 (URL, branch main, commit COMMIT)
lifecycle  no rule claims it whole: it is never created or deleted

FIELD                  OWNER  RULE             LIVE  GIT   PLACE IN GIT  STATE                          FIELD MANAGERS
/data/mine             -      -                "1"   -     -             to be released                 gitops-controller (Apply)
/data/shared           Git    1 config.yaml:6  old   new   a.yaml:4      differs: the cluster follows   kubectl-create (Update)
/data/theirs           -      -                "1"   -     -             no rule claims it: left alone  kubectl-create (Update)
/metadata/labels/team  -      -                shop  shop  a.yaml:3      to be released                 gitops-controller (Apply), kubectl-create (Update)

Notes:
  The field manager gitops-controller still holds 2 fields that no rule gives to Git: they will be released, with the live value kept.

Rules that have nothing to say of it:
  2 config.yaml:8: "namespaces" is "other"`
      )
    }))

  it.effect("says what is wrong with the question, and what to ask instead", () =>
    Effect.gen(function*() {
      const { cluster, explain, explainAs, folder, namespace, repository } = yield* setUp()
      yield* repository.commit({ "apps/web.yaml": deployment(namespace) })
      const questions: ReadonlyArray<readonly [args: ReadonlyArray<string>, answer: string]> = [
        [["deploymet", `${namespace}/web`], `the cluster serves no "deploymet"; did you mean "deployment"?`],
        [
          ["deployment", `${namespace}/wbe`],
          "Deployment.apps shop/wbe is neither in the cluster nor in Git (URL, branch main, commit COMMIT)"
        ],
        [
          ["namespace", `${namespace}/web`],
          `Namespace objects are in no namespace; write just the name: "web"`
        ],
        [["deployment", "a/b/c"], `"a/b/c" is no name of an object; write namespace/name, or just the name`],
        [
          ["deployment"],
          "say which object: gitops-controller explain deployment shop/web, or -f with a file of manifests"
        ],
        [
          ["deployment", "shop/web", "--path", folder, "--rev", "main"],
          "--path and --rev each say where the manifests come from; give one of them"
        ],
        [
          ["deployment", "shop/web", "--config", "other.yaml"],
          "other.yaml: there is no such file; write one, or say where it is with --config"
        ]
      ]
      yield* Effect.forEach(questions, ([args, answer]) =>
        Effect.map(explain(...args), ({ code, lines }) => {
          assert.strictEqual(lines.join("\n"), answer)
          assert.strictEqual(code, 1)
        }), { concurrency: 4 })
      const nobody = yield* explainAs(yield* cluster.kubeconfigFor("nobody"), ["deployment", `${namespace}/web`])
      assert.strictEqual(nobody.code, 1)
      assert.deepStrictEqual(nobody.lines, [
        "nobody may not get deployments.apps shop/web (403). " +
        "Give that ServiceAccount or user the verb \"get\" on deployments.apps in namespace shop, by a role and a binding."
      ])
    }))

  it.effect("tells of what is the cluster's where it stands in Git, and what of it goes there", () =>
    Effect.gen(function*() {
      const { cluster, explain, namespace, repository } = yield* setUp(`rules:
  - resources: [deployments]
    filters: [/spec/replicas]
    syncTo: both
  - resources: [deployments]
    filters: [/spec/paused]
    syncTo: ignore
  - resources: [deployments]
    syncTo: git
`)
      yield* repository.commit({ "apps/web.yaml": `# ours\n${deployment(namespace)}` })
      yield* cluster.kubectlOk(["apply", "--server-side", "-f", "-"], { stdin: deployment(namespace) })
      yield* edited(namespace, "s/nginx:1.26/nginx:1.27/")
      yield* cluster.kubectlOk(["label", "deployment", "web", "-n", namespace, "tier=front"])
      yield* scaled(namespace, 5)
      const { lines } = yield* explain("deploy", `${namespace}/web`)
      const rows = lines.filter((line) => line.startsWith("/")).map((line) => line.split(/ {2,}/))
      const row = (path: string) => rows.find(([field]) => field === path)
      assert.strictEqual(
        lines[2],
        "lifecycle  the cluster, rule 3 (config.yaml:10): a manifest is made for it, and goes with it"
      )
      assert.deepStrictEqual(row("/spec/template/spec/containers/[name=app]/image")?.slice(1, 7), [
        "the cluster",
        "3 config.yaml:10",
        "nginx:1.27",
        "nginx:1.26",
        "apps/web.yaml:17",
        "differs: Git follows"
      ])
      assert.deepStrictEqual(row("/metadata/labels/tier")?.slice(1, 7), [
        "the cluster",
        "3 config.yaml:10",
        "front",
        "-",
        "-",
        "differs: Git follows"
      ])
      assert.deepStrictEqual(row("/spec/selector")?.[6], "in step")
      assert.deepStrictEqual(
        row("/spec/template/spec/containers/[name=app]/resources/requests/cpu")?.[6],
        "in step (as the server writes it)"
      )
      assert.strictEqual(row("/spec/replicas")?.[1], "both")
      yield* cluster.kubectlOk(["create", "deployment", "fresh", "--image=nginx", "-n", namespace])
      const fresh = (yield* explain("deploy", `${namespace}/fresh`)).lines
      const states = fresh.filter((line) => line.startsWith("/")).map((line) => line.split(/ {2,}/))
      assert.include(
        states.map(([field, , , , , , state]) => `${field} ${state}`),
        "/spec/template/spec/containers/[name=nginx]/image differs: Git follows"
      )
      assert.include(fresh.join("\n"), "a default or the cluster's own: not written")
    }))

  it.effect("says why nothing of an object goes to Git", () =>
    Effect.gen(function*() {
      const { cluster, explain, namespace, repository } = yield* setUp("rules:\n  - syncTo: git\n")
      yield* repository.commit({ "apps/web.yaml": deployment(namespace) })
      yield* cluster.kubectlOk(["create", "secret", "generic", "word", "--from-literal=a=planted", "-n", namespace])
      const secret = (yield* explain("secret", `${namespace}/word`)).lines.join("\n")
      assert.match(secret, /\n {2}Not written to Git: it is a Secret and needs encryption/)
      assert.notInclude(secret, "planted")
      const { lines } = yield* explain("deploy", `${namespace}/web`)
      assert.include(
        lines.join("\n"),
        "  Only in Git: this cluster has not shown it, so its manifest is left alone (OnlyInGit)"
      )
      assert.include(lines.join("\n"), "only in Git: left alone")
    }))
})

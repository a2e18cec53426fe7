import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { quoted } from "../../src/manifest/quoted.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { runCommand } from "../e2e/Controller.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

/** Answers its exit code and all it printed, with nothing in it that differs from run to run. */
const validate = Effect.fnUntraced(function*(rules: string, kubeconfig?: string) {
  const cluster = yield* ControlPlane
  const folder = yield* temporaryFolder("gitops-validate-")
  yield* Effect.sync(() => writeFileSync(join(folder, "config.yaml"), `gitUrl: file:///srv/git/cluster.git\n${rules}`))
  const args = ["validate", "--cluster", "--kubeconfig", kubeconfig ?? cluster.kubeconfig]
  const { code, stderr, stdout } = yield* runCommand(args, folder)
  const printed = `${stdout}${stderr}`.replace(cluster.server, "SERVER").replace(cluster.kubeconfig, "KUBECONFIG")
  return { code, lines: printed.trimEnd().split("\n") }
}, Effect.scoped)

const valid = `config.yaml: valid for the cluster at SERVER (context "test" of KUBECONFIG)`

const containers = "/spec/template/spec/containers"

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("The command validate --cluster", (it) => {
  it.effect("says that the rules fit the cluster", () =>
    Effect.gen(function*() {
      const found = yield* validate(`rules:
  - resources: [deploy, statefulsets]
    filters: [/spec/replicas, '${containers}/*/image', '${containers}/[name=app]/ports/[containerPort=80,protocol=TCP]', /metadata]
    syncTo: ignore
  - syncTo: kubernetes
`)
      assert.deepStrictEqual(found, { code: 0, lines: [valid] })
    }))

  it.effect("needs no right but to log in", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const nobody = yield* cluster.kubeconfigFor("validate-nobody")
      const found = yield* validate(
        "rules:\n  - resources: [deployments]\n    filters: [/spec/replica]\n    syncTo: kubernetes\n",
        nobody
      )
      assert.deepStrictEqual(found, {
        code: 1,
        lines: [
          `config.yaml:4:15: "/spec/replica" does not fit Deployment.apps: "/spec" has no field "replica"; did you mean "/spec/replicas"?`
        ]
      })
    }))

  it.effect("fails with every filter that the schemas don't bear out, at its place, and with what to write instead", () =>
    Effect.gen(function*() {
      const found = yield* validate(`rules:
  - resources: [deployments]
    filters:
      - /spec/replica
      - /spec/replicas/max
      - ${containers}/image
      - ${containers}/app/image
      - ${containers}/[image=web]
      - ${containers}/[name=app]/ports/[containerPort=80,name=web]
      - ${containers}/*/args/*
      - /spec/selector/matchLabels/app
      - /spec/template/spec/[name=app]
      - /spec/template/metadata/labels/app
    syncTo: ignore
  - apiGroups: [apps]
    resources: [services]
    syncTo: kubernetes
  - resources: [subjectaccessreviews]
    syncTo: kubernetes
`)
      const at = (line: number, column: number, pointer: string, message: string) =>
        `config.yaml:${line}:${column}: ${quoted(pointer)} does not fit Deployment.apps: ${message}`
      assert.deepStrictEqual(found.lines, [
        at(5, 9, "/spec/replica", `"/spec" has no field "replica"; did you mean "/spec/replicas"?`),
        at(
          6,
          9,
          "/spec/replicas/max",
          `"/spec/replicas" is a single value with nothing below it: write "/spec/replicas"`
        ),
        at(
          7,
          9,
          `${containers}/image`,
          `"${containers}" is a list, whose items are told apart by name: write "${containers}/*/image"`
        ),
        at(
          8,
          9,
          `${containers}/app/image`,
          `"${containers}" is a list, whose items are told apart by name: write "${containers}/[name=app]/image", or "${containers}/*/image" for every item`
        ),
        at(
          9,
          9,
          `${containers}/[image=web]`,
          `the items of "${containers}" are told apart by name, not by image: write "${containers}/[name=…]"`
        ),
        at(
          10,
          9,
          `${containers}/[name=app]/ports/[containerPort=80,name=web]`,
          `the items of "${containers}/[name=app]/ports" are told apart by containerPort and protocol, not by name: write "${containers}/[name=app]/ports/[containerPort=…,protocol=…]"`
        ),
        at(
          11,
          9,
          `${containers}/*/args/*`,
          `the list "${containers}/*/args" has one owner as a whole: write "${containers}/*/args"`
        ),
        at(
          12,
          9,
          "/spec/selector/matchLabels/app",
          `the map "/spec/selector" has one owner as a whole: write "/spec/selector"`
        ),
        at(
          13,
          9,
          "/spec/template/spec/[name=app]",
          `"/spec/template/spec" is a map and no list: write the name of a field, or "/spec/template/spec/*" for all of them`
        ),
        `config.yaml:17:17: "services" is not in the API groups of this rule: the cluster serves it in the core group ""; add the group to "apiGroups", or leave "apiGroups" out`,
        `config.yaml:19:17: "subjectaccessreviews" is never synced, as nothing of it is stored: take it out`
      ])
      assert.strictEqual(found.code, 1)
    }))

  it.effect("fails with what no cluster could bear out before it asks one", () =>
    Effect.gen(function*() {
      const found = yield* validate(
        `rules:
  - resources: [deployments]
    filters: [/metadata/name, /kind, /status, /spec/template/spec/containers/0/image]
    syncTo: ignore
`,
        "/no/such/file"
      )
      const identity = "it says which object it is, so no rule can take it: take this line out"
      assert.deepStrictEqual(found, {
        code: 1,
        lines: [
          `config.yaml:4:15: "filters[0]" is "/metadata/name"; ${identity}`,
          `config.yaml:4:31: "filters[1]" is "/kind"; ${identity}`,
          `config.yaml:4:38: "filters[2]" is "/status"; the status is the cluster's report and is never synced: take this line out`,
          `config.yaml:4:47: "filters[3]" is "/spec/template/spec/containers/0/image"; "0" counts the items of a list, and those change places: write [name=app] for the item with that key, "*" for every item, or the list alone; the key "0" of a map is written ["0"]`
        ]
      })
    }))

  it.effect("fails with a filter that the rule above, for the other direction, leaves nothing to", () =>
    Effect.gen(function*() {
      const found = yield* validate(
        `rules:
  - resources: [deployments]
    filters: [/spec]
    syncTo: kubernetes
  - resources: [deployments]
    filters: [/spec/replicas]
    syncTo: ignore
`,
        "/no/such/file"
      )
      assert.deepStrictEqual(found, {
        code: 1,
        lines: [
          `config.yaml:7:15: "filters[0]" is "/spec/replicas"; it never applies: rule 1 above takes "/spec" for "syncTo: kubernetes"; remove it, or move this rule up`
        ]
      })
    }))

  it.effect("notes what isn't served yet and what comes too late, and says valid", () =>
    Effect.gen(function*() {
      const found = yield* validate(`rules:
  - resources: [deploymnts, gremlins.example.com]
    syncTo: kubernetes
  - apiGroups: [network.k8s.io]
    syncTo: ignore
  - resources: [deploy]
    filters: [/spec/template]
    syncTo: ignore
  - resources: [deployments.apps]
    namespaces: [shop]
    filters: [/spec/replicas, /spec/template/spec]
    syncTo: kubernetes
  - resources: [Deployment]
    syncTo: kubernetes
  - resources: [deploy]
    names: [web]
    syncTo: ignore
`)
      assert.deepStrictEqual(found, {
        code: 0,
        lines: [
          `config.yaml:3:17: note: the cluster serves no "deploymnts"; did you mean "deployments"? The rule waits until it does`,
          `config.yaml:3:29: note: the cluster serves no "gremlins.example.com"; the rule waits until it does`,
          `config.yaml:5:17: note: the cluster serves no API group "network.k8s.io"; did you mean "networking.k8s.io"? The rule waits until it does`,
          `config.yaml:12:31: note: "/spec/template/spec" never applies: rule 3 above takes "/spec/template" for "syncTo: ignore"; remove it, or move this rule up`,
          `config.yaml:16:5: note: this rule never applies: rule 5 above takes everything that it would; remove it or move it up`,
          valid
        ]
      })
    }))

  it.effect("exits with 2 when no cluster answers", () =>
    Effect.gen(function*() {
      const found = yield* validate("rules: [{ syncTo: kubernetes }]\n", "/no/such/file")
      assert.deepStrictEqual(found, {
        code: 2,
        lines: ["/no/such/file: this kubeconfig cannot be read; check that the file is there and that we may read it"]
      })
    }))
})

// Which cluster Git belongs to, and what goes from it, on a real API server and a real repository.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { ControlPlane, type ControlPlaneHandle } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { defaults, runCommand, startController } from "../e2e/Controller.ts"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { type BareRepository, bareRepository } from "../remote/BareRepository.ts"

const configMap = (namespace: string, name: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: ${namespace} }\ndata: { value: one }\n`

const configMaps = (namespace: string, names: ReadonlyArray<string>) =>
  names.map((name) => configMap(namespace, name)).join("---\n")

const idFile = ".gitops-controller.yaml"

const filesOf = ({ git }: BareRepository) =>
  Effect.map(
    git("ls-tree", "-r", "--name-only", "main"),
    (names) => names.split("\n").map((name) => name.split("/").at(-1))
  )

const fileOf = ({ git }: BareRepository, path: string) => git("show", `main:${path}`)

const clusterId = ({ kubectlOk }: ControlPlaneHandle) =>
  kubectlOk(["get", "namespace", "kube-system", "-o", "jsonpath={.metadata.uid}"])

const configFor = (namespace: string, repository: BareRepository, change: Readonly<Record<string, unknown>> = {}) => ({
  gitUrl: repository.url,
  stateNamespace: `${namespace}-state`,
  rules: [{ resources: ["configmaps"], namespaces: [namespace], syncTo: "git" }],
  commit: { quiet: "200ms" },
  ...change
})

/** The command `confirm`, as the user of a cluster gives it. */
const confirm = Effect.fnUntraced(function*(config: unknown, ...args: ReadonlyArray<string>) {
  const cluster = yield* ControlPlane
  const folder = yield* temporaryFolder("gitops-confirm-")
  writeFileSync(join(folder, "config.yaml"), JSON.stringify({ ...defaults, ...Object(config) }))
  return yield* runCommand(["confirm", "--kubeconfig", cluster.kubeconfig, ...args], folder)
})

layer(sharedControlPlane, { excludeTestServices: true, timeout: 180_000 })("Git", (it) => {
  it.effect(
    "is this cluster's from first contact on; more removals than the budget wait for a yes, by command or commit",
    () =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const namespace = yield* cluster.namespace("contact")
        const repository = yield* bareRepository({ files: { "README.md": "# cluster\n" } })
        const names = Array.from({ length: 12 }, (_, at) => `c${at}`)
        yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: configMaps(namespace, names) })
        const config = configFor(namespace, repository, { deletions: { max: 3, percent: 50 } })
        const controller = yield* startController({ kubeconfig: cluster.kubeconfig, config })
        const remain = (what: string, count: number) =>
          eventually(
            what,
            filesOf(repository),
            (files) => files.filter((file) => file?.startsWith("configmap-")).length === count,
            {
              within: 30_000
            }
          )
        yield* remain("all are in Git", 12)
        assert.include(yield* fileOf(repository, idFile), yield* clusterId(cluster))
        const [naming] = (yield* repository.git("log", "--format=%H", "--reverse", "--", idFile)).split("\n")
        assert.strictEqual(
          yield* repository.git("show", "--format=", "--name-only", naming ?? ""),
          idFile,
          "of its own"
        )

        yield* cluster.kubectlOk(["delete", "configmap", "-n", namespace, "c0"])
        yield* remain("what is gone for good goes from Git", 11)

        const remove = (...gone: ReadonlyArray<string>) =>
          cluster.kubectlOk(["delete", "configmap", "-n", namespace, "--wait=false", ...gone])
        yield* remove("c1", "c2", "c3", "c4")
        const held = yield* controller.until("they wait for a person", ({ removals }) => removals?.count === 4)
        assert.deepStrictEqual(held.removals?.objects.map((name) => name.split("/")[1]), ["c1", "c2", "c3", "c4"])
        assert.include(held.removals?.reason, "deletions.max")
        const asked = yield* confirm(config)
        assert.strictEqual(asked.code, 1)
        assert.include(asked.stderr, "say --yes")
        yield* remain("nothing went meanwhile", 11)
        const said = yield* confirm(config, "--yes")
        assert.deepStrictEqual([said.code, said.stderr], [0, ""])
        assert.include(said.stdout, `  ConfigMap ${namespace}/c4`)
        yield* remain("they are gone", 7)
        yield* controller.until("nothing waits", ({ removals }) => removals === undefined)
        assert.include((yield* confirm(config, "--yes")).stdout, "No deletion waits")

        yield* remove("c5", "c6", "c7", "c8")
        yield* controller.until("they wait for a person", ({ removals }) => removals?.count === 4)
        yield* repository.commit({ "note.txt": "wrong\n" }, { message: "Clean up\n\nConfirm-deletions: default 5" })
        yield* controller.until(
          "it is answered",
          ({ removals }) => removals?.objection?.includes("but 4 wait") === true
        )
        yield* repository.commit({ "note.txt": "right\n" }, { message: "Clean up\n\nConfirm-deletions: default 4" })
        yield* remain("they are gone", 3)
        assert.include((yield* controller.get("/metrics")).body, "gitops_removals_held 0")
      }),
    120_000
  )

  it.effect(
    "is another's as long as it names it: nothing is written on either side until a person lets us take its place",
    () =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const namespace = yield* cluster.namespace("rival")
        const repository = yield* bareRepository({ files: { "README.md": "# cluster\n" } })
        yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: configMap(namespace, "live") })
        const config = configFor(namespace, repository, { restore: undefined })
        const first = yield* Effect.scoped(Effect.gen(function*() {
          yield* startController({ kubeconfig: cluster.kubeconfig, config })
          yield* eventually("it is in Git", filesOf(repository), (files) => files.includes("configmap-live.yaml"), {
            within: 30_000
          })
          return yield* fileOf(repository, idFile)
        }))
        const id = yield* clusterId(cluster)
        const theirs = first.replaceAll(id, "00000000-0000-0000-0000-000000000000")
        assert.notStrictEqual(theirs, first)
        yield* repository.commit({ [idFile]: theirs, "gone.yaml": configMap(namespace, "gone") })
        const tip = yield* repository.tip()

        const anew = { ...config, stateNamespace: `${namespace}-anew`, interval: "20s" }
        const controller = yield* startController({ kubeconfig: cluster.kubeconfig, config: anew })
        const held = yield* controller.until(
          "it waits for an answer",
          ({ phase }) => phase.includes("restoring starts")
        )
        for (const part of [id, "00000000-0000", "confirm --take-over", `"restore: off"`])
          assert.include(held.phase, part)
        assert.include((yield* confirm(anew, "--yes")).stdout, "No deletion waits")
        assert.strictEqual(yield* repository.git("diff", "--name-only", tip ?? "", "main"), idFile, "it only asked")
        const said = yield* confirm(anew, "--take-over", "--yes")
        assert.deepStrictEqual([said.code, said.stderr], [0, ""])
        yield* controller.until("it syncs", ({ mirroring, phase }) => phase === "syncing" && mirroring === undefined)
        yield* eventually("it is named", fileOf(repository, idFile), (text) => text.includes(id), { within: 30_000 })
        yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: configMap(namespace, "later") })
        yield* eventually("it writes", filesOf(repository), (files) => files.includes("configmap-later.yaml"), {
          within: 30_000
        })
        assert.include(yield* filesOf(repository), "gone.yaml", "only Git has it, so it stays")
      }),
    120_000
  )

  it.effect(
    "is named ours again when somebody removed the name, and not in another history before a person says so",
    () =>
      Effect.gen(function*() {
        const cluster = yield* ControlPlane
        const namespace = yield* cluster.namespace("history")
        const repository = yield* bareRepository({ files: { "README.md": "# cluster\n" } })
        yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: configMaps(namespace, ["a", "b"]) })
        const config = configFor(namespace, repository)
        const controller = yield* startController({ kubeconfig: cluster.kubeconfig, config })
        const written = (what: string, name: string) =>
          eventually(what, filesOf(repository), (files) => files.includes(name), { within: 30_000 })
        yield* written("it is in Git", "configmap-b.yaml")
        yield* repository.commit({ [idFile]: null })
        yield* written("it is named again", idFile)

        yield* repository.rewrite({ "README.md": "# another\n" })
        const shut = yield* controller.until("nothing goes to Git", ({ mirroring }) => mirroring !== undefined)
        assert.include(shut.mirroring, "no part of the branch any more")
        assert.include(shut.removals?.reason, "history of the branch was rewritten")
        assert.deepStrictEqual(yield* filesOf(repository), ["README.md"])
        yield* confirm(config, "--take-over", "--yes")
        yield* written("all is written again", "configmap-b.yaml")
        yield* cluster.kubectlOk(["delete", "configmap", "-n", namespace, "a"])
        yield* controller.until("its removal waits", ({ removals }) => removals?.count === 1)
        assert.include(yield* filesOf(repository), "configmap-a.yaml")
        yield* confirm(config, "--yes")
        yield* eventually("it goes", filesOf(repository), (files) => !files.includes("configmap-a.yaml"), {
          within: 30_000
        })
        yield* controller.until("nothing waits", ({ mirroring, removals }) => (mirroring ?? removals) === undefined)
      }),
    150_000
  )

  it.effect("needs not say whose it is where no rule writes to it", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const namespace = yield* cluster.namespace("reader")
      const repository = yield* bareRepository()
      const commit = yield* repository.commit({ "a.yaml": configMap(namespace, "a") })
      const config = configFor(namespace, repository, { rules: [{ syncTo: "kubernetes" }] })
      const controller = yield* startController({ kubeconfig: cluster.kubeconfig, config })
      const status = yield* controller.inStepWith(commit)
      assert.isUndefined(status.mirroring)
      assert.strictEqual(yield* repository.tip(), commit)
      assert.notInclude(yield* controller.log, `"level":"WARN"`)
    }))
})

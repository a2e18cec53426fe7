// The demo's first story: Git drives the cluster, drift is put right, and what is the cluster's comes back to Git.
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { startControlPlane, type StartedControlPlane } from "../cluster/StartedControlPlane.ts"
import { type Controller, startController } from "../e2e/Controller.ts"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { application, configuration } from "./application.ts"
import { intoGit } from "./intoGit.ts"
import { oneField } from "./oneField.ts"
import { makeRepository, type Repository } from "./Repository.ts"
import { note, seen, shown, timed, title } from "./Story.ts"

const image = (cluster: StartedControlPlane) =>
  cluster.kubectlOk([
    "get",
    "deployment",
    "web",
    "-n",
    "shop",
    "-o",
    "jsonpath={.spec.template.spec.containers[0].image}"
  ])

const firstSync = Effect.fnUntraced(function*(cluster: StartedControlPlane, controller: Controller, commit: string) {
  title("1. The first sync: what is in Git appears in the cluster")
  const [, millis] = yield* timed(controller.inStepWith(commit))
  const args = [
    "get",
    "namespace/shop",
    "deployment/web",
    "service/web",
    "configmap/web",
    "promotion/autumn",
    "-n",
    "shop",
    "-o",
    "name"
  ]
  const there = yield* cluster.kubectlOk(args)
  shown(`kubectl ${args.join(" ")}`, there)
  seen("the custom resource waited for its definition, everything for its namespace; all is there", millis)
})

const imageCommit = Effect.fnUntraced(function*(cluster: StartedControlPlane, repository: Repository) {
  title("2. A commit changes an image")
  repository.push(application("1.1.0"), "Ship web 1.1.0")
  shown("git show --stat --format='%h %an: %s'", repository.git("show", "--stat", "--format=%h %an: %s"))
  const [now, millis] = yield* timed(
    eventually("the new image", image(cluster), (text) => text.endsWith(":1.1.0"), { every: 20 })
  )
  shown("kubectl get deployment web -o jsonpath={...image}", now)
  seen(
    "the Deployment has the new image; the repository is looked at every second here, a webhook will make it instant",
    millis
  )
})

const replicas = (cluster: StartedControlPlane) =>
  cluster.kubectlOk(["get", "deployment", "web", "-n", "shop", "-o", "jsonpath={.spec.replicas}"])

const edit = Effect.fnUntraced(function*(cluster: StartedControlPlane, folder: string) {
  title("3. Somebody edits the live object: Git is right, so it is put right")
  const editor = join(folder, "editor.sh")
  writeFileSync(editor, "#!/bin/sh\nsed -i 's/^  replicas: 3$/  replicas: 1/' \"$1\"\n", { mode: 0o755 })
  const args = ["edit", "deployment", "web", "-n", "shop"]
  const generation = yield* cluster.kubectlOk([
    "get",
    "deployment",
    "web",
    "-n",
    "shop",
    "-o",
    "jsonpath={.metadata.generation}"
  ])
  const edited = yield* cluster.kubectlOk(args, { env: { EDITOR: editor, KUBE_EDITOR: editor } })
  shown(`kubectl ${args.join(" ")}    # replicas: 3 → 1`, edited)
  const start = performance.now()
  const restored = cluster.kubectlOk([
    "get",
    "deployment",
    "web",
    "-n",
    "shop",
    "-o",
    "jsonpath={.metadata.generation} {.spec.replicas}"
  ])
  const [newer] = yield* timed(
    eventually(
      "three replicas again",
      restored,
      (text) => Number(text.split(" ")[0]) >= Number(generation) + 2 && text.endsWith(" 3"),
      {
        every: 5
      }
    )
  )
  shown("kubectl get deployment web -o jsonpath={...replicas}", newer.split(" ")[1] ?? "")
  seen(
    "seen through kubectl: three replicas again, and two generations more, the edit and its correction",
    performance.now() - start
  )
  return yield* replicas(cluster)
})

const putRightLine = (log: string) =>
  log.split("\n").filter((line) => line.includes("Put right")).map((line) => String(JSON.parse(line).message)).join(
    "\n"
  )

/** @param once Whether it ends after the story. */
export const bothWays = Effect.fnUntraced(function*(once: boolean) {
  const folder = yield* temporaryFolder("gitops-demo-")
  title("A Kubernetes API server and a Git repository, both real, both on this machine")
  const [cluster, up] = yield* timed(startControlPlane())
  seen(`kube-apiserver and etcd are up at ${cluster.server}`, up)
  const repository = makeRepository(folder)
  const commit = repository.push(application("1.0.0"), "The web shop")
  shown(`git -C ${repository.workTree} ls-files`, repository.git("ls-files"))
  shown("cat config.yaml", configuration(repository.url))
  const [controller, started] = yield* timed(
    startController({ kubeconfig: cluster.kubeconfig, configText: configuration(repository.url) })
  )
  seen("gitops-controller runs", started)
  yield* firstSync(cluster, controller, commit)
  yield* imageCommit(cluster, repository)
  yield* edit(cluster, folder)
  note(putRightLine(yield* controller.log))
  yield* oneField(cluster, controller, repository.url)
  yield* intoGit(cluster, controller, repository)
  title("That was it.")
  if (once) return
  note("It stays up until you press Ctrl-C. Play with it:")
  note(`export KUBECONFIG=${cluster.kubeconfig}`)
  note(`${cluster.kubectlPath} get all -n shop`)
  note(`cd ${repository.workTree}    # edit, git commit -a, git push`)
  yield* Effect.never
}, Effect.scoped)

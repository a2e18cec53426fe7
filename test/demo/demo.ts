// `npm run demo`: a real API server, a local repository, and the controller between them. With --once it ends after the story.
import { Cause, Effect, Exit } from "effect"
import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { startControlPlane, type StartedControlPlane } from "../cluster/StartedControlPlane.ts"
import { type Controller, startController } from "../e2e/Controller.ts"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { application, configuration } from "./application.ts"
import { intoGit } from "./intoGit.ts"
import { oneField } from "./oneField.ts"
import { note, seen, shown, title } from "./Story.ts"

const once = process.argv.includes("--once")

const person = {
  GIT_AUTHOR_NAME: "Ada",
  GIT_AUTHOR_EMAIL: "ada@shop.example",
  GIT_COMMITTER_NAME: "Ada",
  GIT_COMMITTER_EMAIL: "ada@shop.example",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1"
}

interface Repository {
  readonly url: string
  readonly workTree: string
  readonly git: (...args: ReadonlyArray<string>) => string
  /** Writes the files, commits and pushes them; returns the commit's id. */
  readonly push: (files: Readonly<Record<string, string>>, message: string) => string
}

const makeRepository = (folder: string): Repository => {
  const bare = join(folder, "cluster.git")
  const workTree = join(folder, "cluster")
  const run = (cwd: string, args: ReadonlyArray<string>) =>
    execFileSync("git", args, {
      cwd,
      env: { ...process.env, ...person },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"]
    })
  run(folder, ["init", "--quiet", "--bare", "--initial-branch=main", bare])
  run(folder, ["init", "--quiet", "--initial-branch=main", workTree])
  run(workTree, ["remote", "add", "origin", bare])
  const git = (...args: ReadonlyArray<string>) => run(workTree, args)
  const push = (files: Readonly<Record<string, string>>, message: string) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(workTree, path)), { recursive: true })
      writeFileSync(join(workTree, path), text)
    }
    git("add", "--all")
    git("commit", "--quiet", "--message", message)
    git("push", "--quiet", "origin", "main")
    return git("rev-parse", "HEAD").trim()
  }
  return { url: `file://${bare}`, workTree, git, push }
}

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const start = performance.now()
    return Effect.map(effect, (value) => [value, performance.now() - start] as const)
  })

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

const story = Effect.gen(function*() {
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
}).pipe(Effect.scoped)

const fiber = Effect.runFork(story)
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => fiber.interruptUnsafe())
fiber.addObserver((exit) => {
  if (Exit.isFailure(exit) && !Cause.hasInterruptsOnly(exit.cause)) {
    process.stderr.write(`\nThe story broke off: ${Cause.pretty(exit.cause)}\n`)
    process.exitCode = 1
  }
})

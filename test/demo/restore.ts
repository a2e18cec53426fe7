// `npm run demo -- restore`: a cluster is lost, and a new one comes back from Git and its storage, to the bytes of a file.
import { Effect } from "effect"
import { mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { type CsiCluster, startCsiCluster } from "../csi/CsiCluster.ts"
import { claimManifest, snapshotClass, snapshotManifest, storageClass } from "../csi/VolumeManifests.ts"
import { volumesOf } from "../csi/Volumes.ts"
import { type Controller, startController } from "../e2e/Controller.ts"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { makeRepository, type Repository } from "./Repository.ts"
import { note, seen, shown, timed, title } from "./Story.ts"

const namespace = "shop"
const file = "orders.txt"
const [monday, tuesday] = ["three orders\n", "three orders\none more\n"]

const configuration = (url: string) =>
  `gitUrl: ${url}
gitPath: clusters/shop
interval: 1s
http: { port: 0 }
rules:
  - resources: [volumesnapshots, volumesnapshotcontents, volumesnapshotclasses, storageclasses]
    syncTo: git
  - resources: [namespaces]
    names: [${namespace}]
    syncTo: git
  - resources: [persistentvolumeclaims, deployments, configmaps]
    namespaces: [${namespace}]
    syncTo: git
`

const applications = [
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "db" }, data: { LANGUAGE: "en" } },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "db" },
    spec: {
      selector: { matchLabels: { app: "db" } },
      template: {
        metadata: { labels: { app: "db" } },
        spec: {
          containers: [{
            name: "db",
            image: "registry.example/shop/db:4",
            envFrom: [{ configMapRef: { name: "db" } }],
            volumeMounts: [{ name: "data", mountPath: "/data" }]
          }],
          volumes: [{ name: "data", persistentVolumeClaim: { claimName: "db" } }]
        }
      }
    }
  }
]

const documentsInGit = ({ git }: Repository) =>
  Effect.sync(() => {
    git("pull", "--quiet", "origin", "main")
    return git("ls-files", "clusters/shop")
  })

const inGit = (repository: Repository, what: string, wanted: (files: string) => boolean) =>
  eventually(what, documentsInGit(repository).pipe(Effect.orElseSucceed(() => "")), wanted, {
    within: 60_000,
    every: 200
  })

const backedUp = Effect.fnUntraced(function*(cluster: CsiCluster, repository: Repository) {
  title("2. A claim with a file in its volume, a Deployment that uses it, and a snapshot on Monday and on Tuesday")
  const volumes = volumesOf(cluster, namespace)
  yield* cluster.kubectlOk(["create", "namespace", namespace])
  yield* volumes.apply(claimManifest("db"), ...applications)
  yield* volumes.isBound("db")
  for (const [name, text] of [["monday", monday], ["tuesday", tuesday]] as const) {
    yield* volumes.write("db", file, text)
    yield* volumes.snapshot(name, "db")
  }
  const args = ["get", "persistentvolumeclaim,deployment,volumesnapshot", "-n", namespace]
  shown(`kubectl ${args.join(" ")}`, yield* cluster.kubectlOk(args))
  shown(`cat ${file}    # in the volume`, yield* volumes.read("db", file))
  const [, millis] = yield* timed(inGit(repository, "all of it is in Git", (files) => {
    const contents = files.split("\n").filter((path) => path.includes("volumesnapshotcontent-"))
    return contents.length === 2 && files.includes("deployment-db") && files.includes("tuesday")
  }))
  shown("git log --format='%h %s'", repository.git("log", "--format=%h %s"))
  shown("git ls-files", repository.git("ls-files", "clusters/shop"))
  seen(
    "everything is in Git; what is in the volume is in the storage's snapshots, and Git knows which those are",
    millis
  )
})

/** Its controller and all its processes are killed, and nothing of its etcd is left. */
const firstLife = Effect.fnUntraced(function*(folder: string, cloud: string, repository: Repository) {
  title("1. A cluster with real volumes and snapshots, and a repository in which nothing of it stands")
  const data = join(folder, "etcd")
  const [cluster, up] = yield* timed(startCsiCluster({ cloud, data }))
  yield* cluster.kubectlOk(["apply", "-f", "-"], {
    stdin: JSON.stringify({ apiVersion: "v1", kind: "List", items: [storageClass(), snapshotClass] })
  })
  seen(`kube-apiserver, etcd, the snapshot controllers and a CSI driver run (${cluster.server})`, up)
  shown("cat config.yaml", configuration(repository.url))
  const controller = yield* startController({
    kubeconfig: cluster.kubeconfig,
    configText: configuration(repository.url)
  })
  yield* backedUp(cluster, repository)
  title("3. The cluster is lost: kill -9 of all of it, and its etcd is gone. The storage stays")
  yield* controller.process.signal("SIGKILL")
  yield* controller.process.exit
  yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(data, { recursive: true, force: true })))
  return repository.git("rev-parse", "HEAD").trim()
}, Effect.scoped)

/** What it says of restoring. */
const told = (log: string): ReadonlyArray<string> =>
  log.split("\n").filter((line) => line !== "").map((line) => String(JSON.parse(line).message))
    .filter((message) => /restor/i.test(message))

const isRestored = (controller: Controller) =>
  controller.until(
    "it is restored",
    ({ phase, settled }) => phase === "restored, syncing" && settled,
    { within: 120_000 }
  )

const secondLife = Effect.fnUntraced(
  function*(cluster: CsiCluster, controller: Controller, repository: Repository, last: string) {
    title("5. It restores: classes, the snapshots, then the claim from the newest of them, then what uses it")
    const [, millis] = yield* timed(isRestored(controller))
    for (const line of told(yield* controller.log)) note(line)
    seen("restored, and syncing again by itself; the first ten seconds a living owner had to refuse", millis)
    const volumes = volumesOf(cluster, namespace)
    yield* volumes.isBound("db")
    const args = ["get", "persistentvolumeclaim,deployment,volumesnapshot", "-n", namespace]
    shown(`kubectl ${args.join(" ")}`, yield* cluster.kubectlOk(args))
    const text = yield* volumes.read("db", file)
    shown(`cat ${file}    # in the new cluster's volume`, text)
    if (text !== tuesday) return yield* Effect.die(new Error(`the file came back as ${JSON.stringify(text)}`))
    repository.git("pull", "--quiet", "origin", "main")
    const changed = repository.git("diff", "--name-only", last, "HEAD")
    shown(`git diff --name-only ${last.slice(0, 8)} HEAD`, changed)
    if (changed.trim() !== "clusters/shop/.gitops-controller.yaml")
      return yield* Effect.die(new Error(`restoring changed ${changed}`))
    title("6. The next snapshot, taken in the new cluster")
    const [, next] = yield* timed(Effect.gen(function*() {
      yield* volumes.apply(snapshotManifest("wednesday", "db"))
      yield* inGit(repository, "the next snapshot is in Git", (files) => files.includes("wednesday"))
    }))
    shown("git show --stat --format='%h %s'", repository.git("show", "--stat", "--format=%h %s"))
    seen("its commit is there", next)
  }
)

/** @param once Whether it ends after the story. */
export const restore = Effect.fnUntraced(function*(once: boolean) {
  const folder = yield* temporaryFolder("gitops-demo-")
  const cloud = join(folder, "cloud")
  mkdirSync(cloud)
  const repository = makeRepository(folder)
  repository.push({ "clusters/shop/README.md": "# What the shop's cluster is\n" }, "Begin")
  const last = yield* firstLife(folder, cloud, repository)
  title(
    "4. A new cluster, empty but for the same storage; the controller gets the same configuration, and nothing else"
  )
  const [cluster, up] = yield* timed(startCsiCluster({ cloud }))
  seen(`another cluster is up (${cluster.server})`, up)
  const controller = yield* startController({
    kubeconfig: cluster.kubeconfig,
    configText: configuration(repository.url)
  })
  yield* secondLife(cluster, controller, repository, last)
  title("That was it.")
  if (once) return
  note("It stays up until you press Ctrl-C. Play with it:")
  note(`export KUBECONFIG=${cluster.kubeconfig}`)
  note(`${cluster.kubectlPath} get all,pvc,volumesnapshot -n ${namespace}`)
  yield* Effect.never
}, Effect.scoped)

// A real cluster of one node: control plane, scheduler, kubelet, containerd and runc, in a network and a process tree of its own,
// with an SSH server beside it that pods reach. Ends with its scope, and with this process.
import { Effect, type Scope } from "effect"
import { readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { type Kubectl, makeKubectl } from "../../cluster/Kubectl.ts"
import { onPath } from "../../cluster/Surroundings.ts"
import { systemProgram } from "../../process/DebianPackages.ts"
import { eventually } from "../../process/Eventually.ts"
import { startProcess } from "../../process/RunningProcess.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { runTool } from "../../process/Tool.ts"
import type { BareRepository } from "../../remote/BareRepository.ts"
import { findSshd } from "../../remote/Sshd.ts"
import { sshdConfiguration } from "../../remote/SshGitServer.ts"
import { makeSshKeys } from "../../remote/SshKeys.ts"
import { findNodePrograms } from "../NodePrograms.ts"
import { nodeAddress, nodeName, writeNodeFiles } from "./NodeFiles.ts"
import { pauseArchive } from "./PauseImage.ts"
import { startScript } from "./startScript.ts"

export interface Node extends Kubectl {
  /** Where a repository of this machine is reached from within a pod. */
  readonly urlOf: (repository: BareRepository) => string
  readonly identityFile: string
  /** For known_hosts, as pods reach the SSH server. */
  readonly knownHosts: string
  /** Makes an image of an OCI archive known to the node. */
  readonly load: (archive: string) => Effect.Effect<unknown, unknown>
  /** The ends of what its servers logged. */
  readonly logs: Effect.Effect<string>
}

const script = (file: string, ...lines: ReadonlyArray<string>) => {
  writeFileSync(file, `#!/bin/sh\n${lines.join("\n")}\n`, { mode: 0o755 })
  return file
}

/** Control groups outlive their processes. */
const removeControlGroups = Effect.sync(() => {
  const remove = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) remove(join(folder, entry.name))
    rmdirSync(folder)
  }
  for (const hierarchy of readdirSync("/sys/fs/cgroup")) {
    try {
      remove(join("/sys/fs/cgroup", hierarchy, "k8s.io"))
    } catch {
      // None there, or somebody else's pods still run.
    }
  }
})

export const startNode: Effect.Effect<Node, unknown, Scope.Scope> = Effect.gen(function*() {
  const { folders, pause } = yield* findNodePrograms
  const archive = yield* pauseArchive(pause)
  const folder = yield* temporaryFolder("gitops-node-")
  yield* Effect.addFinalizer(() => removeControlGroups)
  const keys = yield* makeSshKeys(folder, ["ed25519"])
  const sshd = { program: yield* findSshd, config: join(folder, "sshd_config") }
  writeFileSync(sshd.config, sshdConfiguration(folder, { address: nodeAddress, port: 22 }, keys, {}))
  writeNodeFiles(folder, systemProgram("runc") ?? "runc")
  writeFileSync(join(folder, "start.sh"), startScript(folder, sshd), { mode: 0o755 })
  const path = [...folders, "/usr/sbin", "/sbin", process.env["PATH"]].join(delimiter)
  const running = yield* startProcess({
    command: "unshare",
    args: ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", join(folder, "start.sh")],
    env: { PATH: path },
    folder,
    name: "node",
    graceMillis: 1000
  })
  const inside = `exec nsenter --net=/proc/${running.pid}/ns/net --mount=/proc/${running.pid}/ns/mnt`
  const program = (name: string) => onPath(name, { PATH: path }) ?? name
  const kubectl = makeKubectl({
    path: script(join(folder, "kubectl"), `${inside} --wd=. '${program("kubectl")}' "$@"`),
    kubeconfig: join(folder, "admin.kubeconfig"),
    cacheFolder: join(folder, "kubectl-cache")
  })
  const ctr = script(join(folder, "ctr"), `${inside} '${program("ctr")}' -n k8s.io "$@"`)
  const load: Node["load"] = (archive) => runTool(ctr, ["images", "import", archive])
  const logs = Effect.sync(() =>
    readdirSync(folder).filter((name) => name.endsWith(".log")).map((name) =>
      `== ${name}\n${readFileSync(join(folder, name), "utf8").split("\n").slice(-15).join("\n")}`
    ).join("\n")
  )
  const ready = eventually(
    "the node is ready",
    kubectl.kubectlOk(["wait", "--for=condition=Ready", `node/${nodeName}`, "--timeout=1s"]),
    () => true,
    { within: 120_000, every: 300 }
  )
  yield* eventually("the runtime has the pause image", load(archive), () => true, { within: 60_000, every: 300 }).pipe(
    Effect.andThen(ready),
    Effect.tapError(() => Effect.flatMap(logs, (text) => Effect.logError(text)))
  )
  return {
    ...kubectl,
    urlOf: ({ path }) => `ssh://root@${nodeAddress}${path}`,
    identityFile: keys.identityFile,
    knownHosts: keys.hostKeys.map((key) => `${nodeAddress} ${key}\n`).join(""),
    load,
    logs
  }
})

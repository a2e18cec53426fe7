import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"
import { parse } from "yaml"
import type { ControlPlaneHandle } from "../cluster/ControlPlane.ts"
import { defaults, program, startController } from "../e2e/Controller.ts"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { startSshGitServer } from "../remote/SshGitServer.ts"
import { kubeconfigOf, user } from "./installed.ts"
import { clusterWithSnapshots } from "./overlayRoles.ts"

const page = readFileSync(fileURLToPath(new URL("../../docs/install.md", import.meta.url)), "utf8")

/** The commands of a step, by its heading. */
const commandsOf = (heading: string): string => {
  const [, section = ""] = page.split(`\n## ${heading}`)
  const [step = ""] = section.split("\n## ")
  return [...step.matchAll(/^```sh\n([^]*?)^```/gm)].map(([, commands]) => commands).join("")
}

/** A shell in which kubectl is for the cluster, and npx starts this very program. */
const shellFor = Effect.fnUntraced(function*(cluster: ControlPlaneHandle) {
  const folder = yield* temporaryFolder("gitops-install-")
  const programs = join(folder, ".programs")
  mkdirSync(programs)
  const shim = (name: string, line: string) =>
    writeFileSync(join(programs, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 })
  shim("npx", `shift; exec "${process.execPath}" "${program}" "$@"`)
  shim("kubectl", `exec "${cluster.kubectlPath}" "$@"`)
  const env = {
    ...process.env,
    KUBECONFIG: cluster.kubeconfig,
    PATH: [programs, process.env["PATH"]].join(delimiter)
  }
  const run = (commands: string) =>
    Effect.callback<string>((resume) => {
      execFile("sh", ["-e", "-u", "-c", commands], { cwd: folder, env }, (error, stdout, stderr) => {
        resume(error === null ? Effect.succeed(stdout) : Effect.die(new Error(`${error.message}\n${stderr}`)))
      })
    })
  return { folder, run }
})

/** What a pod would find mounted, in a folder: there is no kubelet here. */
const mounted = Effect.fnUntraced(function*(cluster: ControlPlaneHandle) {
  const folder = yield* temporaryFolder("gitops-mounted-")
  const get = (kind: string, name: string) =>
    cluster.kubectlJson<{ readonly data: Readonly<Record<string, string>> }>([
      "get",
      kind,
      name,
      "-n",
      "gitops-controller"
    ])
  const { data: { identity = "" } } = yield* get("secret", "git-ssh")
  const { data: { known_hosts = "" } } = yield* get("configmap", "git-known-hosts")
  const { data } = yield* get("configmap", "gitops-controller")
  const ssh = { identity: join(folder, "identity"), knownHosts: join(folder, "known_hosts") }
  writeFileSync(ssh.identity, Buffer.from(identity, "base64"), { mode: 0o440 })
  writeFileSync(ssh.knownHosts, known_hosts)
  return { ...parse(data["config.yaml"] ?? ""), ...defaults, restore: "auto", credentials: { ssh } }
})

const configMap = (name: string, value: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "shop" },
  data: { value }
})

describe("docs/install.md", () => {
  it.live(
    "followed word by word, ends with both directions working under the roles that it applies",
    () =>
      Effect.gen(function*() {
        const cluster = yield* clusterWithSnapshots
        const repository = yield* bareRepository({
          files: {
            "clusters/prod/shop/a.json": JSON.stringify(configMap("a", "one")),
            "clusters/prod/shop/web.yaml": [
              "apiVersion: apps/v1",
              "kind: Deployment",
              "metadata: { name: web, namespace: shop }",
              "spec:",
              "  selector: { matchLabels: { app: web } }",
              "  template:",
              "    metadata: { labels: { app: web } }",
              "    spec:",
              "      containers:",
              "        - name: web",
              "          image: web:1",
              ""
            ].join("\n")
          }
        })
        const server = yield* startSshGitServer(repository)
        yield* cluster.kubectlOk(["create", "namespace", "shop"])
        const { folder, run } = yield* shellFor(cluster)

        const first = commandsOf("1. Write").replace("git@github.com:acme/cluster.git", server.url)
          .replace("--overlay snapshots", "--overlay one-namespace --namespace shop")
        assert.include(first, server.url)
        assert.include(yield* run(first), "Wrote prod.")
        appendFileSync(server.authorizedKeysFile, `\n${readFileSync(join(folder, "prod/identity.pub"), "utf8")}`)

        const [wait = "", ...rest] = commandsOf("3. Apply").trim().split("\n").toReversed()
        assert.match(wait, /rollout status/, "which takes a kubelet")
        yield* run(rest.toReversed().join("\n"))
        const [, create = ""] = commandsOf("2. Give").split("\n")
        assert.match(create, /git-known-hosts/)
        yield* run(create.replace("=known_hosts", `=known_hosts=${server.knownHostsFile}`))

        const mark = yield* cluster.auditMark
        const config = yield* mounted(cluster)
        const kubeconfig = yield* kubeconfigOf(cluster, "gitops-controller")
        const controller = yield* startController({ kubeconfig, configText: JSON.stringify(config) })
        const patient = { within: 60_000 }
        yield* controller.until("it is in step", ({ ready, settled }) => ready && settled, patient)
        const value = cluster.kubectlOk(["get", "configmap", "a", "-n", "shop", "-o", "jsonpath={.data.value}"])
        assert.strictEqual(yield* value, "one")
        yield* cluster.kubectlOk(["set", "image", "deployment/web", "web=web:2", "-n", "shop"])
        const inGit = repository.git("show", "HEAD:clusters/prod/shop/web.yaml")
        yield* eventually("the image is in Git", inGit, (text) => text.includes("image: web:2"), patient)
        yield* repository.commit({ "clusters/prod/shop/a.json": JSON.stringify(configMap("a", "two")) })
        yield* eventually("the commit is in the cluster", value, (text) => text === "two", patient)
        const ours = (yield* cluster.auditSince(mark)).filter((request) => request.user === user)
        assert.isNotEmpty(ours)
        assert.deepStrictEqual(ours.filter(({ code }) => code === 403).map(({ uri, verb }) => `${verb} ${uri}`), [])
      }).pipe(Effect.scoped),
    240_000
  )
})

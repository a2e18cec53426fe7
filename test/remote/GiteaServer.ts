// A real forge on loopback: Gitea with its own users, rights, protected branches and deploy keys, over HTTPS and SSH.
// Ready in a few seconds; ends with its scope, and with this process.
import { Effect, type Scope } from "effect"
import { randomBytes } from "node:crypto"
import { writeFileSync } from "node:fs"
import { connect } from "node:net"
import { userInfo } from "node:os"
import { join } from "node:path"
import { issueCertificate, makeAuthority } from "../cluster/Certificates.ts"
import { freePort } from "../cluster/FreePort.ts"
import { run } from "../cluster/Surroundings.ts"
import { eventually } from "../process/Eventually.ts"
import { type ProcessNotStarted, startProcess } from "../process/RunningProcess.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { type GiteaApi, giteaApi } from "./GiteaApi.ts"
import { giteaConfiguration, type GiteaConfigurationSpec, repositoriesOf } from "./GiteaConfiguration.ts"
import type { GiteaMissing } from "./GiteaMissing.ts"
import { findGitea, type GiteaProgram } from "./GiteaProgram.ts"
import { makeSshKey, publicKeyOf } from "./SshKeys.ts"

export interface GiteaServer {
  /** `https://127.0.0.1:port` */
  readonly origin: string
  /** `ssh://git@127.0.0.1:port` */
  readonly sshOrigin: string
  /** The authority of its certificate, PEM. */
  readonly ca: string
  readonly caFile: string
  readonly knownHostsFile: string
  /** As an administrator. */
  readonly api: GiteaApi
  /** Gone with the server. */
  readonly folder: string
  /** Where its repositories are, by owner. */
  readonly repositories: string
  /** Its app.ini: the server has read it, and its hooks read it each time. */
  readonly configurationFile: string
  /** An SSH key whose signatures it takes for good. */
  readonly signingKeyFile: string
  readonly log: Effect.Effect<string>
}

/** Nothing of the person's who runs the tests. */
const environment = (folder: string) => ({
  HOME: folder,
  XDG_CONFIG_HOME: undefined,
  GIT_CONFIG_NOSYSTEM: "1",
  GITEA_WORK_DIR: undefined,
  GITEA_CUSTOM: undefined
})

const listens = (port: number) =>
  Effect.callback<boolean>((resume) => {
    const socket = connect({ port, host: "127.0.0.1" })
    socket.once("connect", () => resume(Effect.succeed(true)))
    socket.once("error", () => resume(Effect.succeed(false)))
    return Effect.sync(() => socket.destroy())
  })

const admin = "administrator"

/** Made by the program itself, since nobody may ask the API yet. */
const administratorToken = (program: GiteaProgram, file: string, folder: string) =>
  Effect.gen(function*() {
    const args = ["admin", "user", "create", "--config", file, "--admin", "--username", admin].concat(
      [
        "--email",
        `${admin}@example.com`,
        "--password",
        randomBytes(16).toString("hex"),
        "--must-change-password=false"
      ],
      ["--access-token", "--access-token-name", "tests", "--access-token-scopes", "all"]
    )
    const { ok, output } = yield* run(program.command, args, {
      env: { ...process.env, ...environment(folder) },
      cwd: folder
    })
    const token = /Access token was successfully created\W+(\w+)/.exec(output)?.[1]
    return ok && token !== undefined ? token : yield* Effect.die(new Error(`gitea admin user create: ${output}`))
  })

interface Launched {
  readonly httpPort: number
  readonly sshPort: number
  readonly configurationFile: string
  readonly log: Effect.Effect<string>
}

const launch = (
  program: GiteaProgram,
  folder: string,
  files: Pick<GiteaConfigurationSpec, "certificateFile" | "hostKeyFile" | "keyFile" | "trustedKey">
): Effect.Effect<Launched, ProcessNotStarted, Scope.Scope> =>
  Effect.gen(function*() {
    const [httpPort, sshPort] = [yield* freePort, yield* freePort]
    const configurationFile = join(folder, `app-${httpPort}.ini`)
    const spec = { ...files, folder, staticFiles: program.staticFiles, user: userInfo().username, httpPort, sshPort }
    writeFileSync(configurationFile, giteaConfiguration(spec), { mode: 0o600 })
    const running = yield* startProcess({
      command: program.command,
      args: ["web", "--config", configurationFile, "--pid", join(folder, "gitea.pid")],
      env: environment(folder),
      folder,
      name: `gitea-${httpPort}`
    })
    const log = Effect.map(Effect.all([running.stdout, running.stderr]), (texts) => texts.join(""))
    const state = Effect.gen(function*() {
      if (yield* running.hasExited) return yield* log
      const ports = yield* Effect.forEach([httpPort, sshPort], listens)
      return ports.includes(false) ? "starts" : "listens"
    })
    const seen = yield* eventually("Gitea listens", state, (it) => it !== "starts", { within: 60_000 }).pipe(
      Effect.catch((error) => Effect.flatMap(log, (text) => Effect.die(new Error(`${error.message}\n${text}`))))
    )
    if (seen === "listens") return { httpPort, sshPort, configurationFile, log }
    if (seen.includes("address already in use")) return yield* launch(program, folder, files)
    return yield* Effect.die(new Error(`Gitea has ended: ${seen.trim().split("\n").slice(-12).join("\n")}`))
  })

/** Starts a Gitea without users, but one administrator, and without repositories. */
export const startGitea: Effect.Effect<GiteaServer, GiteaMissing | ProcessNotStarted, Scope.Scope> = Effect.gen(
  function*() {
    const program = yield* findGitea()
    const folder = yield* temporaryFolder("gitops-gitea-")
    const authority = makeAuthority("test forge authority")
    const serving = issueCertificate(authority, { commonName: "forge", hosts: ["127.0.0.1", "localhost"] })
    const write = (name: string, text: string) => {
      const file = join(folder, name)
      writeFileSync(file, text, { mode: 0o600 })
      return file
    }
    const caFile = write("ca.crt", authority.certificate)
    const certificateFile = write("server.crt", serving.certificate)
    const keyFile = write("server.key", serving.key)
    const hostKeyFile = yield* makeSshKey(join(folder, "host_ed25519"))
    const signingKeyFile = yield* makeSshKey(join(folder, "signing_ed25519"))
    const files = { hostKeyFile, certificateFile, keyFile, trustedKey: publicKeyOf(signingKeyFile) }
    const started = yield* launch(program, folder, files)
    const token = yield* administratorToken(program, started.configurationFile, folder)
    const origin = `https://127.0.0.1:${started.httpPort}`
    return {
      origin,
      sshOrigin: `ssh://git@127.0.0.1:${started.sshPort}`,
      ca: authority.certificate,
      caFile,
      knownHostsFile: write("known_hosts", `[127.0.0.1]:${started.sshPort} ${publicKeyOf(hostKeyFile)}\n`),
      api: giteaApi(origin, authority.certificate, { token }),
      folder,
      repositories: repositoriesOf(folder),
      configurationFile: started.configurationFile,
      signingKeyFile,
      log: started.log
    }
  }
)

// A program for the tests: starts every server, lets a clone hang on each, says "ready", and ends when its first
// argument says so: at once by itself ("end"), or when it is killed.
import { Effect } from "effect"
import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "./BareRepository.ts"
import { onCommand } from "./HttpFault.ts"
import { startHttpGitServer } from "./HttpGitServer.ts"
import { git } from "./NativeGit.ts"
import { startSshGitServer } from "./SshGitServer.ts"

const program = Effect.gen(function*() {
  const files = { "large.bin": randomBytes(4_000_000) }
  const repository = yield* bareRepository({ files })
  const http = yield* startHttpGitServer(repository)
  const ssh = yield* startSshGitServer(repository)
  const folder = yield* temporaryFolder("gitops-clone-")
  http.setFault(onCommand("fetch", { stallAfter: 100_000 }))
  ssh.setFault(() => ({ stallAfter: 100_000 }))
  const clone = (name: string, url: string, args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
    Effect.forkScoped(git([...args, "clone", "--quiet", url, join(folder, name)], { env }))
  yield* clone("http", http.url, http.gitArguments)
  yield* clone("ssh", ssh.url, [], ssh.gitEnv)
  const sent = Effect.sync(() => [http.requests.at(-1)?.answerBytes, ssh.connections[0]?.sentBytes])
  yield* eventually("both hang", sent, (bytes) => bytes.every((it) => it === 100_000))
  process.stdout.write("ready\n")
  if (process.argv[2] !== "end") yield* Effect.never
}).pipe(Effect.scoped)

await Effect.runPromise(program)

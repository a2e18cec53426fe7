// A program for GiteaServer.test.ts: a forge with a push that hangs in the middle, until it is ended from outside or, with
// "end", by itself. Tells the server's folder and the repository's name.
import { Effect } from "effect"
import { eventually } from "../process/Eventually.ts"
import { startProcess } from "../process/RunningProcess.ts"
import { giteaRepository, giteaUser } from "./GiteaRepository.ts"
import { startGitea } from "./GiteaServer.ts"

const program = Effect.gen(function*() {
  const server = yield* startGitea
  const owner = yield* giteaUser(server)
  const { deployKey, fullName, sshUrl } = yield* giteaRepository(server, owner, { files: { "a.yaml": "a" } })
  const { identity, knownHosts } = yield* deployKey("write")
  const options = ["BatchMode=yes", "IdentitiesOnly=yes", `UserKnownHostsFile=${knownHosts}`]
  const host = new URL(sshUrl)
  const push = yield* startProcess({
    command: "sh",
    args: ["-c", `tail -f /dev/null | ssh -F none ${options.map((it) => `-o ${it}`).join(" ")} "$@"`, "push"].concat(
      ["-i", identity, "-p", host.port, `git@${host.hostname}`, `git-receive-pack '${fullName}.git'`]
    ),
    folder: server.folder
  })
  yield* eventually("the push has begun", push.stdout, (text) => text.includes("report-status"), { within: 30_000 })
  process.stdout.write(`${server.folder} ${fullName}\n`)
  if (process.argv[2] !== "end") yield* Effect.never
})

await Effect.runPromise(Effect.scoped(program))

// The controller and a person push 200 commits each to one branch at the same time: one minute or two, nearly all of it the person's Git.
// GITOPS_TWO_WRITERS=24 makes each of them push 24.
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { GitActor } from "../../../src/git/GitActor.ts"
import type { Changes } from "../../../src/git/GitMessages.ts"
import type { Tip } from "../../../src/git/Tip.ts"
import { eventually } from "../../process/Eventually.ts"
import { startProcess } from "../../process/RunningProcess.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { type BareRepository, bareRepository } from "../../remote/BareRepository.ts"
import { startHttpGitServer } from "../../remote/HttpGitServer.ts"
import { git } from "../../remote/NativeGit.ts"
import { type SshGitServer, startSshGitServer } from "../../remote/SshGitServer.ts"
import { named } from "../named.ts"
import { credentialsOf } from "../ssh/openSsh.ts"
import { startGit, type StartOptions } from "../startGit.ts"
import type { PersonsWork } from "./personAtWork.ts"
import { history, put, remove, text } from "./submitting.ts"

const commitsEach = Number(process.env["GITOPS_TWO_WRITERS"] ?? 200)
/** So far may one be ahead of the other: otherwise the faster one would work first and the slower one afterwards. */
const longestLead = 4

/** What was answered `Committed`. */
interface Kept {
  readonly name: string
  /** `undefined`: the document was removed. */
  readonly value: string | undefined
  readonly commit: string
}

const shared = ["mine", "theirs"].map((name) => text(name, "0")).concat(text("secret", "0", "Secret")).join("---\n")

const begin = Effect.gen(function*() {
  const bare = yield* bareRepository({
    files: {
      ...named(),
      "shared.yaml": shared,
      "contested.yaml": text("contested", "0"),
      "own.yaml": text("own", "0"),
      "person.yaml": text("person", "0")
    }
  })
  // Its log is what tells; tidying up for its own sake would take time.
  for (const [name, value] of [["core.logAllRefUpdates", "always"], ["receive.autogc", "false"]] as const)
    yield* bare.git("config", name, value)
  return bare
})

const pathOf = (name: string): string =>
  name === "mine" || name === "secret"
    ? "shared.yaml"
    : name.startsWith("new-")
    ? `shop/configmap-${name}.yaml`
    : `${name}.yaml`

/** Of a document, as the text of its file tells. */
const valueIn = (file: string | undefined, name: string): string | undefined => {
  const document = file?.split(/^---$/m).find((document) => document.includes(`name: ${name}\n`))
  return document === undefined ? undefined : /^ {2}key: "?([^"\n]*)"?$/m.exec(document)?.[1]
}

const personWorks = Effect.fnUntraced(function*(work: Omit<PersonsWork, "folder" | "commits" | "longestLead">) {
  const folder = yield* temporaryFolder("gitops-person-")
  const tell = (commits: number) => writeFileSync(join(folder, "other"), `${commits}`)
  tell(0)
  const program = fileURLToPath(new URL("personAtWork.ts", import.meta.url))
  const running = yield* startProcess({
    command: process.execPath,
    args: [program, JSON.stringify({ ...work, folder, commits: commitsEach, longestLead } satisfies PersonsWork)],
    folder,
    name: "person"
  })
  const pushed = Effect.map(running.stdout, (lines) => lines.split("\n").length - 1)
  const ended = Effect.gen(function*() {
    assert.deepStrictEqual(yield* running.exit, { code: 0, signal: null }, yield* running.stderr)
  })
  return { pushed, ended, tell }
})

type Person = Effect.Success<ReturnType<typeof personWorks>>

/** One wish after the other, and now and then a second kind's at the same time; what was answered, in the order of the wishes. */
const controllerWorks = Effect.fnUntraced(
  function*({ git, tipNow, person }: { git: GitActor["Service"]; tipNow: Effect.Effect<Tip>; person: Person }) {
    const kept: Array<Kept> = []
    let decidedAgain = 0
    const submit = Effect.fnUntraced(function*(kind: string, name: string, value: string | undefined) {
      const wish = Effect.fnUntraced(function*(tip: Tip) {
        const changes: Changes = [value === undefined ? remove(tip, name, kind) : put(tip, name, value, kind)]
        return yield* git.submit(kind, changes)
      })
      const answer = yield* Effect.flatMap(tipNow, wish).pipe(
        Effect.catchTag("DecideAgain", () => {
          decidedAgain++
          return Effect.retry(Effect.flatMap(git.refresh, wish), {
            times: 50,
            while: ({ _tag }) => _tag === "DecideAgain"
          })
        })
      )
      assert.strictEqual(answer._tag, "Committed")
      if (answer._tag === "Committed") kept.push({ name, value, commit: answer.commit })
    })
    const round = (number: number) => {
      const value = `v${number}`
      const wishes = [
        submit("ConfigMap", "contested", value),
        submit("ConfigMap", "mine", value),
        submit("ConfigMap", "own", value),
        submit("ConfigMap", `new-${number}`, value),
        submit("ConfigMap", `new-${number - 1}`, undefined)
      ]
      const wish = wishes[number % wishes.length] ?? Effect.void
      const second = submit("Secret", "secret", `s${number}`)
      return number % 3 === 0 ? Effect.all([wish, second], { concurrency: 2, discard: true }) : wish
    }
    for (let done = 0; done < commitsEach; done++) {
      const isNear = (pushed: number) => done - pushed < longestLead
      yield* eventually("the person keeps up", person.pushed, isNear, { within: 30_000, every: 5 })
      yield* round(done + 5)
      person.tell(done + 1)
    }
    return { kept, decidedAgain }
  }
)

/** Each line of the server's own log of the branch: where it was, and where it went. */
const moves = ({ branch, path }: BareRepository) =>
  readFileSync(join(path, "logs/refs/heads", branch), "utf8").trimEnd().split("\n").map((line) =>
    line.split(" ").slice(0, 2)
  )

/** The text of the file of each of these documents at its commit. */
const textsAt = Effect.fnUntraced(
  function*({ path }: BareRepository, places: ReadonlyArray<{ readonly commit: string; readonly name: string }>) {
    const stdin = places.map(({ commit, name }) => `${commit}:${pathOf(name)}\n`).join("")
    const out = yield* git(["cat-file", "--batch"], { cwd: path, stdin })
    const texts: Array<string | undefined> = []
    for (let at = 0; texts.length < places.length;) {
      const head = out.slice(at, out.indexOf("\n", at))
      const size = / blob (\d+)$/.exec(head)?.[1]
      const from = at + head.length + 1
      texts.push(size === undefined ? undefined : out.slice(from, from + Number(size)))
      at = size === undefined ? from : from + Number(size) + 1
    }
    return texts
  }
)

const judge = Effect.fnUntraced(function*(bare: BareRepository, kept: ReadonlyArray<Kept>) {
  const subjects = (yield* history(bare)).toReversed()
  const log = (format: string) =>
    Effect.map(bare.git("log", "--reverse", `--format=${format}`, bare.branch), (text) => text.split("\n"))
  const commits = yield* log("%H")
  const trailers = yield* log("%(trailers:key=Gitops-Controller,valueonly,separator=%x2c)|%an")

  const byPerson = subjects.filter((subject) => subject.startsWith("person "))
  assert.deepStrictEqual(byPerson, Array.from({ length: commitsEach }, (_, index) => `person ${index + 1}`))
  const ours = commits.filter((_, index) => /^test \S+\|gitops-controller$/.test(trailers[index] ?? ""))
  assert.strictEqual(ours.length + byPerson.length + 1, commits.length, "somebody else's commits")
  assert.sameMembers(
    [...new Set(kept.map(({ commit }) => commit))],
    ours,
    "a commit that nobody was told of, or the other way round"
  )
  assert.isAtLeast(ours.length, commitsEach)

  const patches = (yield* git(["patch-id", "--stable"], {
    cwd: bare.path,
    stdin: yield* bare.git("log", "--patch", "--root", "--reverse", bare.branch)
  })).split("\n").map((line) => line.split(" ")[0])
  assert.strictEqual(patches.length, commits.length)
  assert.strictEqual(new Set(patches).size, patches.length, "a change that was made twice")

  assert.strictEqual(yield* bare.git("rev-list", "--merges", "--count", bare.branch), "0")
  const order = new Map(commits.map((commit, index) => [commit, index]))
  let [[, before] = []] = moves(bare)
  for (const [from, to] of moves(bare).slice(1)) {
    assert.strictEqual(from, before)
    assert.isAbove(order.get(to ?? "") ?? -1, order.get(from ?? "") ?? -1, "the branch was moved back, or elsewhere")
    before = to
  }
  assert.strictEqual(before, yield* bare.tip())

  const atCommits = yield* textsAt(bare, kept)
  for (const [index, { commit, name, value }] of kept.entries())
    assert.strictEqual(valueIn(atCommits[index], name), value, `${name} at ${commit}`)
  const last = [...new Map(kept.map((one) => [one.name, one])).values()]
  const atTheEnd = yield* textsAt(bare, last.map(({ name }) => ({ name, commit: bare.branch })))
  for (const [index, { commit, name, value }] of last.entries()) {
    const later = yield* bare.git("log", "--format=%an", `${commit}..${bare.branch}`, "--", pathOf(name))
    const now = valueIn(atTheEnd[index], name)
    if (name === "contested" && later.includes("A Person")) assert.match(now ?? "", /^p\d+$/)
    else assert.strictEqual(now, value, name)
  }
  const turns = trailers.filter((who, index) => index > 0 && who !== trailers[index - 1]).length
  assert.isAbove(turns, commitsEach / longestLead / 2, "they did not work at the same time")
  return turns
})

const bothWork = Effect.fnUntraced(
  function*(
    bare: BareRepository,
    url: string,
    options: StartOptions,
    native: Pick<PersonsWork, "env" | "gitArguments">
  ) {
    const { git, latest } = yield* startGit(url, { quiet: 1, ...options })
    yield* git.refresh
    const tipNow = Effect.flatMap(latest, ({ tip }) => tip === undefined ? Effect.die("no tip") : Effect.succeed(tip))
    const person = yield* personWorks({ url, ...native })
    const { decidedAgain, kept } = yield* controllerWorks({ git, tipNow, person })
    yield* person.ended
    const turns = yield* judge(bare, kept)
    return { decidedAgain, turns }
  }
)

/** As people have it who push often: one connection for all of it, which ends with the server. */
const keptConnection = ({ gitEnv, home }: SshGitServer): SshGitServer["gitEnv"] => ({
  GIT_SSH_COMMAND: `${gitEnv.GIT_SSH_COMMAND} -o ControlMaster=auto -o ControlPersist=60 -o ControlPath=${
    join(home, "ssh")
  }`
})

describe("a person and the controller, who push to one branch at the same time", () => {
  it.live("over HTTPS, both keep every commit", () =>
    Effect.gen(function*() {
      const bare = yield* begin
      const { credentials, gitArguments, url } = yield* startHttpGitServer(bare)
      yield* bothWork(bare, url, { https: credentials }, { gitArguments, env: {} })
    }), 120_000 + commitsEach * 3000)

  it.live("over SSH, both keep every commit", () =>
    Effect.gen(function*() {
      const bare = yield* begin
      const server = yield* startSshGitServer(bare)
      const native = { gitArguments: [], env: keptConnection(server) }
      yield* bothWork(bare, server.url, { ssh: credentialsOf(server) }, native)
    }), 120_000 + commitsEach * 3000)
})

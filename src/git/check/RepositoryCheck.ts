/**
 * Looks at a repository as the Git room will, step by step: finds its host, connects, logs in, reads the branch and its tip, and asks whether
 * it may push. Nothing is written, here or there.
 */
import { Effect, Ref, Result } from "effect"
import type { Config } from "../../config/Config.ts"
import * as GitUrl from "../GitUrl.ts"
import { openTransport } from "../openTransport.ts"
import { type Look, makeRemote } from "../Remote.ts"
import { makeRepository, type Moved } from "../Repository.ts"
import type { Transport } from "../Transport.ts"
import * as Advertisement from "../wire/Advertisement.ts"
import { words } from "../wire/WireFault.ts"
import { attempt, note, type Tell, timed } from "./attempt.ts"
import { type CheckStep, stepNames } from "./CheckStep.ts"
import { pushStep } from "./pushStep.ts"
import { reach } from "./reach.ts"

export interface CheckOptions extends Pick<Config, "gitUrl" | "gitPath" | "credentials"> {
  /** `undefined`: the branch that the remote's HEAD points at. */
  readonly branch: string | undefined
  /** Whether some rule writes to Git: else not being allowed to is no failure. */
  readonly mustPush: boolean
}

type Shown = Pick<CheckStep, "outcome" | "detail">

const versionOf = (greeting: Buffer): string =>
  Result.match(Advertisement.decode(greeting), {
    onFailure: () => "unknown",
    onSuccess: ({ version }) => version === 2 ? "2" : "0 or 1"
  })

const branchShown = ({ branch, commit }: Look, asked: string | undefined, greeting: Buffer): Shown => {
  const name = words(asked === undefined ? `${branch}, the remote's HEAD,` : branch)
  return commit === undefined
    ? { outcome: "noted", detail: `${name} has no commit yet` }
    : { outcome: "passed", detail: `${name} is at ${commit.slice(0, 12)}; protocol version ${versionOf(greeting)}` }
}

const tipShown = (moved: Moved | undefined, gitPath: string): Shown => {
  if (moved?.commit === undefined) return { outcome: "noted", detail: "there is nothing to read yet" }
  const count = moved.changes.length
  const below = gitPath === "" ? "" : ` below ${gitPath}`
  return { outcome: "passed", detail: `"${words(moved.subject)}"; ${count} ${count === 1 ? "file" : "files"}${below}` }
}

/** Fails with the step that failed. */
const walk = Effect.fnUntraced(function*(
  url: GitUrl.GitUrl,
  { branch, credentials, gitPath, mustPush }: CheckOptions,
  transport: Transport,
  tell: Tell
) {
  const advertise = url.scheme === "file"
    ? yield* Effect.cached(transport.advertise)
    : Effect.succeed(yield* reach(url, credentials, transport, tell))
  const remote = yield* makeRemote({ ...transport, advertise })
  const there = yield* attempt(
    "branch",
    Effect.zip(remote.look(branch), advertise),
    ([look, greeting]) => branchShown(look, branch, greeting)
  )
  yield* tell(there.step)

  const repository = yield* makeRepository(remote, { branch, gitPath })
  const tip = yield* attempt("tip", repository.advance(false), (moved) => tipShown(moved, gitPath))
  yield* tell(tip.step)

  const push = yield* timed(remote.mayPush)
  yield* note(pushStep(remote.url, Result.merge(push.result), push.millis, mustPush), tell)
})

/**
 * Looks until a step fails; answers all steps, those that were not tried, too. Fails when gitUrl is no URL.
 * @param tell hears of each step as soon as it is done
 */
export const checkRepository = Effect.fn("checkRepository")(function*(options: CheckOptions, tell: Tell) {
  const { credentials, gitUrl } = options
  const transport = yield* openTransport(gitUrl, credentials.https, credentials.ssh)
  const url = yield* Effect.orDie(Effect.fromResult(GitUrl.parse(gitUrl)))
  const done = yield* Ref.make<ReadonlyArray<CheckStep>>([])
  const record: Tell = (step) => Effect.andThen(Ref.update(done, (steps) => [...steps, step]), tell(step))

  yield* walk(url, options, transport, record).pipe(Effect.catch(record))
  const tried = (yield* Ref.get(done)).map(({ name }) => name)
  // A repository on this machine is neither looked up nor logged in to.
  const steps = url.scheme === "file" ? stepNames.slice(stepNames.indexOf("branch")) : stepNames
  for (const name of steps.filter((name) => !tried.includes(name)))
    yield* record({ name, outcome: "not tried", detail: "" })
  return yield* Ref.get(done)
}, Effect.scoped)

/** What `init` has to know: taken from flags, else asked, where somebody can be asked. Every answer is right, or refused with a sentence. */
import { Effect, Option, Stdio } from "effect"
import { Flag, Prompt } from "effect/cli"
import * as BranchName from "../config/BranchName.ts"
import * as GitPath from "../config/GitPath.ts"
import { labelProblem } from "../config/KubernetesName.ts"
import * as RepositoryUrl from "../config/RepositoryUrl.ts"
import { CommandFailed } from "./CommandFailed.ts"

const overlays = ["snapshots", "one-namespace", "everything"] as const
export type Overlay = typeof overlays[number]

export interface Answers {
  readonly gitUrl: string
  readonly overlay: Overlay
  /** Of the overlay one-namespace alone. */
  readonly namespace: string | undefined
  /** `undefined`: as the overlay has it. */
  readonly gitPath: string | undefined
  readonly branch: string | undefined
}

/** The flags, by their names on the command line. */
export const answerFlags = {
  gitUrl: Flag.String("git-url").pipe(
    Flag.withDescription("The repository: git@host:path, ssh:// or https://"),
    Flag.optional
  ),
  overlay: Flag.Literals("overlay", overlays).pipe(
    Flag.withDescription(
      "snapshots: they go to Git, and nothing else is touched; one-namespace: Git decides about one; everything: Git decides about the cluster"
    ),
    Flag.optional
  ),
  namespace: Flag.String("namespace").pipe(
    Flag.withDescription("The namespace of --overlay one-namespace"),
    Flag.optional
  ),
  gitPath: Flag.String("git-path").pipe(
    Flag.withDescription("Directory of the manifests in the repository (default: as the overlay has it)"),
    Flag.optional
  ),
  branch: Flag.String("branch").pipe(
    Flag.withDescription("The branch (default: the one that the remote's HEAD points at)"),
    Flag.optional
  )
}

interface Flags {
  readonly gitUrl: Option.Option<string>
  readonly overlay: Option.Option<Overlay>
  readonly namespace: Option.Option<string>
  readonly gitPath: Option.Option<string>
  readonly branch: Option.Option<string>
}

const failed = (message: string) => new CommandFailed({ exitCode: 1, message })

const urlProblem = (url: string): string | undefined =>
  RepositoryUrl.problem(url) ??
    (RepositoryUrl.transport(url) === "file" ? "a pod has no such file: give the address of a server" : undefined)

/** What was given as a flag, or what somebody answers. */
const answerOf = Effect.fnUntraced(function*<A>(
  flag: string,
  given: Option.Option<A>,
  question: Prompt.Prompt<A>
) {
  if (Option.isSome(given)) return given.value
  const stdio = yield* Stdio.Stdio
  if (!(yield* stdio.stdinIsTerminal))
    return yield* failed(`${flag} is missing, and this is no terminal, so nobody can be asked for it`)
  return yield* Prompt.run(question).pipe(Effect.mapError(() => failed("Nothing was written.")))
})

const checked = (flag: string, value: string, problem: string | undefined) =>
  problem === undefined
    ? Effect.succeed(value)
    : Effect.fail(failed(`${flag} is ${JSON.stringify(RepositoryUrl.withoutCredentials(value))}; ${problem}`))

const question = (message: string, problem: (text: string) => string | undefined) =>
  Prompt.String({
    message,
    validate: (text) => {
      const found = problem(text)
      return found === undefined ? Effect.succeed(text) : Effect.fail(found)
    }
  })

const overlayQuestion = Prompt.Select<Overlay>({
  message: "What should it do?",
  choices: [
    { title: "Back snapshots of volumes up to Git, and touch nothing else", value: "snapshots" },
    { title: "Keep one namespace as Git says", value: "one-namespace" },
    { title: "Keep the whole cluster as Git says", value: "everything" }
  ]
})

const checkedIfGiven = (
  flag: string,
  given: Option.Option<string>,
  problem: (text: string) => string | undefined
) => Option.isNone(given) ? Effect.undefined : checked(flag, given.value, problem(given.value))

/** Fails with the first that is missing or wrong; whatever flags say is looked at before anything is asked. */
export const answersOf = Effect.fnUntraced(function*(flags: Flags) {
  const gitPath = yield* checkedIfGiven("--git-path", flags.gitPath, GitPath.problem)
  const branch = yield* checkedIfGiven("--branch", flags.branch, BranchName.problem)
  yield* checkedIfGiven("--git-url", flags.gitUrl, urlProblem)
  yield* checkedIfGiven("--namespace", flags.namespace, labelProblem)
  const gitUrl = yield* answerOf("--git-url", flags.gitUrl, question("Which repository?", urlProblem))
  const overlay = yield* answerOf("--overlay", flags.overlay, overlayQuestion)
  if (overlay !== "one-namespace" && Option.isSome(flags.namespace))
    return yield* failed("--namespace is for --overlay one-namespace alone")
  const namespace = overlay === "one-namespace"
    ? yield* answerOf("--namespace", flags.namespace, question("Which namespace?", labelProblem))
    : undefined
  return { gitUrl, overlay, namespace, gitPath, branch } satisfies Answers
})

/** `gitops-controller init`: a folder to install from: the configuration, its roles, the manifests they belong to, and a deploy key. */
import { Console, Effect, FileSystem, Path, type PlatformError, Redacted } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { fileURLToPath } from "node:url"
import * as RepositoryUrl from "../config/RepositoryUrl.ts"
import { makeDeployKey } from "../git/ssh/makeDeployKey.ts"
import { CommandFailed } from "./CommandFailed.ts"
import { answerFlags, type Answers, answersOf } from "./initAnswers.ts"
import { configText, kustomizationText } from "./initConfig.ts"
import { renderInit } from "./render/renderInit.ts"

const folderArgument = Argument.String("folder").pipe(
  Argument.withDescription("Where to write it; made if it isn't there"),
  Argument.withDefault("gitops-controller")
)

const force = Flag.Boolean("force").pipe(
  Flag.withDescription("Replace what an earlier init wrote; a key that is there is kept all the same"),
  Flag.withDefault(false)
)

/** The manifests that come with this program. */
const shipped = fileURLToPath(new URL("../../deploy", import.meta.url))

const failed = (message: string) => new CommandFailed({ exitCode: 1, message })

const unusable = (what: string) => ({ reason }: PlatformError.PlatformError) =>
  failed(
    reason._tag === "PermissionDenied"
      ? `${what}: that isn't allowed; name a folder that you may write to`
      : `${what}: it can't be done (${reason._tag}); name another folder`
  )

const keyFile = "identity"
const publicKeyFile = "identity.pub"
/** So that a folder that goes into a repository leaves the key out. */
const ignored = `/${keyFile}\n`

/** What is written, by its path in the folder: all but the key. */
const filesOf = Effect.fnUntraced(function*(answers: Answers) {
  const files = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const read = (...names: ReadonlyArray<string>) => {
    const file = path.join(shipped, ...names)
    return files.readFileString(file).pipe(
      Effect.mapError(() => failed(`${file} isn't there, which comes with this program: install it anew`))
    )
  }
  const base = yield* files.readDirectory(path.join(shipped, "base")).pipe(
    Effect.mapError(() =>
      failed(`${path.join(shipped, "base")} isn't there, which comes with this program: install it anew`)
    )
  )
  const copied = yield* Effect.forEach(base, (name) => Effect.map(read("base", name), (text) => [`base/${name}`, text]))
  const overlay = (name: string) => read("overlays", answers.overlay, name)
  return new Map([
    ["config.yaml", configText(yield* overlay("config.yaml"), answers)],
    ["kustomization.yaml", kustomizationText(yield* overlay("kustomization.yaml"))],
    ["roles.yaml", yield* overlay("roles.yaml")],
    ["config.schema.json", yield* read("config.schema.json")],
    [".gitignore", ignored],
    ...copied.map(([name = "", text = ""]) => [name, text] as const)
  ])
})

/** Exits with 1, and nothing is written, when an answer is wrong or a file is in the way. */
export const init = Command.make(
  "init",
  { folder: folderArgument, ...answerFlags, force },
  Effect.fn("init")(function*({ folder, force, ...flags }) {
    const files = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const at = (name: string) => path.join(folder, name)
    const isThere = (name: string) => files.exists(at(name)).pipe(Effect.mapError(unusable(at(name))))
    const answers = yield* answersOf(flags)
    const texts = yield* filesOf(answers)

    const isKeyKept = yield* isThere(keyFile)
    const needsKey = RepositoryUrl.transport(answers.gitUrl) === "ssh"
    const written = [...texts.keys(), ...needsKey && !isKeyKept ? [publicKeyFile] : []]
    const inTheWay = yield* Effect.filter(written, isThere)
    if (inTheWay.length > 0 && !force) {
      return yield* failed(
        `${
          inTheWay.map(at).join(", ")
        }: there already, and nothing was written; name another folder, or replace them with --force`
      )
    }

    const write = Effect.fnUntraced(function*(
      name: string,
      text: string,
      options: { readonly flag: FileSystem.OpenFlag; readonly mode?: number } = { flag: force ? "w" : "wx" }
    ) {
      yield* files.makeDirectory(path.dirname(at(name)), { recursive: true })
      yield* files.writeFileString(at(name), text, options)
    }, (writing, name) => Effect.mapError(writing, unusable(at(name))))

    const deployKey = Effect.gen(function*() {
      if (isKeyKept) {
        const text = yield* files.readFileString(at(publicKeyFile)).pipe(Effect.mapError(unusable(at(publicKeyFile))))
        return text.trim()
      }
      const { privateKey, publicKey } = yield* makeDeployKey("gitops-controller")
      yield* write(keyFile, `${Redacted.value(privateKey).trimEnd()}\n`, { flag: "wx", mode: 0o600 })
      yield* write(publicKeyFile, `${publicKey}\n`)
      return publicKey
    })

    const publicKey = needsKey ? yield* deployKey : undefined
    for (const [name, text] of texts) yield* write(name, text)
    yield* Console.log(renderInit({ folder, publicKey, isKeyKept }))
  })
).pipe(
  Command.withDescription(
    "Write what it takes to install the controller: a commented configuration, the roles it needs, the manifests for kubectl apply -k, and a deploy key. Asks for what flags don't say. Nothing is overwritten."
  ),
  Command.withShortDescription("Write a configuration, a deploy key and the manifests to install"),
  Command.withExamples([
    { command: "gitops-controller init", description: "Ask a few questions, and write the folder gitops-controller" },
    {
      command: "gitops-controller init prod --git-url git@github.com:acme/cluster.git --overlay snapshots",
      description: "Ask nothing"
    }
  ])
)

// A configuration that needs a temporary folder, and what is wrong with it as lines.
import { Effect, FileSystem } from "effect"
import * as Config from "../../src/config/Config.ts"

type Options = Omit<Config.LoadOptions, "file">

/** Loads a text as the file `config.yaml`; the folder does not show in messages. */
export const load = Effect.fnUntraced(function*(text: string, options: Options = {}) {
  const files = yield* FileSystem.FileSystem
  const folder = yield* files.makeTempDirectoryScoped({ prefix: "gitops-config-" })
  yield* files.writeFileString(`${folder}/config.yaml`, text)
  return yield* Config.load({ ...options, file: `${folder}/config.yaml` })
})

/** Every mistake in a text, formatted, without the folder. */
export const mistakesIn = (text: string, options: Options = { gitUrl: "file:///srv/git/cluster.git" }) =>
  Effect.flip(load(text, options)).pipe(
    Effect.map((invalid) => invalid.message.replaceAll(/\S*\/config\.yaml/g, "config.yaml").split("\n"))
  )

/** Name, text, and every line that a person sees about it. */
export type Case = readonly [name: string, text: string, mistakes: ReadonlyArray<string>]

/** The least that a configuration needs, two lines. */
export const rule = "rules:\n  - syncTo: kubernetes\n"

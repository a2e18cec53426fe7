// What `deploy/` holds for users to apply, as the tests look at it.
import { Effect } from "effect"
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseAllDocuments } from "yaml"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

export const deployFolder = fileURLToPath(new URL("../../deploy", import.meta.url))

export const overlays: ReadonlyArray<string> = readdirSync(join(deployFolder, "overlays")).toSorted()

export const overlayFolder = (overlay: string, root = deployFolder): string => join(root, "overlays", overlay)

/** What of a manifest the tests ask for. */
export interface AnyManifest {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

/** The documents of a YAML text, comments left out. */
export const documentsOf = <A = AnyManifest>(text: string): ReadonlyArray<A> =>
  parseAllDocuments(text).map((document): A => document.toJS())

/** A copy of all of `deploy/`, to change something in it; ends with the scope. */
export const copiedDeploy = Effect.gen(function*() {
  const folder = join(yield* temporaryFolder("gitops-deploy-"), "deploy")
  cpSync(deployFolder, folder, { recursive: true })
  const edit = (file: string, from: string, to: string) =>
    Effect.sync(() => {
      const before = readFileSync(join(folder, file), "utf8")
      if (!before.includes(from)) throw new Error(`${file} doesn't hold ${JSON.stringify(from)}`)
      writeFileSync(join(folder, file), before.replace(from, to))
    })
  return { folder, edit }
})

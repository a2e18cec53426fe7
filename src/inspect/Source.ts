/** Where manifests are read from by somebody who only looks: the repository, a directory beside it, or one file. */
import { Effect } from "effect"
import { readDirectory } from "./readDirectory.ts"
import { readFile } from "./readFile.ts"
import { readRepository } from "./readRepository.ts"

export type Source =
  /** `rev`: a branch or a whole commit id in place of the branch of the configuration. */
  | { readonly _tag: "Repository"; readonly rev: string | undefined }
  /** The root of a checkout: gitPath is below it. */
  | { readonly _tag: "Directory"; readonly path: string }
  /** All manifests of one file; `-` is stdin. */
  | { readonly _tag: "File"; readonly path: string }

/** Once; nothing follows it. */
export const readSource = Effect.fnUntraced(function*(source: Source) {
  switch (source._tag) {
    case "Repository":
      return yield* readRepository(source.rev)
    case "Directory":
      return yield* readDirectory(source.path)
    case "File":
      return yield* readFile(source.path)
  }
})

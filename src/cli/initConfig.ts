/** The configuration that `init` writes: an overlay's own, comments and all, with what was answered. Pure. */
import * as RepositoryUrl from "../config/RepositoryUrl.ts"
import { doubleQuoted, isPlain } from "../manifest/edit/YamlText.ts"
import type { Answers } from "./initAnswers.ts"

const password = `
# The password or token is in the Secret git-https, under the key "password".
credentials:
  https:
    passwordFile: /https/password
`

const written = (value: string) => isPlain(value) ? value : doubleQuoted(value)

const line = (key: string, value: string) => `${key}: ${written(value)}`

/** The schema and the base stand beside it, not above as in the overlays that it is made of. */
export const configText = (overlay: string, { branch, gitPath, gitUrl, namespace }: Answers): string => {
  const repository = [line("gitUrl", gitUrl), ...branch === undefined ? [] : [line("branch", branch)]].join("\n")
  const text = overlay
    .replace("../../config.schema.json", "config.schema.json")
    .replace(/^gitUrl: .*$/m, () => repository)
    .replace(/^gitPath: .*$/m, (before) =>
      gitPath !== undefined
        ? line("gitPath", gitPath)
        : namespace === undefined
        ? before
        : line("gitPath", `clusters/prod/${namespace}`))
    .replace(/^namespace: .*$/m, (before) => namespace === undefined ? before : line("namespace", namespace))
    .replace(
      /namespaces: \[shop\]/g,
      (before) => namespace === undefined ? before : `namespaces: [${written(namespace)}]`
    )
  return RepositoryUrl.transport(gitUrl) === "ssh" ? text : text + password
}

/** Its base stands beside it. */
export const kustomizationText = (overlay: string): string => overlay.replace("../../base", "base")

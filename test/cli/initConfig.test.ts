import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { Answers, Overlay } from "../../src/cli/initAnswers.ts"
import { configText } from "../../src/cli/initConfig.ts"
import * as BranchName from "../../src/config/BranchName.ts"
import * as ConfigFile from "../../src/config/ConfigFile.ts"
import * as GitPath from "../../src/config/GitPath.ts"
import { labelProblem } from "../../src/config/KubernetesName.ts"
import * as RepositoryUrl from "../../src/config/RepositoryUrl.ts"
import { overlayFolder } from "../deploy/Overlay.ts"

const overlayText = (overlay: string) => readFileSync(join(overlayFolder(overlay), "config.yaml"), "utf8")

const strange = [
  ..."aZ09 -_./#:*&!|>'\"%@`{}[],?=~$é\u{1F600}",
  "\u2028",
  "\ufeff",
  "$&",
  "$'",
  "null",
  "1e3",
  "0x1f",
  " #",
  ": ",
  "\u2028namespace: x",
  "true",
  "\\",
  "\ud800"
]

/** Made of what YAML, regular expressions and Git take for something else, as far as the question takes it. */
const taken = (problem: (text: string) => string | undefined) =>
  fc.array(fc.constantFrom(...strange), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(""))
    .filter((text) => problem(text) === undefined)

const labels = fc.oneof(
  fc.constantFrom("on", "null", "1e3", "0x1f", "12", "true", "0o7", "1-1", "2001-01-01"),
  taken(labelProblem)
)

const urls = fc.oneof(
  fc.constantFrom(
    "git@git.example:acme/cluster.git",
    "ssh://git@git.example:2222/~me/a'b\"c",
    "https://git.example/$&/$'"
  ),
  taken((text) => RepositoryUrl.problem(`https://git.example/${text}`)).map((text) => `https://git.example/${text}`)
)

const overlays: ReadonlyArray<Overlay> = ["snapshots", "one-namespace", "everything"]

const answers: fc.Arbitrary<Answers> = fc.constantFrom(...overlays).chain((overlay) =>
  fc.record({
    gitUrl: urls,
    overlay: fc.constant(overlay),
    namespace: overlay === "one-namespace" ? labels : fc.constant(undefined),
    gitPath: fc.option(taken(GitPath.problem), { nil: undefined }),
    branch: fc.option(taken(BranchName.problem), { nil: undefined })
  })
)

const read = (text: string) => {
  const checked = ConfigFile.check("config.yaml", text, undefined)
  assert.isTrue(Result.isSuccess(checked), Result.isFailure(checked) ? `${text}\n${checked.failure.message}` : "")
  return Result.getOrThrow(checked).content
}

describe("The configuration that init writes", () => {
  it("says what was answered, however strange that is", () => {
    fc.assert(
      fc.property(answers, (given) => {
        const before = read(overlayText(given.overlay))
        const { branch, credentials, gitPath, gitUrl, namespace, rules } = read(
          configText(overlayText(given.overlay), given)
        )
        const usual = given.namespace === undefined ? before.gitPath : `clusters/prod/${given.namespace}`
        assert.deepStrictEqual({ branch, gitPath, gitUrl, namespace }, {
          branch: given.branch,
          gitPath: given.gitPath === undefined ? usual : GitPath.normalize(given.gitPath),
          gitUrl: given.gitUrl,
          namespace: given.namespace
        })
        assert.strictEqual(credentials !== undefined, RepositoryUrl.transport(given.gitUrl) === "https")
        assert.deepStrictEqual(
          rules,
          before.rules.map((rule) =>
            rule.namespaces === undefined || given.namespace === undefined
              ? rule
              : { ...rule, namespaces: [given.namespace] }
          )
        )
      }),
      { numRuns: 200 }
    )
  })
})

import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Manifests } from "../../src/inspect/Manifests.ts"
import { readDirectory } from "../../src/inspect/readDirectory.ts"
import { readRepository } from "../../src/inspect/readRepository.ts"
import { formatPlace } from "../../src/manifest/Manifest.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { configMap, gitOptions } from "./reading.ts"

/** Files of every sort: two manifests in one, a kustomization, a chart, something hidden, and a mistake. */
const files = {
  "README.md": "read me\n",
  "elsewhere.yaml": configMap("elsewhere"),
  "prod/a.yaml": `${configMap("a")}---\n${configMap("b")}`,
  "prod/deep/down/c.json": JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" } }),
  "prod/built/kustomization.yaml": "resources: [d.yaml, ../referred.yaml]\n",
  "prod/built/d.yaml": configMap("d"),
  "prod/referred.yaml": configMap("referred"),
  "prod/chart/Chart.yaml": "name: chart\n",
  "prod/chart/templates/e.yaml": configMap("{{ .Values.name }}"),
  "prod/.hidden/f.yaml": configMap("f"),
  "prod/broken.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: [\n"
}

const written = Effect.gen(function*() {
  const folder = yield* temporaryFolder("gitops-checkout-")
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
})

const shown = ({ tip: { index } }: Manifests) => ({
  manifests: [...index.kinds].map(([kind, refs]) => [
    kind,
    refs.map(({ manifest, path }) =>
      `${formatPlace({ path, line: manifest.line })} ${manifest.name} ${manifest.digest}`
    )
  ]),
  problems: index.problems,
  passedOver: index.passedOver,
  files: index.files
})

describe("a directory", () => {
  it.live("says the same as a commit of its files: what is a manifest, what is passed over, what has to be mended", () =>
    Effect.gen(function*() {
      const repository = yield* bareRepository({ files })
      const options = gitOptions({ url: repository.url, gitPath: "prod" })
      const ofCommit = yield* readRepository(undefined).pipe(Effect.provide(options))
      const ofDirectory = yield* readDirectory(`${yield* written}/`).pipe(Effect.provide(options))
      assert.deepStrictEqual(shown(ofDirectory), shown(ofCommit))
      assert.strictEqual(shown(ofCommit).manifests.flat(2).length, 4)
      assert.isUndefined(ofDirectory.tip.commit)
      const [ref] = ofDirectory.tip.index.kinds.get("ConfigMap") ?? []
      assert.isDefined(ref)
      assert.deepStrictEqual(yield* ofDirectory.read(ref), {
        ...JSON.parse(files["prod/deep/down/c.json"]),
        metadata: { name: "a" }
      })
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped))

  it.live("doesn't follow links, nor go into another repository", () =>
    Effect.gen(function*() {
      const folder = yield* written
      symlinkSync(join(folder, "elsewhere.yaml"), join(folder, "prod/link.yaml"))
      mkdirSync(join(folder, "prod/module"))
      writeFileSync(join(folder, "prod/module/.git"), "gitdir: elsewhere\n")
      writeFileSync(join(folder, "prod/module/g.yaml"), configMap("g"))
      const { tip } = yield* readDirectory(folder).pipe(Effect.provide(gitOptions({ gitPath: "prod" })))
      const reasons = tip.index.passedOver.map(({ path, reason }) => `${path}: ${reason.split(/[,;]/)[0]}`)
      assert.includeMembers(reasons, ["prod/link.yaml: a symbolic link", "prod/module: a submodule"])
      assert.deepStrictEqual(tip.index.kinds.get("ConfigMap")?.map(({ manifest: { name } }) => name), ["a", "b", "c"])
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped))

  it.live("that isn't there, or holds no gitPath, is told", () =>
    Effect.gen(function*() {
      const folder = yield* written
      const { message } = yield* Effect.flip(
        readDirectory(folder).pipe(Effect.provide(gitOptions({ gitPath: "stage" })))
      )
      assert.strictEqual(
        message,
        `${folder}/stage: there is no such file or directory; name the root of a checkout with --path`
      )
    }).pipe(Effect.provide(NodeServices.layer), Effect.scoped))
})

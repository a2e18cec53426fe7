import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as fc from "fast-check"
import { updateInSteps, wantedInSteps } from "../../src/manifest/IndexSteps.ts"
import { byPath } from "../../src/manifest/InPathOrder.ts"
import { emptyIndex, type FileChange, type ManifestIndex, update, wanted } from "../../src/manifest/ManifestIndex.ts"
import { afterCommit, commits, contents, difference, expected, type Files, gitPaths } from "./repositories.ts"

const noFiles: Files = new Map()

const lines = ({ kinds, passedOver, problems }: ManifestIndex): ReadonlyArray<string> =>
  [
    ...[...kinds.values()].flat().map(({ blob, manifest, path }) =>
      `${manifest.kind} ${path} ${manifest.position} ${blob}`
    ),
    ...problems.map(({ message, path }) => `problem ${path} ${message}`),
    ...passedOver.map(({ path }) => `passed over ${path}`)
  ].sort()

/** Takes up changes the way the Git actor does: it reads what is wanted, and nothing else. */
const take = (index: ManifestIndex, changes: ReadonlyArray<FileChange>): ManifestIndex => {
  const blobs = new Set(wanted(index, changes).map(({ blob }) => blob))
  return update(index, changes, (blob) => blobs.has(blob) ? contents.get(blob) : undefined)
}

const history = (edits: ReadonlyArray<ReadonlyArray<FileChange>>, gitPath: string): ReadonlyArray<Files> => {
  const all = [noFiles]
  for (const commit of edits) all.push(afterCommit(all.at(-1) ?? noFiles, commit, gitPath))
  return all
}

const isSorted = (items: ReadonlyArray<{ readonly path: string }>): boolean =>
  items.every((item, at) => byPath(items[at - 1] ?? item, item) <= 0)

const file = (path: string, blob: string): FileChange => ({ path, entry: { blob, mode: "file" } })

describe("the index of manifests", () => {
  it("says after any commits what it should say of the files", () =>
    fc.assert(
      fc.property(commits, gitPaths, (edits, gitPath) => {
        let index = emptyIndex(gitPath)
        const states = history(edits, gitPath)
        for (const [at, files] of states.entries()) {
          index = take(index, difference(states[at - 1] ?? noFiles, files))
          assert.deepStrictEqual(lines(index), expected(files, gitPath))
          assert.isTrue([index.problems, index.passedOver, ...index.kinds.values()].every(isSorted))
          const holding = new Set([...index.kinds.values()].flat().map(({ path }) => path))
          assert.strictEqual(index.files, holding.size)
        }
      }),
      { numRuns: 1000 }
    ))

  it("is the same whatever way led to it", () =>
    fc.assert(fc.property(commits, gitPaths, (edits, gitPath) => {
      const states = history(edits, gitPath)
      const last = states.at(-1) ?? noFiles
      const gradual = states.reduce(
        (index, files, at) => take(index, difference(states[at - 1] ?? noFiles, files)),
        emptyIndex(gitPath)
      )
      const { indexed: _, kinds, ...rest } = take(emptyIndex(gitPath), difference(noFiles, last))
      const { indexed: __, kinds: gradualKinds, ...gradualRest } = gradual
      assert.deepStrictEqual(gradualRest, rest)
      assert.deepStrictEqual([...gradualKinds].sort(), [...kinds].sort())
    })))

  it("leaves the index it began with as it was", () =>
    fc.assert(fc.property(commits, (edits) => {
      const states = history(edits, "")
      const indexes = [emptyIndex("")]
      for (const [at, files] of states.entries())
        indexes.push(take(indexes.at(-1) ?? emptyIndex(""), difference(states[at - 1] ?? noFiles, files)))
      assert.deepStrictEqual(indexes.slice(1).map(lines), states.map((files) => expected(files, "")))
    })))

  it("keeps the arrays of the kinds that a change does not concern", () => {
    const before = take(emptyIndex(""), [file("a/x.yaml", "two"), file("b/x.yaml", "one"), file("c/x.yaml", "broken"), {
      path: "d",
      entry: { blob: "e", mode: "submodule" }
    }])
    const after = take(before, [file("b/x.yaml", "one2"), file("b/y.yaml", "one")])
    assert.notStrictEqual(after.kinds.get("ConfigMap"), before.kinds.get("ConfigMap"))
    assert.strictEqual(after.kinds.get("Deployment.apps"), before.kinds.get("Deployment.apps"))
    assert.strictEqual(take(before, [file("README.md", "one")]).kinds, before.kinds)
    assert.strictEqual(take(before, [file("README.md", "one")]).problems, before.problems)
    assert.strictEqual(take(before, [file("README.md", "one")]).passedOver, before.passedOver)
  })

  it("wants each blob once, and none that it knows or that nobody reads", () => {
    const changes = [
      file("a.yaml", "one"),
      file("b.yaml", "one"),
      file("c.md", "two"),
      file("k/kustomization.yaml", "near"),
      file("k/d.yaml", "half"),
      file(".hidden/e.yaml", "empty")
    ]
    const names = (index: ManifestIndex, changes: ReadonlyArray<FileChange>) =>
      wanted(index, changes).map(({ blob }) => blob).sort()
    assert.deepStrictEqual(names(emptyIndex(""), changes), ["near", "one"])
    const index = take(emptyIndex(""), changes)
    assert.deepStrictEqual(names(index, [{ path: "a.yaml", entry: undefined }, file("moved.yaml", "one")]), [])
    assert.deepStrictEqual(names(index, [{ path: "k/kustomization.yaml", entry: undefined }]), ["half"])
  })

  it("reports a file whose blob could not be had, and forgets that when it comes", () => {
    const index = update(emptyIndex(""), [file("a.yaml", "gone")], () => undefined)
    assert.deepStrictEqual(index.problems, [{
      path: "a.yaml",
      message: "this file was not found in the repository; it is read again with the next commit"
    }])
    assert.deepStrictEqual(take(index, [file("a.yaml", "one")]).problems, [])
  })

  it("names what is passed over, once, with the reason", () => {
    const index = take(emptyIndex("repo"), [
      file("repo/app/kustomization.yaml", "near"),
      file("repo/app/x.yaml", "one"),
      file("repo/app/overlays/kustomization.yaml", "empty"),
      file("repo/b/x.yaml", "one"),
      file("repo/chart/Chart.yaml", "empty"),
      file("repo/chart/templates/x.yaml", "broken"),
      file("repo/other/.gitops-controller.yaml", "empty"),
      file("repo/other/x.yaml", "one"),
      { path: "repo/lib", entry: { blob: "c", mode: "submodule" } },
      { path: "repo/link.yaml", entry: { blob: "l", mode: "symlink" } }
    ])
    assert.deepStrictEqual(index.passedOver, [
      {
        path: "repo/app",
        reason: "a kustomization; kustomize has to build it, so its files are not applied as they are"
      },
      { path: "repo/b", reason: "a part of the kustomization in repo/app" },
      { path: "repo/chart", reason: "a Helm chart; Helm has to render it, so its files are not applied as they are" },
      { path: "repo/lib", reason: "a submodule; what it holds is in another repository" },
      { path: "repo/link.yaml", reason: "a symbolic link, which is never followed; commit the file itself" },
      { path: "repo/other", reason: "another gitops-controller writes to this directory" }
    ])
    assert.strictEqual(index.files, 0)
  })

  it("passes over a repository with a kustomization at its root", () => {
    const index = take(emptyIndex(""), [file("kustomization.yaml", "empty"), file("a/x.yaml", "one")])
    assert.deepStrictEqual(index.passedOver.map(({ path }) => path), ["."])
    assert.strictEqual(take(index, [{ path: "kustomization.yaml", entry: undefined }]).files, 1)
  })

  it("reports a kustomization that can't be read, for nobody knows what it refers to", () => {
    const index = take(emptyIndex(""), [file("a/kustomization.yaml", "foreign"), file("a/x.yaml", "one")])
    assert.deepStrictEqual(index.problems, [{ path: "a/kustomization.yaml", line: 1, message: "not ours" }])
  })

  it("comes to the same in steps", () =>
    fc.assert(
      fc.asyncProperty(commits, async (edits) => {
        const files = history(edits, "").at(-1) ?? noFiles
        const many = Array.from({ length: 1200 }, (_, at) => file(`many/${at}/x.yaml`, at % 2 === 0 ? "one" : "two"))
        const changes = [...many, ...difference(noFiles, files)]
        const index = await Effect.runPromise(updateInSteps(emptyIndex(""), changes, (blob) => contents.get(blob)))
        assert.deepStrictEqual(lines(index), lines(take(emptyIndex(""), changes)))
        const blobs = await Effect.runPromise(wantedInSteps(emptyIndex(""), changes))
        assert.deepStrictEqual(
          blobs.map(({ blob }) => blob).sort(),
          wanted(emptyIndex(""), changes).map(({ blob }) => blob).sort()
        )
      }),
      { numRuns: 20 }
    ))

  it("looks only at what changed: for one file of 10,000 it asks for one blob, and makes one manifest anew", () => {
    const many = Array.from({ length: 10_000 }, (_, at) => file(`team-${at % 200}/app-${at}.yaml`, "one"))
    const before = take(emptyIndex(""), many)
    const change = [file("team-7/app-7.yaml", "two")]
    assert.deepStrictEqual(wanted(before, change).map(({ blob }) => blob), ["two"])
    const asked: Array<string> = []
    const after = update(before, change, (blob) => {
      asked.push(blob)
      return contents.get(blob)
    })
    assert.deepStrictEqual(asked, ["two"])
    const known = new Set(before.kinds.get("ConfigMap"))
    assert.strictEqual(after.kinds.get("ConfigMap")?.length, 10_000)
    assert.lengthOf(after.kinds.get("ConfigMap")?.filter((ref) => !known.has(ref)) ?? [], 1)
  })
})

import { assert, describe, it } from "@effect/vitest"
import type { EntryMode } from "../../src/manifest/FileChange.ts"
import { markerOf, screen } from "../../src/manifest/Screening.ts"
import { resolveReference } from "../../src/manifest/Territory.ts"

const verdict = (path: string, mode: EntryMode = "file", gitPath = "") => {
  const found = screen(path, mode, gitPath)
  return found._tag === "PassedOver" ? found.reason : found._tag
}

const link = "a symbolic link, which is never followed; commit the file itself"
const submodule = "a submodule; what it holds is in another repository"

describe("which files are read", () => {
  it("reads YAML and JSON, executable or not", () => {
    for (const path of ["a.yaml", "b/c.yml", "d/e/f.json"]) {
      assert.strictEqual(verdict(path), "Read")
      assert.strictEqual(verdict(path, "executable"), "Read")
    }
  })

  it("ignores everything else", () => {
    for (const path of ["README.md", "Makefile", "a.yaml.tpl", "a.YAML", "yaml", "a.yaml.bak", "a.json5"])
      assert.strictEqual(verdict(path), "Ignored", path)
  })

  it("ignores hidden files and directories below gitPath, and only there", () => {
    for (const path of [".a.yaml", ".github/workflows/ci.yaml", "a/.b/c.yaml", ".gitops-controller.yaml"])
      assert.strictEqual(verdict(path), "Ignored", path)
    assert.strictEqual(verdict(".deploy/prod/a.yaml", "file", ".deploy/prod"), "Read")
    assert.strictEqual(verdict(".deploy/prod/.a/b.yaml", "file", ".deploy/prod"), "Ignored")
  })

  it("follows no symbolic link, and names those that may have led to manifests", () => {
    assert.strictEqual(verdict("a.yaml", "symlink"), link)
    assert.strictEqual(verdict("a/base", "symlink"), link)
    assert.strictEqual(verdict("README.md", "symlink"), "Ignored")
    assert.strictEqual(verdict(".a.yaml", "symlink"), "Ignored")
  })

  it("names every submodule", () => {
    assert.strictEqual(verdict("vendor/lib", "submodule"), submodule)
    assert.strictEqual(verdict("vendor/lib.js", "submodule"), submodule)
  })

  it("refuses paths that would garble a terminal", () => {
    assert.strictEqual(verdict("a\u001b[2J.yaml"), "a path with control characters; rename it")
  })
})

describe("whose a directory is", () => {
  it("is told by a kustomization, by a Helm chart, and by the file of another controller", () => {
    assert.strictEqual(markerOf("a/kustomization.yaml", ""), "Kustomization")
    assert.strictEqual(markerOf("a/kustomization.yml", ""), "Kustomization")
    assert.strictEqual(markerOf("Kustomization", ""), "Kustomization")
    assert.strictEqual(markerOf("a/Chart.yaml", ""), "Chart")
    assert.strictEqual(markerOf("a/.gitops-controller.yaml", ""), "Foreign")
    assert.strictEqual(markerOf("clusters/prod/a/.gitops-controller.yaml", "clusters/prod"), "Foreign")
  })

  it("is not told by our own file, in hidden directories, or by names that only look like it", () => {
    assert.isUndefined(markerOf(".gitops-controller.yaml", ""))
    assert.isUndefined(markerOf("clusters/prod/.gitops-controller.yaml", "clusters/prod"))
    assert.isUndefined(markerOf(".a/Chart.yaml", ""))
    assert.isUndefined(markerOf("a/my-kustomization.yaml", ""))
    assert.isUndefined(markerOf("a/chart.yaml", ""))
  })
})

describe("a reference", () => {
  it("leads through the repository and never out of it", () => {
    assert.strictEqual(resolveReference("a/b", "../c/./d.yaml"), "a/c/d.yaml")
    assert.strictEqual(resolveReference("a", "b/"), "a/b")
    assert.strictEqual(resolveReference("", "a.yaml"), "a.yaml")
    assert.strictEqual(resolveReference("a/b", "../.."), "")
    assert.isUndefined(resolveReference("a", "../../b"))
    assert.isUndefined(resolveReference("a", "/etc/passwd"))
    assert.isUndefined(resolveReference("a", "https://example.com/a.yaml"))
  })
})

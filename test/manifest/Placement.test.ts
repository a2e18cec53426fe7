import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { layoutProblem } from "../../src/manifest/LayoutText.ts"
import { emptyIndex, update } from "../../src/manifest/ManifestIndex.ts"
import { formatKey, type ObjectKey } from "../../src/manifest/ObjectKey.ts"
import { placeNew } from "../../src/manifest/Placement.ts"
import { markerOf, screen } from "../../src/manifest/Screening.ts"
import { takenPaths } from "../../src/manifest/TakenPaths.ts"

const usual = "{namespace}/{kind}-{name}.yaml"

const key = (kind: string, name: string, namespace = "shop", group = ""): ObjectKey => ({
  group,
  kind,
  namespace,
  name
})

const free = () => false

/** Places one after the other, none where another one is. */
const placeAll = (layout: string, keys: ReadonlyArray<ObjectKey>): ReadonlyArray<string | undefined> => {
  const given = new Set<string>()
  return keys.map((one) => {
    const path = placeNew(layout, one, (path) => given.has(path.toLowerCase()))
    if (path !== undefined) given.add(path.toLowerCase())
    return path
  })
}

describe("the place of a new manifest", () => {
  it("follows the layout, with the kind in lower case", () => {
    assert.strictEqual(placeNew(usual, key("Deployment", "web", "shop", "apps"), free), "shop/deployment-web.yaml")
    assert.strictEqual(placeNew("{group}/{kind}/{name}.yml", key("ConfigMap", "a.b"), free), "core/configmap/a.b.yml")
    assert.strictEqual(
      placeNew("All of it/{group}_{name}.yaml", key("Role", "x", "shop", "rbac.authorization.k8s.io"), free),
      "All of it/rbac.authorization.k8s.io_x.yaml"
    )
  })

  it("has a directory for what has no namespace", () =>
    assert.strictEqual(placeNew(usual, key("ClusterRole", "view", ""), free), "_cluster/clusterrole-view.yaml"))

  it("names the group where two kinds share their name", () =>
    assert.deepStrictEqual(
      placeAll(usual, [
        key("Ingress", "web", "shop", "networking.k8s.io"),
        key("Ingress", "web", "shop", "extensions")
      ]),
      ["shop/ingress-web.yaml", "shop/ingress.extensions-web.yaml"]
    ))

  it("adds what the layout leaves out, where it is needed", () =>
    assert.deepStrictEqual(
      placeAll("{name}.yaml", [
        key("Service", "web"),
        key("Service", "web", "test"),
        key("Deployment", "web", "test", "apps")
      ]),
      ["web.yaml", "web-test.yaml", "web-test-deployment.yaml"]
    ))

  it("tells apart what only a digest can", () => {
    const [first, second] = placeAll(usual, [key("A-b", "c"), key("A", "b-c")])
    assert.strictEqual(first, "shop/a-b-c.yaml")
    assert.match(second ?? "", /^shop\/a-b-c-[0-9a-f]{10}\.yaml$/)
  })

  it("replaces what some system can't have in a file name, and adds a digest", () => {
    const names = ["system:node", "system-Node", "a b", "é", "-x", "x.", "../../etc/passwd", "a\\b", "a\u0000b"]
    for (const name of names) {
      const path = placeNew(usual, key("Role", name), free) ?? ""
      assert.match(path, /^shop\/role-[a-z0-9-]+-[0-9a-f]{10}\.yaml$/, name)
    }
    assert.match(placeNew(usual, key("Role", "system:node"), free) ?? "", /^shop\/role-system-node-/)
  })

  it("keeps names that differ only by letter case apart", () => {
    const [first, second] = placeAll(usual, [key("Role", "Foo"), key("Role", "foo")])
    assert.notStrictEqual(first?.toLowerCase(), second?.toLowerCase())
    assert.strictEqual(second, "shop/role-foo.yaml")
  })

  it("avoids names that mean something to a system, to kustomize or to Helm", () => {
    for (const name of ["con", "aux.x", "lpt1", "kustomization", "chart"])
      assert.match(placeNew("{name}.yaml", key("Role", name), free) ?? "", /^[a-z0-9-]+-[0-9a-f]{10}\.yaml$/, name)
    assert.match(placeNew(usual, key("Role", "x", "con"), free) ?? "", /^con-[0-9a-f]{10}\/role-x\.yaml$/)
    assert.match(placeNew("c{name}.yaml", key("Role", "on.x"), free) ?? "", /^con-x-[0-9a-f]{10}\.yaml$/)
  })

  it("shortens a name that no file can have", () => {
    const path = placeNew(usual, key("CustomResourceDefinition", "x".repeat(253), ""), free) ?? ""
    assert.isAtMost(path.length, "_cluster/".length + 255)
    assert.match(path, /^_cluster\/customresourcedefinition-x+-[0-9a-f]{10}\.yaml$/)
  })

  it("goes directly below gitPath where its directory can't be used, and nowhere where nothing can", () => {
    const web = key("Deployment", "web", "shop", "apps")
    const path = placeNew(usual, web, (path) => path.startsWith("shop/")) ?? ""
    assert.match(path, /^deployment-web-[0-9a-f]{10}\.yaml$/)
    assert.isUndefined(placeNew(usual, web, () => true))
  })

  const layouts = [
    usual,
    "{name}.yaml",
    "{namespace}/{name}/manifest.yaml",
    "{kind}{name}.yml",
    "{group}/{kind}.{name}.yaml",
    `{namespace}-{kind}-{group}-{name}-{name}-${"x".repeat(90)}.yaml`,
    "Кластер/{name}.yaml"
  ]
  const piece = fc.constantFrom(
    "a",
    "b",
    "-",
    ".",
    "..",
    "/",
    "A",
    ":",
    "con",
    "_",
    " ",
    "é",
    "\u212a",
    "k",
    "x".repeat(120),
    "\n",
    "~",
    "git"
  )
  const word = fc.oneof(
    fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
    fc.string({ minLength: 1, maxLength: 12 })
  )
  const anyKey = fc.record({
    group: fc.oneof(fc.constant(""), word),
    kind: word,
    namespace: fc.oneof(fc.constant(""), fc.constant("_cluster"), word),
    name: word
  })

  it("is a safe path of its own for any set of keys, and always the same one", () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...layouts),
        fc.uniqueArray(anyKey, { minLength: 1, maxLength: 30, selector: formatKey }),
        (layout, keys) => {
          const paths = placeAll(layout, keys).map((path) => path ?? "")
          assert.strictEqual(new Set(paths.map((path) => path.toLowerCase())).size, keys.length)
          assert.deepStrictEqual(placeAll(layout, keys), paths)
          for (const path of paths) {
            for (const name of path.split("/")) {
              assert.match(name, /^[\p{L}0-9_][\p{L}0-9._-]*$/u)
              assert.notMatch(name, /\.$|^(?:con|aux|nul|prn)(?:\.|$)/i)
              assert.isAtMost(Buffer.byteLength(name), 255)
            }
            assert.strictEqual(screen(path, "file", "")._tag, "Read")
            assert.isUndefined(markerOf(path, ""))
          }
        }
      ),
      { numRuns: 500 }
    ))
})

describe("what is taken", () => {
  const paths = [
    "prod/shop/Deployment-web.yaml",
    "prod/file",
    "prod/Big/x.yaml",
    "prod/kust/kustomization.yaml",
    "other"
  ]
  const index = update(
    emptyIndex("prod"),
    paths.map((path) => ({ path, entry: { blob: path, mode: "file" as const } })),
    () => undefined
  )
  const taken = takenPaths(index.indexed)

  it("is a path that has a file or directory, letter case aside", () => {
    for (const path of ["shop/Deployment-web.yaml", "shop/deployment-web.yaml", "shop", "SHOP", "File"])
      assert.isTrue(taken(path), path)
    for (const path of ["shop/deployment-web2.yaml", "new/x.yaml", "other"]) assert.isFalse(taken(path), path)
  })

  it("is a path below a file, below a directory that is written in another letter case, and below what is not ours", () => {
    for (const path of ["file/x.yaml", "FILE/x.yaml", "big/y.yaml", "kust/new.yaml"]) assert.isTrue(taken(path), path)
  })

  it("leaves everything free in an empty repository", () =>
    assert.isFalse(takenPaths(emptyIndex("").indexed)("a/b.yaml")))
})

describe("a layout", () => {
  it("is fine as people write them", () => {
    for (const layout of [usual, "{name}.yml", "apps/{namespace}/{group}.{kind}.{name}.yaml", "Größe/{name}.yaml"])
      assert.isUndefined(layoutProblem(layout), layout)
  })

  it.each([
    ["{namespace}.yaml", /must hold \{name\}/],
    ["", /needs a name/],
    ["{nam}.yaml", /can't fill in "\{nam\}": there are \{namespace\}, \{kind\}, \{name\} and \{group\}/],
    ["{name.yaml", /brace/],
    ["name}.yaml", /brace/],
    ["/{name}.yaml", /leading "\/"/],
    ["../{name}.yaml", /"\.\."/],
    ["a//{name}.yaml", /needs a name/],
    ["./{name}.yaml", /needs a name/],
    ["{name}", /must end in "\.yaml"/],
    ["{name}.json", /must end in "\.yaml"/],
    ["{name}.YAML", /must end in "\.yaml"/],
    ["a\\{name}.yaml", /separated by "\/"/],
    ["a:b/{name}.yaml", /can't hold ":"/],
    [".hidden/{name}.yaml", /can't begin/],
    ["-x/{name}.yaml", /can't begin/],
    ["x./{name}.yaml", /can't be the name/],
    ["con/{name}.yaml", /can't be the name/],
    ["{name}/kustomization.yaml", /can't be the name/],
    [`${"x".repeat(101)}/{name}.yaml`, /too long/],
    [`${"{name}".repeat(40)}.yaml`, /longer than 200/]
  ])("%s is refused with what is wrong", (layout, problem) => assert.match(layoutProblem(layout) ?? "", problem))
})

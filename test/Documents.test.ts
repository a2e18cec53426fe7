import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as ConfigFile from "../src/config/ConfigFile.ts"

const root = dirname(import.meta.dirname)

const pages = ["README.md", "ARCHITECTURE.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)]

const read = (page: string) => readFileSync(join(root, page), "utf8")

const withoutCode = (text: string) => text.replaceAll(/^```[^]*?^```/gm, "")

/** As a forge makes it of a heading. */
const anchorOf = (heading: string) => heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")

const anchorsOf = (text: string) =>
  Array.from(withoutCode(text).matchAll(/^#+ (.+)$/gm), ([, heading = ""]) => anchorOf(heading))

/** Links to other pages and files, each with the place that it leads to. */
const linksOf = (page: string) =>
  Array.from(
    withoutCode(read(page)).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g),
    ([link, file, anchor]) => ({
      link: `${page}: ${link}`,
      file: file ? join(dirname(page), file) : page,
      anchor
    })
  )

const leadsSomewhere = ({ anchor, file }: ReturnType<typeof linksOf>[number]) =>
  existsSync(join(root, file)) && (anchor === undefined || anchorsOf(read(file)).includes(anchor))

/** Whole configurations among the examples. */
const configurationsOf = (page: string) =>
  Array.from(read(page).matchAll(/^```yaml\n([^]*?)^```/gm), ([, text = ""]) => text).filter((text) =>
    /^rules:/m.test(text)
  )

describe("The pages for people", () => {
  it("link to what is there", () => {
    const links = pages.flatMap(linksOf)
    assert.isAbove(links.filter(({ anchor }) => anchor !== undefined).length, 3)
    assert.deepStrictEqual(links.filter((link) => !leadsSomewhere(link)).map(({ link }) => link), [])
  })

  it("are all named by the README", () => {
    const named = linksOf("README.md").map(({ file }) => file)
    assert.includeMembers(named, pages.filter((page) => page.startsWith("docs/")))
  })

  it("show configurations that are valid, the first of them with the schema that comes along", () => {
    const configurations = pages.flatMap(configurationsOf)
    assert.isAbove(configurations.length, 4)
    const url = "https://git.example/acme/cluster.git"
    const mistakes = configurations.flatMap((text) =>
      Result.match(ConfigFile.check("config.yaml", text, url), {
        onFailure: (invalid) => [`${text}${invalid.message}`],
        onSuccess: () => []
      })
    )
    assert.deepStrictEqual(mistakes, [])
    const [schema = ""] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(read("README.md"))?.slice(1) ?? []
    assert.isTrue(existsSync(join(root, schema)) && schema !== "", schema)
  })
})

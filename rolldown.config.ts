// `npm run bundle`: the program as a few files in dist/, which start in a third of the time and need no node_modules.
// It is what the image runs.
import { readdirSync, readFileSync, statSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { defineConfig, type Plugin, RolldownMagicString } from "rolldown"

const program = "gitops-controller"
const fileUrl = /new URL\("([\w./-]+)", import\.meta\.url\)/g

/** The files of a folder and of those in it, by their paths in it; of a file itself, under no path. */
const filesOf = (place: string): ReadonlyArray<string> =>
  statSync(place).isDirectory()
    ? readdirSync(place).flatMap((name) => filesOf(join(place, name)).map((inside) => join(name, inside)))
    : [""]

/** What the source finds beside itself comes along: a program (what a thread runs) as a bundle of its own, anything else as it is. */
const filesBesideSource: Plugin = {
  name: "files-beside-source",
  transform: {
    filter: { id: /\/src\/.*\.ts$/, code: "import.meta.url" },
    handler(code, id) {
      const edited = new RolldownMagicString(code)
      for (const [written, path = ""] of code.matchAll(fileUrl)) {
        const place = join(dirname(id), path)
        const isProgram = path.endsWith(".ts")
        const name = isProgram ? `${basename(path, ".ts")}.js` : basename(path)
        if (isProgram) this.emitFile({ type: "chunk", id: place, fileName: name })
        else {
          for (const inside of filesOf(place)) {
            const source = readFileSync(join(place, inside))
            this.emitFile({ type: "asset", fileName: join(name, inside), source })
          }
        }
        edited.replaceAll(written, `new URL("./${name}", import.meta.url)`)
      }
      return { code: edited.toString(), map: edited.generateMap({ hires: true }).toString() }
    }
  }
}

/** The bundler loses what a module passes on of a CommonJS package with "export *", where that module is imported while running. */
const undiciItself: Plugin = {
  name: "undici-itself",
  resolveId: {
    filter: { id: /^\.\/Undici\.js$/ },
    handler(_, importer) {
      return this.resolve("undici", importer)
    }
  }
}

export default defineConfig({
  input: { [program]: "src/start.ts" },
  platform: "node",
  // Native code, which ssh2 does without where it isn't there.
  external: [/\.node$/, "cpu-features"],
  plugins: [filesBesideSource, undiciItself],
  transform: { define: { __dirname: "import.meta.dirname" } },
  output: {
    dir: "dist",
    cleanDir: true,
    sourcemap: true,
    sourcemapExcludeSources: true,
    entryFileNames: "[name].js",
    // As in src/gitops-controller.mjs, which a bundle does without: whoever runs this has the right Node.
    banner: ({ name }) => name === program ? "#!/usr/bin/env -S node --max-semi-space-size=8" : ""
  }
})

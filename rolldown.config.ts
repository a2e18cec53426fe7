// `npm run bundle`: the program as a few files in dist/, which start in a quarter of the time and need no node_modules.
// It is what the image runs.
import { basename, dirname, join } from "node:path"
import { defineConfig, type Plugin, RolldownMagicString } from "rolldown"

const fileUrl = /new URL\("(\.\/)?([\w./-]+)", import\.meta\.url\)/g

/** What the source finds beside itself comes along: a program (what a thread runs) as a bundle of its own, anything else as it is. */
const filesBesideSource: Plugin = {
  name: "files-beside-source",
  transform: {
    filter: { id: /\/src\/.*\.ts$/, code: "import.meta.url" },
    async handler(code, id) {
      const edited = new RolldownMagicString(code)
      for (const [written, , name = ""] of code.matchAll(fileUrl)) {
        const file = join(dirname(id), name)
        const emitted = name.endsWith(".ts")
          ? this.emitFile({ type: "chunk", id: file, fileName: `${basename(name, ".ts")}.js` })
          : this.emitFile({ type: "asset", fileName: name, source: await this.fs.readFile(file) })
        edited.replaceAll(written, `new URL(import.meta.ROLLUP_FILE_URL_${emitted})`)
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
  input: { "gitops-controller": "src/main.ts" },
  platform: "node",
  // Native code that ssh2 does without where it isn't there.
  external: [/\.node$/, "cpu-features"],
  plugins: [filesBesideSource, undiciItself],
  transform: { define: { __dirname: "import.meta.dirname" } },
  output: {
    dir: "dist",
    cleanDir: true,
    sourcemap: true,
    sourcemapExcludeSources: true,
    entryFileNames: "[name].js"
  }
})

import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { namespace } from "./badInput/BadInput.ts"
import { BadWorld, inputs, merged } from "./badInput/BadWorld.ts"
import { brokenFiles } from "./badInput/BrokenFiles.ts"
import { foreignFiles } from "./badInput/ForeignFiles.ts"
import { refusedObjects } from "./badInput/RefusedObjects.ts"
import { told, toldOf } from "./badInput/Told.ts"
import { runCommand } from "./Controller.ts"

const all = Object.values(inputs)
const standing = all.flatMap(({ standing = [] }) => standing)
const applied = all.flatMap(({ applied = [] }) => applied)
const absent = all.flatMap(({ absent = [] }) => absent)

const patience = { within: 30_000 }

layer(BadWorld.layer, { timeout: 120_000, excludeTestServices: true })("a repository in which a lot is wrong", (it) => {
  for (const [what, input] of Object.entries(inputs)) {
    it.effect(`${what}: is told with its place`, () =>
      Effect.gen(function*() {
        const { status } = yield* BadWorld
        assert.deepStrictEqual(toldOf(status, input), input.said)
      }))
  }

  it.effect("what is right in it is applied all the same", () =>
    Effect.gen(function*() {
      const { value } = yield* BadWorld
      for (const object of ["configmap/good-old", "configmap/good-new", ...applied])
        assert.strictEqual(yield* value(object), "good", object)
    }))

  it.effect("what stood in the cluster stays as it was, to the version", () =>
    Effect.gen(function*() {
      const { versions, versionsBefore } = yield* BadWorld
      const now = yield* versions
      const withVersions = (found: ReadonlyMap<string, string>) => standing.map((it) => `${it} ${found.get(it)}`)
      assert.deepStrictEqual(withVersions(now), withVersions(versionsBefore))
      assert.isAbove(standing.length, 20)
    }))

  it.effect("nobody is told that it is gone from Git, as long as there are files that nobody could read", () =>
    Effect.gen(function*() {
      const { status } = yield* BadWorld
      const held = told(status).filter(({ line, object = "" }) => line.startsWith("held:") && standing.includes(object))
      assert.isAbove(held.length, 15)
      for (const { line } of held) {
        const object = /^held: (\S+ \S+):/.exec(line)?.[1]
        const message =
          "in no manifest that could be read: it stays, since a file that could not be read may hold it; mend what is named under \"problems\""
        assert.strictEqual(line, `held: ${object}: ${message}`)
      }
    }))

  it.effect("what the cluster refused is not sent again as long as it stays as it is", () =>
    Effect.gen(function*() {
      const { requests } = yield* BadWorld
      const sent = yield* requests
      for (const object of Object.values(refusedObjects).flatMap(({ standing = [] }) => standing)) {
        const to = sent.filter(({ name, namespace: at, write }) =>
          write && at === namespace && `/${name}` === object.slice(object.indexOf("/"))
        )
        assert.isAtMost(to.length, 1, object)
      }
      assert.isAbove(sent.filter(({ code = 0 }) => code === 422 || code === 500).length, 5)
    }))

  it.effect("nothing else came into being", () =>
    Effect.gen(function*() {
      const { value, versions, versionsBefore } = yield* BadWorld
      const added = [...(yield* versions).keys()].filter((object) => !versionsBefore.has(object))
      assert.deepStrictEqual(added.toSorted(), [...applied, "configmap/good-new"].toSorted())
      for (const object of absent) assert.strictEqual(yield* value(object), "", object)
    }))

  it.effect("ciphertext never comes into the cluster", () =>
    Effect.gen(function*() {
      const { kubectlOk } = yield* ControlPlane
      const password = yield* kubectlOk(["get", "secret", "sops", "-n", namespace, "-o", "jsonpath={.data.password}"])
      assert.strictEqual(Buffer.from(password, "base64").toString(), "plain-before")
      assert.notInclude(yield* kubectlOk(["get", "secrets", "-A", "-o", "json"]), "ENC[")
    }))

  it.effect("gitops-controller status prints all of it, each thing once, and exits with 1", () =>
    Effect.gen(function*() {
      const { controller, status } = yield* BadWorld
      const port = /Listening on http:\/\/[^"\s]*?:(\d+)/.exec(yield* controller.log)?.[1]
      const url = `http://127.0.0.1:${port}`
      const { code, stdout } = yield* runCommand(["status", "--url", url], process.cwd())
      assert.strictEqual(code, 1)
      const printed = stdout.split("\n").map((line) => line.trim())
      for (const { line } of told(status)) assert.lengthOf(printed.filter((it) => it === line), 1, line)
    }))

  it.effect("an object whose namespace was missing is applied by itself once somebody creates that", () =>
    Effect.gen(function*() {
      const { kubectlOk } = yield* ControlPlane
      yield* kubectlOk(["create", "namespace", `${namespace}-missing`])
      const homeless = kubectlOk(["get", "configmap", "homeless", "-n", `${namespace}-missing`, "-o", "name"])
      yield* eventually("it is applied", homeless, (name) => name.trim() === "configmap/homeless", patience)
    }))

  for (
    const [group, some] of Object.entries({
      "broken files": brokenFiles,
      "what was passed over": foreignFiles,
      "refused objects": refusedObjects
    })
  ) {
    it.effect(`a commit that mends ${group} is applied`, () =>
      Effect.gen(function*() {
        const { controller, repository, value } = yield* BadWorld
        const mended = Object.values(some)
        const commit = yield* repository.commit(merged(mended.map((input) => input.mended)))
        const status = yield* controller.inStepWith(commit, patience)
        for (const object of mended.flatMap(({ afterwards }) => afterwards))
          assert.strictEqual(yield* value(object), "mended", object)
        for (const input of mended) assert.deepStrictEqual(toldOf(status, input), [])
      }))
  }

  it.effect("once all is mended, what Git really holds no longer goes, and nothing is spoken of", () =>
    Effect.gen(function*() {
      const { controller, value } = yield* BadWorld
      yield* controller.until(
        "nothing is left to say",
        (status) => told(status).length + status.total.pending === 0,
        patience
      )
      for (const gone of ["configmap/no-kind-above", "configmap/no-kind-below", "configmap/same-neighbour"])
        assert.strictEqual(yield* value(gone), "", gone)
    }))
})

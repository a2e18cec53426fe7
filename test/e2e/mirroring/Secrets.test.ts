// A value of a Secret never leaves the cluster: whatever rules say and however it came, it is searched for in everything
// that was ever written, in Git and elsewhere.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { randomBytes } from "node:crypto"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { gitBytes } from "../../remote/NativeGit.ts"
import { configMap, mirroring, tells } from "./mirroring.ts"

const base64 = (text: string) => Buffer.from(text).toString("base64")

/** Values that are nowhere else in the world, and all forms in which one could stand somewhere. */
const makeValues = () => {
  const values: Array<string> = []
  return {
    next: () => {
      const value = `planted-${randomBytes(12).toString("hex")}`
      values.push(value)
      return value
    },
    /** Those that stand in a text, plain or encoded, wherever in what was encoded. */
    foundIn: (text: string) => values.filter((value) => text.includes(value) || text.includes(base64(value)))
  }
}

const secret = (name: string, fields: object) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, labels: { of: "a-test" } },
  ...fields
})

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("Secrets", (it) => {
  it.effect("are written in no form, and are said to need encryption", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring({
        rules: (namespace) => {
          // A rule for nothing but Secrets is refused.
          const secrets = { resources: ["secrets", "configmaps"], namespaces: [namespace] }
          return [
            {
              ...secrets,
              names: ["filtered"],
              filters: ["/data", "/stringData", "/metadata/annotations"],
              syncTo: "git"
            },
            { ...secrets, syncTo: "git" }
          ]
        },
        files: (namespace) => ({
          "filtered.yaml":
            `apiVersion: v1\nkind: Secret\nmetadata:\n  name: filtered\n  namespace: ${namespace}\ntype: Opaque\n`
        })
      })
      const values = makeValues()
      const before = yield* bed.repository.git("show", "main:filtered.yaml")
      const plant = Effect.gen(function*() {
        yield* bed.apply(
          secret("data", { data: { password: base64(values.next()) } }),
          secret("string-data", { stringData: { password: values.next() } }),
          secret("filtered", { stringData: { password: values.next() } }),
          secret("login", {
            type: "kubernetes.io/basic-auth",
            stringData: { username: values.next(), password: values.next() }
          })
        )
        yield* bed.cluster.kubectlOk(["apply", "--server-side", "--force-conflicts", "-n", bed.namespace, "-f", "-"], {
          stdin: JSON.stringify({
            apiVersion: "v1",
            kind: "List",
            items: [secret("listed", { stringData: { password: values.next() } })]
          })
        })
      })
      yield* plant
      const controller = yield* bed.start()
      const first = yield* bed.sentinel("first")
      yield* tells(controller, /encrypt/i)
      yield* plant
      yield* bed.kubectl("patch", "secret", "data", "-p", JSON.stringify({ stringData: { more: values.next() } }))
      yield* bed.kubectl("delete", "secret", "login")
      const second = yield* bed.sentinel("second")
      yield* first.goes
      yield* second.goes

      assert.strictEqual(yield* bed.repository.git("show", "main:filtered.yaml"), before)
      const kinds = [...(yield* bed.remote.documents).keys()].map((key) => key.split(" ")[0])
      assert.deepStrictEqual(kinds, ["Secret"], "the one that a person wrote")
      const status = yield* controller.status
      for (const name of ["data", "string-data", "listed"]) {
        const troubles = status.kinds.flatMap(({ troubles }) => troubles)
        const said = troubles.find(({ object }) => object === `${bed.namespace}/${name}`)
        assert.match(said?.message ?? "", /encrypt/i, name)
      }

      const everywhere = {
        "the repository's objects": (yield* Effect.orDie(
          gitBytes(["cat-file", "--batch-all-objects", "--unordered", "--batch"], { cwd: bed.repository.path })
        )).toString("latin1"),
        "the log": yield* controller.log,
        "the output": yield* controller.process.stdout,
        "the status": JSON.stringify(status),
        "the metrics": (yield* controller.get("/metrics")).body,
        "the record": yield* bed.cluster.kubectlOk(["get", "configmaps", "-n", bed.state, "-o", "json"]),
        "Events": yield* bed.cluster.kubectlOk(["get", "events", "-A", "-o", "json"])
      }
      for (const [where, text] of Object.entries(everywhere)) assert.deepStrictEqual(values.foundIn(text), [], where)
      const live = yield* bed.kubectl("get", "secrets", "-o", "json")
      assert.isNotEmpty(values.foundIn(live), "what is searched for can be found")
    }), 90_000)

  it.effect(
    "without a data of their own are not written either, nor is a ConfigMap of the same name kept back",
    () =>
      Effect.gen(function*() {
        const bed = yield* mirroring({
          rules: (namespace) => [{ resources: ["secrets", "configmaps"], namespaces: [namespace], syncTo: "git" }]
        })
        yield* bed.apply(secret("empty", {}), configMap("empty"))
        yield* bed.start()
        const { goes } = yield* bed.sentinel()
        yield* goes
        assert.deepStrictEqual([...(yield* bed.remote.documents).keys()], [bed.key("ConfigMap", "empty")])
      }),
    60_000
  )
})

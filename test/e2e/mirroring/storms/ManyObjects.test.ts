// A minute of kubectl in a namespace whose objects go to Git: afterwards the repository alone makes the same objects again.
import { assert, layer } from "@effect/vitest"
import { Effect, Fiber, Layer, Semaphore } from "effect"
import { mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { stringify } from "yaml"
import type { JsonObject } from "../../../../src/manifest/Manifest.ts"
import { ControlPlane } from "../../../cluster/ControlPlane.ts"
import type { Kubectl } from "../../../cluster/Kubectl.ts"
import { startControlPlane } from "../../../cluster/StartedControlPlane.ts"
import { withoutServerSet } from "../../../kind/mirroring/roundTrip/serverSet.ts"
import { eventually } from "../../../process/Eventually.ts"
import { temporaryFolder } from "../../../process/TemporaryFolder.ts"
import { type Mirroring, mirroring } from "../mirroring.ts"
import { keyOf } from "../readRemote.ts"
import { type Change, changes, type Thing, things } from "./kubectlChanges.ts"
import { kinds, type Manifest, manifestOf } from "./manyKinds.ts"
import { seed, seeded } from "./seeded.ts"

const count = Number(process.env["GITOPS_EDITS"] ?? "500")
const all = things(50)
/** They stand in Git, with comments, before the controller comes. */
const adopted = all.slice(0, 14)
const resources = kinds.map(({ resource }) => resource)

const rules = (namespace: string) => [
  {
    resources: kinds.map(({ resource }) =>
      resource === "ingress" ? "ingresses" : resource === "networkpolicy" ? "networkpolicies" : `${resource}s`
    ),
    namespaces: [namespace],
    syncTo: "git"
  }
]

const comment = ({ name }: Thing) => `# ${name}: ask the night shift`

const commented = (thing: Thing, namespace: string, manifest: Manifest) =>
  `${comment(thing)} before\n${
    stringify({ ...manifest, metadata: { ...manifest.metadata, namespace } }, { lineWidth: 0 })
      .replace(/^( {2}name: .*)$/m, `$1 ${comment(thing)} beside`)
  }${comment(thing)} after\n`

/** Two to a file, and the last few in one of their own. */
const filesOf = (texts: ReadonlyArray<string>) =>
  Object.fromEntries(
    texts.flatMap((text, index) => {
      const next = texts[index + 1]
      if (index >= 10) return [[`by-hand/${index}.yaml`, text]]
      return index % 2 === 0 && next !== undefined ? [[`by-hand/${index}.yaml`, `${text}---\n${next}`]] : []
    })
  )

const carryOut = (bed: Mirroring, { args, editor, manifest }: Change) =>
  bed.cluster.kubectlOk(["-n", bed.namespace, ...args, ...args[0] === "delete" ? ["--wait=false"] : []], {
    ...manifest === undefined ? {} : { stdin: JSON.stringify(manifest) },
    ...editor === undefined ? {} : { env: { KUBE_EDITOR: editor } }
  })

interface Live extends JsonObject {
  readonly kind: string
  readonly apiVersion: string
  readonly metadata: { readonly name: string; readonly namespace: string }
}

/** What the cluster makes in each namespace for itself. */
const clustersOwn = new Set(["ServiceAccount default", "ConfigMap kube-root-ca.crt"])

const objectsIn = ({ kubectlJson }: Kubectl, namespace: string) =>
  Effect.map(
    kubectlJson<{ readonly items: ReadonlyArray<Live> }>(["get", resources.join(","), "-n", namespace]),
    ({ items }) =>
      new Map(
        items.filter(({ kind, metadata }) => !clustersOwn.has(`${kind} ${metadata.name}`))
          .map((object) => [keyOf(object), withoutServerSet(object)] as const)
      )
  )

/** The repository's manifests, as files. */
const checkedOut = Effect.fnUntraced(function*({ remote }: Mirroring) {
  const folder = yield* temporaryFolder("gitops-checkout-")
  const files = new Map([...(yield* remote.documents).values()].map(({ path, text }) => [path, text]))
  yield* Effect.sync(() => {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
  })
  return folder
})

const plane = Layer.effect(ControlPlane, startControlPlane({ controllerManager: true }))

layer(plane, { excludeTestServices: true, timeout: 120_000 })("a minute of kubectl", (it) => {
  it.effect(
    `of ${count} changes to ${all.length} objects of ${kinds.length} kinds is in Git, and Git makes them again (seed "${seed}")`,
    () =>
      Effect.gen(function*() {
        const chance = seeded(seed)
        const before = adopted.map((thing) => manifestOf(thing.kind, thing.name, chance, 0))
        const bed = yield* mirroring({
          rules,
          config: { deletions: { max: 1000, percent: 100 } },
          files: (namespace) =>
            filesOf(adopted.map((thing, index) =>
              commented(thing, namespace, before[index] ?? manifestOf(thing.kind, thing.name, chance, 0))
            ))
        })
        const { cluster, namespace } = bed
        const origin = (yield* bed.repository.tip()) ?? ""
        const second = yield* Effect.forkScoped(startControlPlane({ audit: false }))
        yield* bed.apply(...before)
        const controller = yield* bed.start()
        yield* bed.sentinel()

        const turns = new Map(
          yield* Effect.forEach(all, (thing) =>
            Effect.map(Semaphore.make(1), (turn) => [thing, turn] as const))
        )
        const made = changes(all, adopted, count, chance)
        yield* Effect.forEach(made, (change) => {
          const done = carryOut(bed, change)
          return turns.get(change.thing)?.withPermit(done) ?? done
        }, { concurrency: 3, discard: true })

        yield* bed.kubectl("delete", "configmap", "sentinel")
        yield* bed.remote.lacks(bed.key("ConfigMap", "sentinel"))
        const live = yield* objectsIn(cluster, namespace)
        const keys = [...live.keys()].toSorted()
        yield* eventually(
          "Git has what lives, and nothing else",
          Effect.all({
            git: Effect.map(bed.remote.documents, (documents) => [...documents.keys()].toSorted()),
            troubles: Effect.map(
              controller.status,
              ({ kinds, removals }) => [
                removals,
                ...kinds.flatMap(({ troubles }) => troubles)
              ]
            )
          }).pipe(Effect.map(({ git, troubles }) => ({
            missing: keys.filter((key) => !git.includes(key)),
            left: git.filter((key) => !keys.includes(key)),
            troubles
          }))),
          ({ left, missing }) => left.length + missing.length === 0,
          { within: 30_000, every: 500 }
        )
        yield* controller.until(
          "all is settled",
          ({ settled, total, writing }) =>
            settled && total.pending + total.failed + total.held === 0 && (writing?.waiting ?? 0) === 0
        )
        const tip = yield* bed.repository.tip()
        const { goes } = yield* bed.sentinel("again")
        yield* goes
        assert.strictEqual(
          yield* bed.repository.git("diff", "--name-only", `${tip}..main`),
          "",
          "nothing changes after quiet"
        )

        const copy = yield* Fiber.join(second)
        yield* copy.kubectlOk(["create", "namespace", namespace])
        yield* copy.kubectlOk(["apply", "-R", "-f", yield* checkedOut(bed)])
        const again = yield* objectsIn(copy, namespace)
        assert.deepStrictEqual([...again.keys()].toSorted(), keys)
        for (const [key, object] of live) assert.deepStrictEqual(again.get(key), object, key)

        const gone = new Set(made.filter(({ isDelete }) => isDelete).map(({ thing }) => thing))
        const text = [...(yield* bed.remote.documents).values()].map(({ text }) => text).join("\n")
        for (const thing of adopted.filter((one) => !gone.has(one)))
          for (const where of ["before", "beside", "after"]) assert.include(text, `${comment(thing)} ${where}`)

        const commits = (yield* bed.remote.commits).filter(({ author }) => author === "gitops-controller")
        for (const { message } of commits.filter(({ message }) => !message.startsWith("Name cluster "))) {
          // Each object's line with those of its fields.
          const objects = message.split(/\n(?=- )|\n\n/).filter((part) => part.startsWith("- "))
          assert.isNotEmpty(objects, message)
          for (const object of objects) {
            const [line = "", ...fields] = object.split("\n")
            assert.match(line, /\(rule 1 \(/, message)
            // Seen without a manager: a StatefulSet that was only scaled.
            const isScaled = fields.length > 0 && fields.every((field) => field.startsWith("    /spec/replicas:"))
            if (!line.startsWith("- Remove ") && !isScaled) assert.match(line, /, changed by kubectl/, message)
          }
        }
        assert.isAtLeast(commits.length, 1, origin)
      }),
    600_000
  )
})

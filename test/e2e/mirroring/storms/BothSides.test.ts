// A Deployment that both sides may change, field by field and now and then the same field one after the other, while the
// controller is killed: both end up with what was set last, wherever that was. GITOPS_EDITS=1000 for the long run.
import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Semaphore } from "effect"
import { parse } from "yaml"
import { ControlPlane } from "../../../cluster/ControlPlane.ts"
import { startControlPlane } from "../../../cluster/StartedControlPlane.ts"
import { eventually } from "../../../process/Eventually.ts"
import type { Controller } from "../../Controller.ts"
import { haveMet, type Mirroring, mirroring } from "../mirroring.ts"
import { personsCommit } from "./personsCommit.ts"
import { seed, seeded } from "./seeded.ts"
import {
  after,
  comments,
  edited,
  first,
  isDeployment,
  rounds,
  type SharedEdit,
  textOf,
  type Values,
  valuesOf
} from "./sharedByTurns.ts"
import { deploymentsPath, imageOf, type LiveDeployment, steps, watched } from "./watched.ts"

const perRound = 50
const roundCount = Math.max(1, Math.round(Number(process.env["GITOPS_EDITS"] ?? "400") / perRound))
/** In every such round the controller is killed. */
const deathEvery = 5
const file = "web.yaml"

const rules = (namespace: string) => [
  { resources: ["deployments", "configmaps"], namespaces: [namespace], syncTo: "both", conflict: "hold" }
]

const inCluster = Effect.fnUntraced(function*(bed: Mirroring, { field, value }: SharedEdit) {
  const [what = "", key = ""] = field.split(" ")
  const patch = (where: string, manager: string, body: unknown) =>
    bed.cluster.request(`${deploymentsPath(bed.namespace)}/web${where}?fieldManager=${manager}`, {
      contentType: where === "" ? "application/strategic-merge-patch+json" : "application/merge-patch+json",
      body: JSON.stringify(body)
    }).pipe(Effect.map(({ body, status }) => assert.strictEqual(status, 200, body)))
  const pair = value === undefined ? `${key}-` : `${key}=${value}`
  switch (what) {
    case "replicas":
      return yield* patch("/scale", "horizontal-pod-autoscaler", { spec: { replicas: Number(value) } })
    case "minReadySeconds": {
      yield* bed.kubectl("patch", "deployment/web", "-p", JSON.stringify({ spec: { minReadySeconds: Number(value) } }))
      return
    }
    case "image":
      return yield* patch("", "keel", { spec: { template: { spec: { containers: [{ name: key, image: value }] } } } })
    case "env": {
      yield* bed.kubectl("set", "env", "deployment/web", "-c", "app", pair)
      return
    }
    default:
      yield* bed.kubectl(what === "note" ? "annotate" : "label", "--overwrite", "deployment/web", pair)
  }
})

const makeEdits = Effect.fnUntraced(function*(bed: Mirroring) {
  const turns = { git: yield* Semaphore.make(1), cluster: yield* Semaphore.make(1) }
  return (edits: ReadonlyArray<SharedEdit>) =>
    Effect.forEach(edits, (edit) =>
      turns[edit.side].withPermit(
        edit.side === "git"
          ? Effect.asVoid(personsCommit(bed.repository, file, (text) => edited(text, edit)))
          : inCluster(bed, edit)
      ), { concurrency: 2, discard: true })
})

const inGit = (bed: Mirroring) =>
  Effect.map(bed.remote.text(file), (text): Values => {
    const manifest: unknown = parse(text ?? "")
    return isDeployment(manifest) ? valuesOf(manifest) : {}
  })

const live = (bed: Mirroring) =>
  Effect.map(bed.cluster.kubectlJson<LiveDeployment>(["get", "deployment", "web", "-n", bed.namespace]), valuesOf)

const sorted = (values: Values) => JSON.stringify(Object.entries(values).toSorted())

/** What differs from what was set last, and what the controller says of it. */
const bothHave = (bed: Mirroring, controller: Controller, values: Values, when: string) =>
  eventually(
    `both sides have what was set last, ${when}: ${sorted(values)}`,
    Effect.all({ git: inGit(bed), live: live(bed), status: controller.status }),
    ({ git, live }) => sorted(git) === sorted(values) && sorted(live) === sorted(values),
    { within: 20_000, every: 200 }
  )

const settles = (bed: Mirroring, controller: Controller) =>
  Effect.flatMap(bed.repository.tip(), (tip) =>
    controller.until(
      "all is settled, and nothing is held",
      ({ commit, kinds, settled }) =>
        settled && commit === tip && kinds.every(({ rules, troubleCount }) =>
          troubleCount === 0 && rules.every(({ held, pending }) => held + pending === 0)
        )
    ))

const plane = Layer.effect(ControlPlane, startControlPlane({ controllerManager: true }))

layer(plane, { excludeTestServices: true, timeout: 120_000 })("a Deployment of both sides", (it) => {
  it.effect(
    `is the same on both after each of ${roundCount} rounds of ${perRound} edits, kill -9 or not (seed "${seed}")`,
    () =>
      Effect.gen(function*() {
        const bed = yield* mirroring({ rules })
        let controller = yield* bed.start()
        yield* haveMet(bed)
        yield* bed.repository.commit({ [file]: textOf(bed.namespace) })
        yield* eventually("the Deployment is there", live(bed), (values) => sorted(values) === sorted(first), {
          within: 30_000
        })
        yield* settles(bed, controller)
        const versions = yield* watched(bed.cluster, bed.namespace)
        const makeAll = yield* makeEdits(bed)
        const chance = seeded(seed)
        const all = rounds(roundCount, perRound, chance)
        let values = first
        for (const [index, edits] of all.entries()) {
          const dies = index % deathEvery === deathEvery - 2
          const half = dies ? chance.below(edits.length) : edits.length
          yield* makeAll(edits.slice(0, half))
          if (dies) {
            yield* controller.process.signal("SIGKILL")
            yield* controller.process.exit
            yield* makeAll(edits.slice(half))
            controller = yield* bed.start()
          }
          values = edits.reduce(after, values)
          yield* bothHave(bed, controller, values, `round ${index + 1}${dies ? ", killed" : ""}`)
          yield* settles(bed, controller)
        }

        const tip = yield* bed.repository.tip()
        const { goes } = yield* bed.sentinel()
        yield* goes
        assert.strictEqual(yield* bed.repository.git("log", "--format=%s", `${tip}..main`, "--", file), "")
        const text = (yield* bed.remote.text(file)) ?? ""
        for (const comment of comments) assert.include(text, `# ${comment}`)

        const seen = yield* versions
        for (const container of ["app", "proxy"]) {
          const set = all.flat().filter(({ field }) => field === `image ${container}`)
          const shown = steps(seen.map((one) => imageOf(one, container)))
          const order = shown.map((image) => set.findIndex(({ value }) => value === image))
          assert.deepStrictEqual(order, order.toSorted((one, other) => one - other), "no image is ever reset")
          for (const { side, value } of set) if (side === "cluster") assert.include(shown, value)
        }
      }),
    600_000
  )
})

// One Deployment of many masters: its manifest is Git's, its images are the cluster's and go to Git, its replicas are nobody's.
import { assert, layer } from "@effect/vitest"
import { Effect, Schedule, Semaphore } from "effect"
import { sharedControlPlane } from "../../../cluster/SharedControlPlane.ts"
import { eventually } from "../../../process/Eventually.ts"
import { type Mirroring, mirroring } from "../mirroring.ts"
import { type Edit, first, firstImages, imagesIn, storm, textOf } from "./keptByHand.ts"
import { personsCommit } from "./personsCommit.ts"
import { seed, seeded } from "./seeded.ts"
import { deploymentsPath, imageOf, type LiveDeployment, steps, watched } from "./watched.ts"

const edits = Number(process.env["GITOPS_EDITS"] ?? "1000")
const file = "web.yaml"
const updateTime = "keel.sh/update-time"

const rules = (namespace: string) => {
  const its = { resources: ["deployments"], namespaces: [namespace] }
  return [
    { ...its, filters: ["/spec/template/spec/containers/*/image"], syncTo: "git" },
    { ...its, filters: ["/spec/replicas"], syncTo: "ignore" },
    { ...its, syncTo: "kubernetes" },
    { resources: ["configmaps"], namespaces: [namespace], syncTo: "git" }
  ]
}

interface Template {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec: { readonly containers: ReadonlyArray<{ readonly name: string }> }
}

/** What Keel makes of an object, before it PUTs it back: `keel.sh/update-time` in the pods' annotations, and the image. */
const updated = (text: string, { container, image }: Extract<Edit, { readonly _tag: "SetImage" }>) => {
  const object: { readonly spec: { readonly template: Template } } = JSON.parse(text)
  const { metadata, spec } = object.spec.template
  const annotations = { ...metadata.annotations, [updateTime]: image }
  const containers = spec.containers.map((one) => one.name === container ? { ...one, image } : one)
  const template = {
    ...object.spec.template,
    metadata: { ...metadata, annotations },
    spec: { ...spec, containers }
  }
  return JSON.stringify({ ...object, spec: { ...object.spec, template } })
}

const everybody = (bed: Mirroring) => {
  const { cluster, namespace, repository } = bed
  const web = `${deploymentsPath(namespace)}/web`
  const patch = (where: string, manager: string, body: unknown) =>
    cluster.request(`${web}${where}?fieldManager=${manager}`, {
      contentType: where === "" ? "application/strategic-merge-patch+json" : "application/merge-patch+json",
      body: JSON.stringify(body)
    }).pipe(Effect.map(({ body, status }) => assert.strictEqual(status, 200, body)))
  const put = Effect.fnUntraced(function*(edit: Extract<Edit, { readonly _tag: "SetImage" }>) {
    const { body } = yield* cluster.request(web)
    yield* cluster.kubectlOk(["replace", "--raw", `${web}?fieldManager=keel`, "-f", "-"], {
      stdin: updated(body, edit)
    })
  })
  return Effect.fnUntraced(function*(edit: Edit) {
    switch (edit._tag) {
      case "Commit": {
        const { image, stated } = edit
        yield* personsCommit(
          repository,
          file,
          (text) => textOf(namespace, stated, { ...imagesIn(text), ...image === undefined ? {} : { app: image } })
        )
        return
      }
      case "Scale":
        return yield* patch("/scale", "horizontal-pod-autoscaler", { spec: { replicas: edit.replicas } })
      case "Annotate":
        return yield* Effect.asVoid(
          bed.kubectl("annotate", "--overwrite", "deployment/web", `${edit.key}=${edit.value}`)
        )
      case "SetImage": {
        const { by, container, image } = edit
        if (by === "put") return yield* put(edit).pipe(Effect.retry(Schedule.recurs(50)))
        if (by === "kubectl")
          return yield* Effect.asVoid(bed.kubectl("set", "image", "deployment/web", `${container}=${image}`))
        return yield* patch("", "keel", { spec: { template: { spec: { containers: [{ name: container, image }] } } } })
      }
    }
  })
}

/** Nobody does two things at once. */
const turns = Effect.all({
  Commit: Semaphore.make(1),
  Scale: Semaphore.make(1),
  SetImage: Semaphore.make(1),
  Annotate: Semaphore.make(1)
})

/** Of our commits, what they say and each line they took away or added. */
const ourCommits = ({ repository }: Mirroring) =>
  Effect.map(
    repository.git("log", "--author=gitops-controller", "-p", "-U0", "--format=%x1e%B%x00", "--", file),
    (log) =>
      log.split("\u001e").slice(1).map((one) => {
        const [message = "", diff = ""] = one.split("\0")
        return { message, lines: diff.split("\n").filter((line) => /^[+-](?![+-]{2} )/.test(line)) }
      })
  )

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("a Deployment of many masters", (it) => {
  it.effect(
    `keeps each one's fields on both sides over ${edits} random edits (seed "${seed}")`,
    () =>
      Effect.gen(function*() {
        const bed = yield* mirroring({
          rules,
          files: (namespace) => ({ [file]: textOf(namespace, first, firstImages) })
        })
        const { cluster, namespace } = bed
        const controller = yield* bed.start()
        yield* controller.until("the Deployment is there", ({ kinds }) =>
          kinds.some(({ rules }) => rules.some(({ inStep }) => inStep > 0)))
        const versions = yield* watched(cluster, namespace)
        const mark = yield* cluster.auditMark
        const carryOut = everybody(bed)
        const turn = yield* turns
        const all = storm(edits, seeded(seed))
        yield* Effect.forEach(all, (edit) =>
          turn[edit._tag].withPermit(carryOut(edit)), {
          concurrency: 3,
          discard: true
        })

        const tagged = <T extends Edit["_tag"]>(tag: T) =>
          all.filter((edit): edit is Extract<Edit, { readonly _tag: T }> => edit._tag === tag)
        const [commits, scales, images, annotations] = [
          tagged("Commit"),
          tagged("Scale"),
          tagged("SetImage"),
          tagged("Annotate")
        ]
        const stated = commits.at(-1)?.stated ?? first
        const imagesOf = (container: string) => [
          `registry.example/${container}:0`,
          ...images.filter((edit) => edit.container === container).map(({ image }) => image)
        ]
        const wanted = textOf(namespace, stated, {
          app: imagesOf("app").at(-1) ?? "",
          proxy: `"${imagesOf("proxy").at(-1)}"`
        })
        yield* eventually("the file has what each one set last", bed.remote.text(file), (text) => text === wanted, {
          within: 30_000
        })
        const tip = yield* bed.repository.tip()
        yield* controller.inStepWith(tip ?? "", { within: 30_000 })

        const live = yield* cluster.kubectlJson<LiveDeployment>(["get", "deployment", "web", "-n", namespace])
        const [app, , ...sidecars] = live.spec.template.spec.containers
        const owned = Object.entries(live.metadata.annotations ?? {}).filter(([key]) => /^(team|k\d)$/.test(key))
        assert.strictEqual(live.spec.minReadySeconds ?? 0, stated.minReadySeconds)
        assert.deepStrictEqual(Object.fromEntries(owned), { ...stated.notes })
        assert.deepStrictEqual(Object.fromEntries((app?.env ?? []).map(({ name, value }) => [name, value])), {
          ...stated.env
        })
        assert.deepStrictEqual(sidecars.map(({ name }) => name).toSorted(), stated.sidecars.toSorted())
        assert.deepInclude(
          live.metadata.annotations,
          Object.fromEntries(annotations.map(({ key, value }) => [key, value]))
        )

        const { goes } = yield* bed.sentinel()
        yield* goes
        const after = yield* cluster.kubectlJson<LiveDeployment>(["get", "deployment", "web", "-n", namespace])
        assert.strictEqual(after.metadata.resourceVersion, live.metadata.resourceVersion, "the cluster is left alone")
        assert.strictEqual(yield* bed.repository.git("log", "--format=%s", `${tip}..main`, "--", file), "")

        const ours = yield* ourCommits(bed)
        for (const { lines, message } of ours) {
          assert.match(message, /^- Update Deployment\.apps .*\(rule 1 \(deployments\)/m)
          for (const line of lines) assert.match(line, /^[+-] +image: /, message)
        }
        const typed = commits.filter(({ image }) => image !== undefined)
        assert.isAtLeast(ours.length, 1)
        assert.isAtMost(ours.length, images.length + typed.length, "no commit without a cause")

        const written = (yield* cluster.auditSince(mark)).filter((request) =>
          request.write && request.code === 200 && request.resource === "deployments" &&
          request.namespace === namespace && request.userAgent.startsWith("gitops-controller")
        ).length
        yield* bed.kubectl("annotate", "deployment/web", "the-end=true")
        const isLast = (seen: ReadonlyArray<LiveDeployment>) =>
          seen.at(-1)?.metadata.annotations?.["the-end"] !== undefined
        const seen = (yield* eventually("the watch has shown all", versions, isLast)).slice(0, -1)
        assert.strictEqual(
          seen.length,
          1 + scales.length + images.length + annotations.length + written,
          "each write makes a version of its own"
        )
        const replicas = seen.map(({ spec }) =>
          spec.replicas
        )
        assert.deepStrictEqual(steps(replicas), steps([first.replicas, ...scales.map((edit) => edit.replicas)]))
        for (const container of ["app", "proxy"])
          assert.deepStrictEqual(steps(seen.map((one) => imageOf(one, container))), steps(imagesOf(container)))
      }),
    600_000
  )
})

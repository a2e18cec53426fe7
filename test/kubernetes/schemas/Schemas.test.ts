import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Result, Schedule, Stream } from "effect"
import { Schemas } from "../../../src/kubernetes/schemas/Schemas.ts"
import { decodeStep, encodeStep } from "../../../src/manifest/FieldPath.ts"
import { type FieldType, stepToItem, typeAt } from "../../../src/manifest/FieldType.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { groupKind } from "../../../src/manifest/ObjectKey.ts"
import { isObject } from "../../../src/manifest/ServerFields.ts"
import { checkFilter } from "../../../src/rules/checkFilter.ts"
import { parse } from "../../../src/rules/FilterSyntax.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { watching } from "../connected.ts"
import { everyField } from "../everyField.ts"
import { gadget, gadgetDefinition } from "../gadgets.ts"

const containers = "/spec/template/spec/containers"

const whole = (what: string, path: string) => `the ${what} "${path}" has one owner as a whole: write "${path}"`
const single = (path: string) => `"${path}" is a single value with nothing below it: write "${path}"`
const together = (path: string) => `"${path}" is a set of values, which can only be taken together: write "${path}"`

type Row = readonly [kind: string, version: string, pointer: string, message?: string]

const pointers: ReadonlyArray<Row> = [
  ["Deployment.apps", "v1", "/spec/replicas"],
  ["Deployment.apps", "v1", `${containers}/*/image`],
  ["Deployment.apps", "v1", `${containers}/[name=app]/image`],
  ["Deployment.apps", "v1", `${containers}/[name=app]/ports/[containerPort=80,protocol=TCP]/name`],
  ["Deployment.apps", "v1", `${containers}/[name=app]/env/[name=LEVEL]/value`],
  ["Deployment.apps", "v1", `${containers}/[name=app]/volumeMounts/[mountPath=/data]/readOnly`],
  ["Deployment.apps", "v1", `${containers}/*/resources/limits/memory`],
  ["Deployment.apps", "v1", "/spec/template/metadata/annotations/example.com~1checksum"],
  ["Deployment.apps", "v1", "/spec/template/spec/nodeSelector"],
  ["Deployment.apps", "v1", "/spec/strategy/rollingUpdate/maxSurge"],
  ["Deployment.apps", "v1", "/metadata"],
  ["Deployment.apps", "v1", "/metadata/finalizers"],
  ["Deployment.apps", "v1", "/spec/template/spec/tolerations"],
  ["Deployment.apps", "v1", "/spec/replica", `"/spec" has no field "replica"; did you mean "/spec/replicas"?`],
  ["Deployment.apps", "v1", "/spek/replicas", `the object has no field "spek"; did you mean "/spec"?`],
  ["Deployment.apps", "v1", "/spec/replicas/max", single("/spec/replicas")],
  ["Deployment.apps", "v1", `${containers}/*/args/*`, whole("list", `${containers}/*/args`)],
  ["Deployment.apps", "v1", `${containers}/*/command/*`, whole("list", `${containers}/*/command`)],
  ["Deployment.apps", "v1", "/spec/template/spec/tolerations/*/key", whole("list", "/spec/template/spec/tolerations")],
  ["Deployment.apps", "v1", "/spec/selector/matchLabels/app", whole("map", "/spec/selector")],
  ["Deployment.apps", "v1", "/spec/template/spec/nodeSelector/disk", whole("map", "/spec/template/spec/nodeSelector")],
  [
    "Deployment.apps",
    "v1",
    `${containers}/image`,
    `"${containers}" is a list, whose items are told apart by name: write "${containers}/*/image"`
  ],
  [
    "Deployment.apps",
    "v1",
    `${containers}/app/image`,
    `"${containers}" is a list, whose items are told apart by name: write "${containers}/[name=app]/image", or "${containers}/*/image" for every item`
  ],
  [
    "Deployment.apps",
    "v1",
    `${containers}/[image=nginx]/image`,
    `the items of "${containers}" are told apart by name, not by image: write "${containers}/[name=…]/image"`
  ],
  [
    "Deployment.apps",
    "v1",
    `${containers}/*/ports/[name=http]/containerPort`,
    `the items of "${containers}/*/ports" are told apart by containerPort and protocol, not by name: write "${containers}/*/ports/[containerPort=…,protocol=…]/containerPort"`
  ],
  ["Deployment.apps", "v1", "/metadata/finalizers/keep", together("/metadata/finalizers")],
  ["Service", "v1", "/spec/ports/[port=80,protocol=TCP]/nodePort"],
  ["Service", "v1", "/spec/ports/[port=80]/targetPort"],
  ["Service", "v1", "/spec/selector"],
  ["Service", "v1", "/spec/selector/app", whole("map", "/spec/selector")],
  ["Service", "v1", "/spec/externalIPs/*", whole("list", "/spec/externalIPs")],
  ["ConfigMap", "v1", "/data/feature.flags"],
  ["ConfigMap", "v1", `/data/["8080"]`],
  ["ConfigMap", "v1", "/data/key/deeper", single("/data/key")],
  ["Secret", "v1", "/data/password"],
  ["ServiceAccount", "v1", "/secrets/[name=token]"],
  ["Ingress.networking.k8s.io", "v1", "/spec/rules/*/host", whole("list", "/spec/rules")],
  ["HorizontalPodAutoscaler.autoscaling", "v2", "/spec/minReplicas"],
  ["HorizontalPodAutoscaler.autoscaling", "v2", "/spec/metrics/*", whole("list", "/spec/metrics")],
  ["ClusterRole.rbac.authorization.k8s.io", "v1", "/rules/*/verbs", whole("list", "/rules")],
  ["CronJob.batch", "v1", "/spec/jobTemplate/spec/template/spec/containers/*/image"],
  ["NetworkPolicy.networking.k8s.io", "v1", "/spec/podSelector/matchLabels", whole("map", "/spec/podSelector")],
  [
    "CustomResourceDefinition.apiextensions.k8s.io",
    "v1",
    "/spec/versions/*/schema",
    whole("list", "/spec/versions")
  ],
  ["PersistentVolumeClaim", "v1", "/spec/resources/requests/storage"]
]

const ports = "/spec/ports"

const customPointers: ReadonlyArray<Row> = [
  ["Typed.schemas.example.com", "v1", "/spec/size"],
  ["Typed.schemas.example.com", "v1", "/metadata/labels/app"],
  ["Typed.schemas.example.com", "v1", "/spec/ports/[port=80]/options/fast"],
  ["Typed.schemas.example.com", "v1", "/spec/ports/[port=80,protocol=TCP]"],
  ["Typed.schemas.example.com", "v1", "/spec/settings/a/b"],
  ["Typed.schemas.example.com", "v1", "/spec/labels/*"],
  ["Typed.schemas.example.com", "v1", "/spec/limit/x", single("/spec/limit")],
  ["Typed.schemas.example.com", "v1", "/spec/tags/*", together("/spec/tags")],
  ["Typed.schemas.example.com", "v1", "/spec/point/x", whole("map", "/spec/point")],
  ["Typed.schemas.example.com", "v1", "/spec/sizes", `"/spec" has no field "sizes"; did you mean "/spec/size"?`],
  [
    "Typed.schemas.example.com",
    "v1",
    "/spec/settings/a/[name=b]",
    `the schema says nothing of "/spec/settings/a", and then a list has one owner as a whole: write "/spec/settings/a"`
  ],
  ["Plain.schemas.example.com", "v1", "/spec/nested/deep/value"],
  ["Plain.schemas.example.com", "v1", "/spec/point/x"],
  ["Plain.schemas.example.com", "v1", "/spec/ports"],
  ["Plain.schemas.example.com", "v1", "/spec/ports/*/protocol", whole("list", ports)],
  ["Plain.schemas.example.com", "v1", "/spec/ports/[port=80]/protocol", whole("list", ports)],
  ["Plain.schemas.example.com", "v1", "/spec/tags/*", whole("list", "/spec/tags")]
]

const isEmpty = (value: Json | undefined) =>
  value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0)

/** Where the server's own notes of who owns what, and the list items it knows, don't fit what was sent and its type. */
const misfits = (type: FieldType, node: JsonObject, sent: Json | undefined, path = ""): ReadonlyArray<string> => {
  const segments = Object.keys(node).filter((segment) => segment !== ".")
  if (segments.length === 0) {
    const splits = type._tag === "Struct" || type._tag === "KeyedList" || type._tag === "ValueSet"
    return splits && !isEmpty(sent) && !Object.hasOwn(node, ".") ? [`${path} is one, not a ${type._tag}`] : []
  }
  const items = new Map<string, Json>()
  if ((type._tag === "KeyedList" || type._tag === "ValueSet") && Array.isArray(sent)) {
    for (const item of sent) {
      const step = stepToItem(type, item)
      items.set(step === undefined ? "none" : encodeStep(step), item)
    }
  }
  const unknown = [...items.keys()].filter((step) => !segments.includes(step)).map((step) => `${path} has no ${step}`)
  return [
    ...unknown,
    ...segments.flatMap((segment) => {
      const step = decodeStep(segment)
      const below = step === undefined ? undefined : typeAt(type, step)
      const child = node[segment]
      if (below === undefined || !isObject(child)) return [`${path} has ${segment}, but is ${type._tag}`]
      const value = step?._tag === "Field" && isObject(sent) ? sent[step.name] : items.get(segment)
      return misfits(below, child, value, `${path}/${segment}`)
    })
  ]
}

layer(sharedControlPlane, { timeout: 120_000, excludeTestServices: true })("the schemas of a cluster", (it) => {
  const here = <A, E>(use: Effect.Effect<A, E, Schemas | ControlPlane>) =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      return yield* use.pipe(Effect.provide(Schemas.layer.pipe(Layer.provide(watching(cluster.kubeconfig)))))
    })

  const typeOf = (kind: string, version: string) =>
    Effect.flatMap(Schemas, (schemas) => schemas.typeOf(groupKind(kind), version))

  const define = (plural: string, typed: boolean) =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      yield* cluster.kubectlOk(["apply", "-f", "-"], { stdin: gadgetDefinition(plural, typed) })
      yield* cluster.kubectlOk(["wait", "--for=condition=Established", `crd/${plural}.schemas.example.com`])
    })

  const findings = (rows: ReadonlyArray<Row>) =>
    Effect.forEach(rows, ([kind, version, pointer]) =>
      Effect.map(typeOf(kind, version), (type): Row => {
        const problem = checkFilter(Result.getOrThrow(parse(pointer)), type)
        return problem === undefined ? [kind, version, pointer] : [kind, version, pointer, problem.message]
      }))

  const expected = (rows: ReadonlyArray<Row>) =>
    rows.map(([kind, version, pointer, message]): Row =>
      message === undefined ? [kind, version, pointer] : [kind, version, pointer, message]
    )

  it.effect("tell which filters fit the kinds that are built in", () =>
    here(Effect.gen(function*() {
      assert.deepStrictEqual(yield* findings(pointers), expected(pointers))
    })))

  it.effect("tell which filters fit a custom kind, and that lists without a type are one", () =>
    here(Effect.gen(function*() {
      yield* define("typeds", true)
      yield* define("plains", false)
      assert.deepStrictEqual(yield* findings(customPointers), expected(customPointers))
    })))

  it.effect("tell of fields what the server itself does when somebody applies them", () =>
    here(Effect.gen(function*() {
      const cluster = yield* ControlPlane
      yield* define("typeds", true)
      yield* define("plains", false)
      const namespace = yield* cluster.namespace("schemas")
      const objects = [...everyField(namespace), gadget("Typed", namespace), gadget("Plain", namespace)]
      for (const object of objects) {
        const answer = yield* cluster.kubectlOk(
          ["apply", "--server-side", "--field-manager=somebody", "--show-managed-fields", "-o", "json", "-f", "-"],
          { stdin: object }
        ).pipe(Effect.retry({ times: 40, schedule: Schedule.spaced(250) }))
        const { apiVersion, kind, metadata } = JSON.parse(answer)
        const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion]
        const type = yield* typeOf(group === "" ? kind : `${kind}.${group}`, version)
        const entry = metadata.managedFields.find(({ manager }: { readonly manager: string }) => manager === "somebody")
        assert.isAbove(Object.keys(entry.fieldsV1).length, 1, kind)
        assert.deepStrictEqual(misfits(type, entry.fieldsV1, JSON.parse(object)), [], kind)
      }
    })), 60_000)

  it.effect("are others as soon as a definition changes a list from items with keys to a whole", () =>
    here(Effect.gen(function*() {
      const schemas = yield* Schemas
      yield* define("changers", true)
      const tagOf = Effect.map(typeOf("Changer.schemas.example.com", "v1"), (type) => {
        const spec = typeAt(type, { _tag: "Field", name: "spec" })
        return spec === undefined ? undefined : typeAt(spec, { _tag: "Field", name: "ports" })?._tag
      })
      assert.strictEqual(yield* tagOf, "KeyedList")
      yield* define("changers", false)
      yield* schemas.changes.pipe(
        Stream.mapEffect(() => tagOf),
        Stream.takeUntil((tag) => tag === "Atomic"),
        Stream.runDrain,
        Effect.timeout(15_000)
      )
    })))

  it.effect("of what is not served are unknown", () =>
    here(Effect.gen(function*() {
      assert.strictEqual((yield* typeOf("Nothing.nowhere.example.com", "v1"))._tag, "Unknown")
      assert.strictEqual((yield* typeOf("Nothing.apps", "v1"))._tag, "Unknown")
      assert.strictEqual((yield* typeOf("Deployment.apps", "v9"))._tag, "Unknown")
    })))

  it.effect("may be read by anybody who may do nothing else", () =>
    Effect.gen(function*() {
      const cluster = yield* ControlPlane
      const kubeconfig = yield* cluster.kubeconfigFor("schema-reader")
      const type = yield* typeOf("Deployment.apps", "v1").pipe(
        Effect.provide(Schemas.layer.pipe(Layer.provide(watching(kubeconfig))))
      )
      assert.strictEqual(type._tag, "Struct")
    }).pipe(Effect.scoped))
})

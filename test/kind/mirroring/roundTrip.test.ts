// Manifests as people write them are handed to a real cluster by kubectl and settled by its controllers; what we would write to Git
// is handed to an empty one: each object is there again as its author meant it.
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, type Scope, Stream } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Authored } from "../../../src/kubernetes/authored/Authored.ts"
import type { Served } from "../../../src/kubernetes/Discovery.ts"
import { isKubernetesObject, type KubernetesObject } from "../../../src/kubernetes/KubernetesObject.ts"
import { Landscape } from "../../../src/kubernetes/Landscape.ts"
import { sameData } from "../../../src/manifest/edit/SameData.ts"
import { yamlText } from "../../../src/manifest/edit/YamlText.ts"
import { decodeObject } from "../../../src/manifest/JsonText.ts"
import type { Json, JsonObject } from "../../../src/manifest/Manifest.ts"
import { formatKey, kindId } from "../../../src/manifest/ObjectKey.ts"
import { notMirrored } from "../../../src/manifest/portable/notMirrored.ts"
import { portable } from "../../../src/manifest/portable/portable.ts"
import { unportable } from "../../../src/manifest/portable/unportable.ts"
import { isObject } from "../../../src/manifest/ServerFields.ts"
import { readYaml } from "../../../src/manifest/Yaml.ts"
import { startControlPlane, type StartedControlPlane } from "../../cluster/StartedControlPlane.ts"
import { authoring } from "../../kubernetes/authored/authoring.ts"
import { eventually } from "../../process/Eventually.ts"
import { withoutServerSet } from "./roundTrip/serverSet.ts"

const folder = join(import.meta.dirname, "roundTrip")

const files = (...names: ReadonlyArray<string>) => names.flatMap((name) => ["-f", join(folder, `${name}.yaml`)])

const documentsOf = (text: string): ReadonlyArray<JsonObject> => {
  const reading = readYaml(text)
  if (reading._tag !== "Read") throw new Error("not YAML")
  return reading.documents.map(({ value }) => value).filter(isObject)
}

/** All that is handed to the first cluster. */
const manifests = readdirSync(folder).filter((name) => name.endsWith(".yaml"))
  .flatMap((name) => documentsOf(readFileSync(join(folder, name), "utf8")))

const group = (apiVersion: Json | undefined) =>
  typeof apiVersion === "string" && apiVersion.includes("/") ? apiVersion.replace(/\/.*/, "") : ""

const keyOf = ({ apiVersion, kind, metadata }: JsonObject): string => {
  const { name, namespace } = isObject(metadata) ? metadata : {}
  return formatKey({
    group: group(apiVersion),
    kind: String(kind),
    namespace: typeof namespace === "string" ? namespace : "",
    name: String(name)
  })
}

const byPeople = ({ kubectlOk }: StartedControlPlane) =>
  Effect.gen(function*() {
    yield* kubectlOk(["create", ...files("namespaces")])
    yield* kubectlOk(["apply", "--server-side", ...files("definitions")])
    yield* kubectlOk(["wait", "--for=condition=Established", "crd", "--all"])
    yield* kubectlOk(["create", ...files("configuration", "services", "storage")])
    yield* kubectlOk(["apply", ...files("access", "policies", "workloads", "batch", "custom")])
    yield* kubectlOk(["apply", "--server-side", ...files("networking", "admission", "routes")])
    yield* kubectlOk(["create", ...files("claims")])
    const inShop = (...args: ReadonlyArray<string>) => kubectlOk(["--namespace", "shop", ...args])
    yield* inShop("set", "image", "deployment/web", "web=registry.example.com/shop/web:1.5")
    yield* inShop("scale", "deployment/minimal", "--replicas=4")
    yield* inShop("rollout", "restart", "deployment/web", "daemonset/logs")
    yield* inShop("annotate", "configmap/odd", "note=a: b # c")
    yield* inShop("label", "pipeline/nightly", "size=large")
    yield* inShop(
      "patch",
      "service/balanced",
      "-p",
      "{\"spec\":{\"ports\":[{\"port\":444,\"name\":\"more\"},{\"port\":443,\"name\":\"https\"}]}}"
    )
  })

/** What shows that a controller was here, and how often at least. */
const traces: ReadonlyArray<readonly [trace: string, times: number]> = [
  ["\"deployment.kubernetes.io/revision\"", 1],
  ["\"disruptionsAllowed\"", 1],
  ["\"name\": \"data-database-1\"", 1],
  ["\"networking.k8s.io/service-cidr-finalizer\"", 1],
  ["\"phase\": \"Bound\"", 2],
  ["\"rules\"", 1]
]

/** In which they show. */
const settling = [
  "deployments/web",
  "poddisruptionbudgets/web",
  "persistentvolumeclaims/archive",
  "persistentvolumeclaims/data-database-1",
  "persistentvolumeclaims/manual",
  "clusterroles/gathered",
  "servicecidrs/more"
]

const settled = ({ kubectlOk }: StartedControlPlane) =>
  eventually(
    "the controllers have done their part",
    kubectlOk(["get", ...settling, "-n", "shop", "-o", "json"]).pipe(
      Effect.map((text) => traces.filter(([trace, times]) => text.split(trace).length <= times))
    ),
    (missing) => missing.length === 0,
    { within: 60_000 }
  )

const allObjects = Effect.fnUntraced(function*({ kubectlOk }: StartedControlPlane, kinds: string) {
  const { items } = decodeObject(yield* kubectlOk(["get", kinds, "-A", "-o", "json", "--show-managed-fields"]))
  const objects: ReadonlyArray<KubernetesObject> = Array.isArray(items) ? items.filter(isKubernetesObject) : []
  return objects
})

/** What would be written to Git of an object; `undefined`: nothing. */
const written = (served: Served, object: KubernetesObject) =>
  Effect.gen(function*() {
    const kind = served.kinds.get(kindId({ group: group(object.apiVersion), kind: object.kind }))
    if (kind === undefined) return yield* Effect.die(new Error(`${object.kind} is not served`))
    const isOwned = object.metadata.ownerReferences?.some(({ controller }) => controller === true) === true
    if (isOwned || object.kind === "Secret" || notMirrored(kind, object) !== undefined) return undefined
    assert.isUndefined(unportable(kind, object))
    const authored = yield* Authored
    const version = object.apiVersion.slice(object.apiVersion.indexOf("/") + 1)
    return yamlText(yield* authored.of(kind, version, object, portable(kind, object)))
  })

const first: ReadonlySet<string> = new Set(["CustomResourceDefinition", "Namespace", "StorageClass"])

/** As a restore would: what others need comes first. */
const restored = ({ kubectlOk }: StartedControlPlane, texts: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const isFirst = (text: string) => first.has(String(documentsOf(text)[0]?.["kind"]))
    const apply = (some: ReadonlyArray<string>) =>
      kubectlOk(["apply", "--server-side", "-f", "-"], { stdin: some.join("---\n") })
    yield* apply(texts.filter(isFirst))
    yield* kubectlOk(["wait", "--for=condition=Established", "crd", "--all"])
    yield* apply(texts.filter((text) => !isFirst(text)))
  })

/** Fails unless both have, where the manifest says something, the same. */
const assertAsMeant = (manifest: Json, origin: Json | undefined, copy: Json | undefined, path: string): void => {
  if (isObject(manifest) && isObject(origin) && isObject(copy) && Object.keys(manifest).length > 0) {
    for (const [name, value] of Object.entries(manifest))
      assertAsMeant(value, origin[name], copy[name], `${path}/${name}`)
  } else if (Array.isArray(manifest) && Array.isArray(origin) && Array.isArray(copy)) {
    assert.strictEqual(copy.length, origin.length, path)
    manifest.forEach((value: Json, index) => {
      assertAsMeant(value, origin[index], copy[index], `${path}/${index}`)
    })
  } else { assert.deepStrictEqual(copy, origin, path) }
}

/** Objects of which a person set what otherwise the cluster does. */
const chosenByPeople = [
  "PersistentVolumeClaim shop/archive",
  "Service shop/database",
  "Service shop/fixed",
  "Service shop/nodeport"
]

const planes: Effect.Effect<readonly [StartedControlPlane, StartedControlPlane], unknown, Scope.Scope> = Effect.all([
  startControlPlane({ controllerManager: true, audit: false }),
  startControlPlane({ audit: false })
], { concurrency: 2 })

describe("what is written of a cluster", () => {
  it.live("makes it again in an empty one", () =>
    Effect.gen(function*() {
      const [origin, copy] = yield* planes
      yield* byPeople(origin)
      const kinds = (yield* origin.kubectlOk(["api-resources", "--verbs=list,watch", "-o", "name"])).trim()
        .replaceAll("\n", ",")
      yield* origin.kubectlOk(["apply", "--server-side", ...files("aggregation")])
      yield* settled(origin)

      const live = yield* allObjects(origin, kinds)
      const texts = yield* Effect.gen(function*() {
        const served = yield* (yield* Landscape).changes.pipe(Stream.runHead, Effect.map(Option.getOrThrow))
        const texts = yield* Effect.forEach(live, (object) => written(served, object), { concurrency: 4 })
        return texts.filter((text) => text !== undefined)
      }).pipe(Effect.provide(authoring(origin.kubeconfig, "gitops-controller")))
      yield* restored(copy, texts)

      const stated = texts.flatMap(documentsOf)
      assert.deepStrictEqual(
        stated.filter((manifest) => !sameData(withoutServerSet(manifest), manifest)).map(keyOf),
        chosenByPeople
      )

      const again = new Map((yield* allObjects(copy, kinds)).map((object) => [keyOf(object), object]))
      const before = new Map(live.map((object) => [keyOf(object), object]))
      for (const manifest of manifests) {
        const key = keyOf(manifest)
        assert.isTrue(before.has(key), key)
        assertAsMeant(manifest, before.get(key), again.get(key), key)
      }
      for (const key of [...manifests, ...stated].map(keyOf)) {
        const [ours, theirs] = [again.get(key), before.get(key)]
        assert.isDefined(ours, key)
        assert.deepStrictEqual(withoutServerSet(ours ?? {}), withoutServerSet(theirs ?? {}), key)
      }
      assert.includeMembers(stated.map(keyOf), ["PersistentVolumeClaim shop/data-database-1"])
      assert.isAtLeast(manifests.length, 40)
      assert.isAtLeast(new Set(manifests.map(({ kind }) => kind)).size, 25)
    }).pipe(Effect.scoped), 120_000)
})

// What a person gave to kubectl, and what comes back as authored: over the Authored the controller has.
import { Effect, Layer } from "effect"
import { Authored } from "../../../src/kubernetes/authored/Authored.ts"
import type { ServedKind } from "../../../src/kubernetes/Discovery.ts"
import type { KubernetesObject } from "../../../src/kubernetes/KubernetesObject.ts"
import { Landscape } from "../../../src/kubernetes/Landscape.ts"
import { Leadership } from "../../../src/kubernetes/Leadership.ts"
import { Reflector } from "../../../src/kubernetes/Reflector.ts"
import { Schemas } from "../../../src/kubernetes/schemas/Schemas.ts"
import { Writer } from "../../../src/kubernetes/Writer.ts"
import type { JsonObject } from "../../../src/manifest/Manifest.ts"
import { portable } from "../../../src/manifest/portable/portable.ts"
import { ControlPlane } from "../../cluster/ControlPlane.ts"
import { connected } from "../connected.ts"

export const authoring = (kubeconfig: string, stateNamespace: string) =>
  Authored.layer.pipe(
    Layer.provide(Schemas.layer),
    Layer.provideMerge(Landscape.layer),
    Layer.provideMerge(Reflector.layer),
    Layer.provide(Writer.layer),
    Layer.provide(Leadership.layer),
    Layer.provideMerge(connected(kubeconfig, { stateNamespace }))
  )

const plurals: Readonly<Record<string, string>> = { Ingress: "ingresses", NetworkPolicy: "networkpolicies" }

export const kindOf = (manifest: JsonObject): ServedKind & { readonly version: string } => {
  const [version = "", group = ""] = String(manifest["apiVersion"]).split("/").toReversed()
  const kind = String(manifest["kind"])
  return {
    group,
    kind,
    plural: plurals[kind] ?? `${kind.toLowerCase()}s`,
    singular: kind.toLowerCase(),
    shortNames: [],
    namespaced: true,
    versions: [{ version, verbs: new Set() }],
    version
  }
}

/** As an admin finds it. */
export const live = Effect.fnUntraced(function*(manifest: JsonObject) {
  const cluster = yield* ControlPlane
  const { group, plural, version } = kindOf(manifest)
  const { name, namespace } = manifest["metadata"] as { readonly name: string; readonly namespace: string }
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`
  const { body } = yield* cluster.request(`${root}/namespaces/${namespace}/${plural}/${name}`)
  const object: KubernetesObject = JSON.parse(body)
  return object
})

/** What of the live object of this manifest somebody has set. */
export const authored = Effect.fnUntraced(function*(manifest: JsonObject) {
  const service = yield* Authored
  const object = yield* live(manifest)
  const { version, ...kind } = kindOf(manifest)
  return yield* service.of(kind, version, object, portable(kind, object))
})

/** Hands the manifest to kubectl. */
export const kubectl = Effect.fnUntraced(function*(args: ReadonlyArray<string>, manifest: JsonObject) {
  const cluster = yield* ControlPlane
  yield* cluster.kubectlOk([...args, "-f", "-"], { stdin: JSON.stringify(manifest) })
})

export const here = <A, E>(
  use: (namespace: string) => Effect.Effect<A, E, Authored | ControlPlane>
) =>
  Effect.gen(function*() {
    const cluster = yield* ControlPlane
    const namespace = yield* cluster.namespace("authored")
    return yield* use(namespace).pipe(Effect.provide(authoring(cluster.kubeconfig, namespace)), Effect.scoped)
  })

/** How many dry-run creates were sent since a mark in the audit log. */
export const dryRunsSince = Effect.fnUntraced(function*(mark: number, namespace: string) {
  const cluster = yield* ControlPlane
  const requests = yield* cluster.auditSince(mark)
  return requests.filter((it) => it.dryRun && it.verb === "create" && it.namespace === namespace).length
})

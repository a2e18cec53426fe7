// Rules, manifests and other writers that the tests of applying share.
import { Effect, Result } from "effect"
import type { KubernetesObject } from "../../src/kubernetes/KubernetesObject.ts"
import type { Json, JsonObject } from "../../src/manifest/Manifest.ts"
import { parse } from "../../src/rules/FilterSyntax.ts"
import { layered } from "../../src/rules/Ownership.ts"
import type { Rule } from "../../src/rules/Ruleset.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { rule } from "./samples.ts"

export const filtered = (syncTo: Rule["syncTo"], ...filters: ReadonlyArray<string>): Rule =>
  rule({ syncTo, filters: filters.map((text) => Result.getOrThrow(parse(text))) })

export const image = "/spec/template/spec/containers/*/image"
export const whole = layered([], rule())
export const allBut = (...filters: ReadonlyArray<string>) => layered([filtered("ignore", ...filters)], rule())
export const only = (...filters: ReadonlyArray<string>) => layered([filtered("kubernetes", ...filters)], undefined)

export const container = (name: string, tag: string, more: JsonObject = {}): JsonObject => ({
  name,
  image: `${name}:${tag}`,
  ...more
})

export const deployment = (
  namespace: string,
  spec: JsonObject,
  containers: ReadonlyArray<Json>,
  metadata: JsonObject = {}
): JsonObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace, ...metadata },
  spec: {
    ...spec,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers } }
  }
})

export const configMap = (namespace: string, data: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", namespace, ...metadata },
  data
})

export const replicasOf = (live: KubernetesObject) => (live["spec"] as JsonObject)["replicas"]

export const imagesOf = (live: KubernetesObject) => {
  const { template } = live["spec"] as { template: { spec: { containers: ReadonlyArray<JsonObject> } } }
  return Object.fromEntries(template.spec.containers.map(({ image, name }) => [String(name), image]))
}

export const kubectl = (args: ReadonlyArray<string>, object?: JsonObject) =>
  Effect.flatMap(
    ControlPlane,
    (cluster) => cluster.kubectlOk(args, object === undefined ? {} : { stdin: JSON.stringify(object) })
  )

export const applyAs = (manager: string, object: JsonObject) =>
  kubectl(["apply", "--server-side", "--force-conflicts", `--field-manager=${manager}`, "-f", "-"], object)

/** A write of some fields under a name of its own, as a controller does it. */
export const patchAs = (manager: string, kind: string, name: string, namespace: string, patch: JsonObject) =>
  kubectl([
    "patch",
    kind,
    name,
    "-n",
    namespace,
    "--type=strategic",
    `--field-manager=${manager}`,
    "-p",
    JSON.stringify(patch)
  ])

export const scale = (namespace: string, replicas: number) =>
  patchAs("autoscaler", "deployment", "web", namespace, { spec: { replicas } })

export const setImage = (namespace: string, name: string, image: string) =>
  patchAs("updater", "deployment", "web", namespace, {
    spec: { template: { spec: { containers: [{ name, image }] } } }
  })

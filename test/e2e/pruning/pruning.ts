// A namespace whose ConfigMaps come from Git, and the controller between them: what tests of deleting in the cluster begin with.
import { Effect } from "effect"
import { eventually } from "../../process/Eventually.ts"
import type { Changes } from "../../remote/Changes.ts"
import type { Controller } from "../Controller.ts"
import { type Mirroring, mirroring, type MirroringOptions, type Rules } from "../mirroring/mirroring.ts"

/** A manifest's text. */
export const manifest = (namespace: string, name: string, more: Readonly<Record<string, unknown>> = {}): string => {
  const { metadata = {}, ...rest } = more
  return `${
    JSON.stringify({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name, namespace, ...metadata as object },
      data: { value: "one" },
      ...rest
    })
  }\n`
}

/** Of several ConfigMaps, each in a file of its name. */
export const manifests = (namespace: string, ...names: ReadonlyArray<string>): Changes =>
  Object.fromEntries(names.map((name) => [`${name}.yaml`, manifest(namespace, name)]))

/** Git decides about the ConfigMaps of the namespace. */
export const fromGit = (namespace: string): Rules => [
  { resources: ["configmaps"], namespaces: [namespace], syncTo: "kubernetes" }
]

export interface Pruning extends Mirroring {
  /** Commits, and waits until the controller is in step with that. */
  readonly push: (controller: Controller, changes: Changes) => ReturnType<Controller["inStepWith"]>
  /** The ConfigMaps of Git that are in the cluster. */
  readonly names: Effect.Effect<ReadonlyArray<string>>
  readonly isGone: (...names: ReadonlyArray<string>) => ReturnType<typeof waitFor>
  readonly uidOf: (name: string) => Effect.Effect<string>
}

const waitFor = (names: Effect.Effect<ReadonlyArray<string>>, gone: ReadonlyArray<string>) =>
  eventually(`${gone.join(", ")} are gone`, names, (there) => !gone.some((name) => there.includes(name)), {
    within: 20_000
  })

export const pruning = (options: MirroringOptions = {}) =>
  Effect.gen(function*() {
    const bed = yield* mirroring({
      rules: fromGit,
      ...options,
      config: { deletions: { max: 100, percent: 100 }, ...options.config }
    })
    const names = bed.kubectl("get", "configmaps", "-o", "jsonpath={.items[*].metadata.name}").pipe(
      Effect.map((text) => text.split(" ").filter((name) => name !== "" && name !== "kube-root-ca.crt").toSorted()),
      Effect.orDie
    )
    return {
      ...bed,
      names,
      push: (controller, changes) =>
        Effect.flatMap(bed.repository.commit(changes), (commit) => controller.inStepWith(commit)),
      isGone: (...gone) => waitFor(names, gone),
      uidOf: (name) => Effect.orDie(bed.kubectl("get", "configmap", name, "-o", "jsonpath={.metadata.uid}"))
    } satisfies Pruning
  })

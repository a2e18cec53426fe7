// Every version of a Deployment that the API server shows, from when the watch begins.
import { Effect } from "effect"
import type { ControlPlaneHandle } from "../../../cluster/ControlPlane.ts"
import { eventually } from "../../../process/Eventually.ts"
import { startProcess } from "../../../process/RunningProcess.ts"
import { temporaryFolder } from "../../../process/TemporaryFolder.ts"

export interface Container {
  readonly name: string
  readonly image: string
  readonly env?: ReadonlyArray<{ readonly name: string; readonly value: string }>
}

export interface LiveDeployment {
  readonly metadata: {
    readonly resourceVersion: string
    readonly annotations?: Readonly<Record<string, string>>
    readonly labels?: Readonly<Record<string, string>>
  }
  readonly spec: {
    readonly minReadySeconds?: number
    readonly replicas: number
    readonly template: { readonly spec: { readonly containers: ReadonlyArray<Container> } }
  }
}

export const deploymentsPath = (namespace: string): string => `/apis/apps/v1/namespaces/${namespace}/deployments`

export const imageOf = ({ spec }: LiveDeployment, container: string): string | undefined =>
  spec.template.spec.containers.find(({ name }) => name === container)?.image

/** Without repetitions. */
export const steps = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> =>
  values.filter((value, index) => index === 0 || value !== values[index - 1])

const objectOf = (line: string): LiveDeployment => {
  const { object }: { readonly object: LiveDeployment } = JSON.parse(line)
  return object
}

/** Begins with the version of now; of one Deployment, which must be there. */
export const watched = (cluster: ControlPlaneHandle, namespace: string) =>
  Effect.gen(function*() {
    const watch = yield* startProcess({
      command: cluster.kubectlPath,
      args: [
        "--kubeconfig",
        cluster.kubeconfig,
        "get",
        "--raw",
        `${deploymentsPath(namespace)}?watch=1&timeoutSeconds=1000`
      ],
      folder: yield* temporaryFolder("gitops-storm-"),
      name: "watch"
    })
    const versions = Effect.map(watch.stdout, (text) => text.split("\n").slice(0, -1).map(objectOf))
    yield* eventually("the watch is there", versions, (seen) => seen.length === 1)
    return versions
  })

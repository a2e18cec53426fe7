// The Kubernetes room as the controller has it, connected to a test's control plane.
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Duration, Layer } from "effect"
import { ApiServer } from "../../src/kubernetes/ApiServer.ts"
import { KubernetesOptions } from "../../src/kubernetes/KubernetesOptions.ts"
import { Landscape } from "../../src/kubernetes/Landscape.ts"
import { Leadership } from "../../src/kubernetes/Leadership.ts"
import { Reflector } from "../../src/kubernetes/Reflector.ts"
import { Writer } from "../../src/kubernetes/Writer.ts"

export interface Wanted {
  readonly stateNamespace?: string
  readonly lease?: { readonly duration: number; readonly renew: number; readonly retry: number }
}

const lease = { duration: 15_000, renew: 10_000, retry: 2000 }

const optionsLayer = (kubeconfig: string, wanted: Wanted) =>
  Layer.succeed(KubernetesOptions, {
    kubeconfig,
    stateNamespace: wanted.stateNamespace ?? "gitops-controller-test",
    leaseName: "gitops-controller.test",
    fieldManager: "gitops-controller",
    lease: {
      duration: Duration.millis((wanted.lease ?? lease).duration),
      renew: Duration.millis((wanted.lease ?? lease).renew),
      retry: Duration.millis((wanted.lease ?? lease).retry)
    }
  })

/** Connection only. */
export const connected = (kubeconfig: string, wanted: Wanted = {}) =>
  ApiServer.layer.pipe(
    Layer.provideMerge(optionsLayer(kubeconfig, wanted)),
    Layer.provide(NodeServices.layer),
    Layer.fresh
  )

/** What watches. */
export const watching = (kubeconfig: string) =>
  Landscape.layer.pipe(Layer.provideMerge(Reflector.layer), Layer.provideMerge(connected(kubeconfig)))

/** What writes. */
export const writing = (kubeconfig: string, wanted: Wanted = {}) =>
  Writer.layer.pipe(Layer.provideMerge(Leadership.layer), Layer.provideMerge(connected(kubeconfig, wanted)))

// The control plane of the whole test run, from within a test file.
// Tests share its cluster: each makes namespaces of its own and names cluster-wide objects after itself.
import { Effect, Layer } from "effect"
import { inject } from "vitest"
import { madeOnce } from "../process/OnceARun.ts"
import { connectControlPlane, ControlPlane, type ControlPlaneAddress } from "./ControlPlane.ts"

export const sharedControlPlane: Layer.Layer<ControlPlane> = Layer.effect(
  ControlPlane,
  Effect.map(
    Effect.suspend(() => madeOnce<ControlPlaneAddress>(inject("controlPlaneSocket"))),
    connectControlPlane
  )
)

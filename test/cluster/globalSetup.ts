// One control plane for all test files of a run, started when the first of them asks for it:
// a run of pure tests starts none.
import { Effect } from "effect"
import type { TestProject } from "vitest/node"
import { onceARun } from "../process/OnceARun.ts"
import { startControlPlane } from "./StartedControlPlane.ts"

declare module "vitest" {
  export interface ProvidedContext {
    /** The socket on which test files ask for the shared control plane. */
    readonly controlPlaneSocket: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { end, socket } = await onceARun(Effect.map(startControlPlane(), ({ address }) => address))
  project.provide("controlPlaneSocket", socket)
  return end
}

// One cluster with volumes that is backed up and lost, for all test files of a run: it lives when the first of them asks for it.
import type { TestProject } from "vitest/node"
import { onceARun } from "../../process/OnceARun.ts"
import { liveAndBeLost } from "./lifeOfLostCluster.ts"

declare module "vitest" {
  export interface ProvidedContext {
    /** The socket on which test files ask for what is left of it. */
    readonly lostClusterSocket: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { end, socket } = await onceARun(liveAndBeLost)
  project.provide("lostClusterSocket", socket)
  return end
}

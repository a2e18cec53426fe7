/** What an explanation needs to know besides the object: who we are in the cluster, and how people know where things were read. */
import type { Observer } from "../kind/Observation.ts"

export interface Circumstances extends Observer {
  /** The configuration file, as people know it. */
  readonly file: string
  /** Where the manifests were read, for people. */
  readonly source: string
  readonly stateNamespace: string
}

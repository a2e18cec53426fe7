/** What every kind actor needs to know of the configuration. */
import { Context } from "effect"
import type { Own } from "../rules/KindScope.ts"

export class KindOptions extends Context.Service<KindOptions, {
  readonly fieldManager: string
  /** The id of our ApplySet. */
  readonly applySet: string
  readonly defaultNamespace: string
  readonly own: Own
  /** Whether claims come back from snapshots, or with the very volumes they had. */
  readonly volumes: "restore" | "reattach"
  /** A field that goes to and fro is written to Git once in so many milliseconds. */
  readonly maxAge: number
}>()("gitops/kind/KindOptions") {}

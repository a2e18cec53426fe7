/** Where we listen, and what the answers say of the configuration. */
import { Context } from "effect"
import type { StatusContext } from "./statusOf.ts"

export class HttpOptions extends Context.Service<HttpOptions, {
  /** 0: any free port. */
  readonly port: number
  readonly status: StatusContext
}>()("gitops/http/HttpOptions") {}

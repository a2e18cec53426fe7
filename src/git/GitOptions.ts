/** What the Git room needs to know of the configuration. */
import { Context, type Duration } from "effect"
import type { HttpsCredentials } from "../config/Config.ts"

export class GitOptions extends Context.Service<GitOptions, {
  /** `https://`, `http://` or `file://`, without credentials. */
  readonly url: string
  /** `undefined`: the branch that the remote's HEAD points at. */
  readonly branch: string | undefined
  /** Without slashes at its ends, `""` for the whole repository. */
  readonly gitPath: string
  /** How often the branch is looked at. */
  readonly interval: Duration.Duration
  readonly credentials: { readonly https?: HttpsCredentials }
}>()("gitops/git/GitOptions") {}

/** What the Git room needs to know of the configuration. */
import { Context, type Duration } from "effect"
import type { CommitOptions, HttpsCredentials, SshCredentials } from "../config/Config.ts"

export class GitOptions extends Context.Service<GitOptions, {
  /** `https://`, `http://`, `ssh://`, `git@host:path` or `file://`, without credentials. */
  readonly url: string
  /** `undefined`: the branch that the remote's HEAD points at. */
  readonly branch: string | undefined
  /** Without slashes at its ends, `""` for the whole repository. */
  readonly gitPath: string
  /** How often the branch is looked at. */
  readonly interval: Duration.Duration
  /** What tells this controller from others of its cluster; for commit messages. */
  readonly name: string
  /** Of namespaced manifests that name none. */
  readonly defaultNamespace: string
  readonly commit: CommitOptions
  /** Where new manifests go, below gitPath. */
  readonly layout: string
  readonly credentials: { readonly https?: HttpsCredentials; readonly ssh?: SshCredentials }
}>()("gitops/git/GitOptions") {}

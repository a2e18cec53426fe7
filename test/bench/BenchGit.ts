// The Git room as the application starts it, for a benchmark: looks only when it is asked to, and commits at once.
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Duration, Layer } from "effect"
import type { HttpsCredentials, SshCredentials } from "../../src/config/Config.ts"
import { GitActor } from "../../src/git/GitActor.ts"
import { GitOptions } from "../../src/git/GitOptions.ts"
import { ManifestReader } from "../../src/git/ManifestReader.ts"

export interface GitAddress {
  readonly url: string
  readonly credentials: { readonly https?: HttpsCredentials; readonly ssh?: SshCredentials }
}

export const benchGit = ({ credentials, url }: GitAddress) =>
  ManifestReader.layer.pipe(
    Layer.provideMerge(GitActor.layer),
    Layer.provide(Layer.succeed(GitOptions, {
      url,
      branch: undefined,
      gitPath: "",
      interval: Duration.hours(1),
      name: "bench",
      defaultNamespace: "default",
      commit: {
        quiet: Duration.zero,
        maxAge: Duration.seconds(30),
        author: { name: "bench", email: "bench@example.com" }
      },
      layout: "{namespace}/{kind}-{name}.yaml",
      credentials
    })),
    Layer.provide(NodeServices.layer)
  )

// What the Git room needs to know when something is read just once.
import { Duration, Layer } from "effect"
import { GitOptions } from "../../src/git/GitOptions.ts"

export const gitOptions = (
  { branch, gitPath = "", url = "file:///nowhere" }: {
    readonly branch?: string
    readonly gitPath?: string
    readonly url?: string
  }
) =>
  Layer.succeed(GitOptions, {
    url,
    branch,
    gitPath,
    interval: Duration.seconds(30),
    name: "default",
    defaultNamespace: "default",
    commit: {
      quiet: Duration.seconds(2),
      maxAge: Duration.seconds(30),
      author: { name: "gitops-controller", email: "gitops-controller@example.com" }
    },
    layout: "{namespace}/{kind}-{name}.yaml",
    credentials: {}
  })

export const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: "${name}" }\n`

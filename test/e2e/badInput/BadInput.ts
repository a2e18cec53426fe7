// One way to get a repository wrong: what stood there before, what a commit makes of it, what is said of it, and what mends it.
import type { Changes } from "../../remote/Changes.ts"

/** Where all of it is applied. */
export const namespace = "bad-input"

export interface BadInput {
  /** Objects, as `kubectl get` takes them, that stand in the cluster before it goes wrong. */
  readonly standing?: ReadonlyArray<string>
  /** The files before it goes wrong. */
  readonly before?: Changes
  /** The commit that gets it wrong. */
  readonly bad: Changes
  /** All that the status says of these paths, word for word, as `gitops-controller status` prints it. */
  readonly said: ReadonlyArray<string>
  /** Objects that must not be there while it is wrong. */
  readonly absent?: ReadonlyArray<string>
  /** Objects of the same files that are applied all the same, and then have the value `good`. */
  readonly applied?: ReadonlyArray<string>
  /** The commit that puts it right. */
  readonly mended: Changes
  /** Objects that have the value `mended` then. */
  readonly afterwards: ReadonlyArray<string>
}

/** Every object that a test looks at carries its value in an annotation. */
export const configMap = (name: string, value: string, more = ""): string =>
  `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name}, namespace: ${namespace}, annotations: { value: ${value} } }
${more}`

/** A file with one ConfigMap named like it, which goes wrong and comes back. */
export const brokenFile = (
  path: string,
  bad: Changes[string],
  ...said: ReadonlyArray<string>
): BadInput => {
  const name = path.replace(/\..*/, "").replaceAll("/", "-")
  return {
    before: { [path]: configMap(name, "before") },
    standing: [`configmap/${name}`],
    bad: { [path]: bad },
    said: said.map((line) => `${path}${line}`),
    mended: { [path]: configMap(name, "mended") },
    afterwards: [`configmap/${name}`]
  }
}

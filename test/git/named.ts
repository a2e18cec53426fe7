// The file that names the cluster of these tests as the one that writes to a repository.
import { encode, pathOf, type Writer } from "../../src/git/ClusterNameFile.ts"

/** As `startGit` says who we are. */
export const cluster = "test-cluster"

/** Beside the other files of a first commit. */
export const named = (writer: Partial<Writer> = {}): Readonly<Record<string, string>> => {
  const own = { branch: "main", gitPath: "", name: "test", ...writer }
  return { [pathOf(own.gitPath)]: encode({ cluster, stateNamespace: "gitops" }, own).toString() }
}

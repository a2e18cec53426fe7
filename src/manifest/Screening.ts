/**
 * Which files of a tree are read as manifests, by their paths and modes alone. Nothing is ever followed: symbolic links
 * and submodules are passed over and named, and so are directories that belong to kustomize, to Helm or to another
 * controller.
 */
import type { EntryMode } from "./FileChange.ts"
import { isKustomizationName } from "./Kustomization.ts"

export type Verdict =
  | { readonly _tag: "Read" }
  /** Nothing that concerns us, and nothing worth a word. */
  | { readonly _tag: "Ignored" }
  | { readonly _tag: "PassedOver"; readonly reason: string }

/** A file that says whose its directory is. */
export type Marker = "Kustomization" | "Chart" | "Foreign"

/** Names the cluster that writes to a directory; not a manifest. */
export const ownFile = ".gitops-controller.yaml"

const read: Verdict = { _tag: "Read" }
const ignored: Verdict = { _tag: "Ignored" }

const isManifestName = (name: string): boolean => /\.(?:yaml|yml|json)$/.test(name)
const mayBeDirectory = (name: string): boolean => !name.includes(".")
const controls = /\p{Cc}/u

export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

/** `""` for what stands at the root of the repository. */
export const directoryOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf("/"), 0))

/** The directories above a path, from the nearest to the root of the repository, which is `""`. */
export const ancestors = (path: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1))
    found.push(path.slice(0, slash))
  return path === "" ? found : [...found, ""]
}

/** @param gitPath `""`: the whole repository. */
export const isBelow = (path: string, gitPath: string): boolean => gitPath === "" || path.startsWith(`${gitPath}/`)

/** Whether a file or a directory it stands in, below gitPath, has a name that begins with a dot. */
const isHidden = (path: string, gitPath: string): boolean =>
  `/${path.slice(gitPath === "" ? 0 : gitPath.length + 1)}`.includes("/.")

export const screen = (path: string, mode: EntryMode, gitPath: string): Verdict => {
  if (isHidden(path, gitPath)) return ignored
  const name = baseName(path)
  switch (mode) {
    case "submodule":
      return { _tag: "PassedOver", reason: "a submodule; what it holds is in another repository" }
    case "symlink":
      return isManifestName(name) || mayBeDirectory(name)
        ? { _tag: "PassedOver", reason: "a symbolic link, which is never followed; commit the file itself" }
        : ignored
    default:
      if (!isManifestName(name)) return ignored
      return controls.test(path) ? { _tag: "PassedOver", reason: "a path with control characters; rename it" } : read
  }
}

const maybeMarker = /(?:[Kk]ustomization(?:\.ya?ml)?|Chart\.yaml|\.gitops-controller\.yaml)$/

const markerNamed = (name: string): Marker | undefined => {
  if (name === ownFile) return "Foreign"
  if (name === "Chart.yaml") return "Chart"
  return isKustomizationName(name) ? "Kustomization" : undefined
}

/** Whose the directory of this file is, if the file says so. */
export const markerOf = (path: string, gitPath: string): Marker | undefined => {
  const marker = maybeMarker.test(path) ? markerNamed(baseName(path)) : undefined
  if (marker === undefined) return undefined
  const directory = directoryOf(path)
  if (!isBelow(path, gitPath) || isHidden(`${directory}/`, gitPath)) return undefined
  return marker === "Foreign" && directory === gitPath ? undefined : marker
}

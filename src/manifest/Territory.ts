/**
 * Which files and directories are not ours to apply as they are: what kustomize, Helm or another controller governs.
 * Found from marker files, and from what kustomizations refer to outside of their directory.
 */
import { ancestors, directoryOf, isBelow, type Marker } from "./Screening.ts"

export interface MarkerFile {
  readonly marker: Marker
  /** Of a kustomization: the paths it refers to, as written. */
  readonly references: ReadonlyArray<string>
}

export interface Claimed {
  readonly reason: string
  /** The marker file it comes from. */
  readonly source: string
}

/** Claimed files and directories, by path. */
export type Territory = ReadonlyMap<string, Claimed>

const reasons: Readonly<Record<Marker, string>> = {
  Foreign: "another gitops-controller writes to this directory",
  Kustomization: "a kustomization; kustomize has to build it, so its files are not applied as they are",
  Chart: "a Helm chart; Helm has to render it, so its files are not applied as they are"
}

/** The path that a relative reference names, or `undefined` if it leads out of the repository or is no path. */
export const resolveReference = (directory: string, reference: string): string | undefined => {
  if (reference.startsWith("/") || /^[a-z][a-z0-9+.-]*:/i.test(reference)) return undefined
  const names = directory === "" ? [] : directory.split("/")
  for (const name of reference.split("/")) {
    if (name === "..") {
      if (names.pop() === undefined) return undefined
    } else if (name !== "." && name !== "") { names.push(name) }
  }
  return names.join("/")
}

const order: ReadonlyArray<Marker> = ["Foreign", "Kustomization", "Chart"]

export const territory = (markers: ReadonlyMap<string, MarkerFile>, gitPath: string): Territory => {
  const claimed = new Map<string, Claimed>()
  const sources = [...markers].sort(([a], [b]) => a < b ? -1 : 1)
  const claim = (path: string, reason: string, source: string): void => {
    if (!claimed.has(path)) claimed.set(path, { reason, source })
  }
  for (const marker of order) {
    for (const [source, file] of sources)
      if (file.marker === marker) claim(directoryOf(source), reasons[marker], source)
  }
  for (const [source, { references }] of sources) {
    const directory = directoryOf(source)
    const around = new Set([directory, ...ancestors(directory)])
    for (const reference of references) {
      const path = resolveReference(directory, reference)
      if (path === undefined || around.has(path) || !isBelow(path, gitPath)) continue
      claim(
        path,
        `a part of the kustomization in ${directory === "" ? "the root of the repository" : directory}`,
        source
      )
    }
  }
  return claimed
}

/** Whether a path lies in a directory that is claimed as a whole. */
export const isCovered = (path: string, claimed: Territory): boolean =>
  claimed.size > 0 && ancestors(path).some((directory) => claimed.has(directory))

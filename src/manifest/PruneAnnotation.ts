/** The annotation by which a person has an object stay although its manifest goes, written on it or in its manifest. */
export const pruneAnnotation = "gitops-controller/prune"

export const isNeverPruned = (annotations: Readonly<Record<string, string>> | undefined): boolean =>
  annotations?.[pruneAnnotation] === "never"

/** The annotation by which a person has us leave one object alone, written on it or in its manifest. */
export const pauseAnnotation = "gitops-controller/sync"

export const isPaused = (annotations: Readonly<Record<string, string>> | undefined): boolean =>
  annotations?.[pauseAnnotation] === "paused"

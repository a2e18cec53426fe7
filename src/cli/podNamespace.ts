/** The namespace of the pod we run in, if we run in one. */
import { Effect, FileSystem } from "effect"

const file = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

/** `None` outside a pod. */
export const podNamespace = Effect.gen(function*() {
  const files = yield* FileSystem.FileSystem
  return yield* files.readFileString(file).pipe(Effect.map((text) => text.trim()), Effect.option)
})

/** Which cluster this is. */
import { Effect } from "effect"
import type { RequestFailure } from "../kubernetes/ApiError.ts"
import type { Writer, WriteTarget } from "../kubernetes/Writer.ts"

/** Its uid tells clusters apart: every cluster has this namespace, and it is never made again. */
const kubeSystem: WriteTarget = {
  kind: { group: "", plural: "namespaces" },
  version: "v1",
  namespace: "",
  name: "kube-system"
}

/** Asks the API server. */
export const clusterId = (writer: Writer["Service"]): Effect.Effect<string, RequestFailure> =>
  Effect.map(writer.get(kubeSystem), ({ metadata }) => metadata.uid)

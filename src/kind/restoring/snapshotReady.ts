/** Whether a VolumeSnapshot of Git is there, ready and bound, so that a claim can come back from it. Asks the API server. */
import { Effect } from "effect"
import type { RequestFailure } from "../../kubernetes/ApiError.ts"
import type { KubernetesObject } from "../../kubernetes/KubernetesObject.ts"
import { Writer, type WriteTarget } from "../../kubernetes/Writer.ts"
import type { JsonObject } from "../../manifest/Manifest.ts"
import { type Path, valueAt } from "../../manifest/portable/Row.ts"
import { HeldBack } from "./HeldBack.ts"
import type { SnapshotInGit } from "./SnapshotInGit.ts"

const group = "snapshot.storage.k8s.io"

const targetOf = (plural: string, namespace: string, name: string): WriteTarget => ({
  kind: { group, plural },
  version: "v1",
  namespace,
  name
})

const textAt = (object: JsonObject, path: Path): string | undefined => {
  const value = valueAt(object, path)
  return typeof value === "string" && value !== "" ? value : undefined
}

/** `undefined`: there is none, or the cluster does not know such a thing. */
const getIfAny = Effect.fnUntraced(function*(target: WriteTarget): Effect.fn.Return<
  KubernetesObject | undefined,
  RequestFailure,
  Writer
> {
  const writer = yield* Writer
  return yield* writer.get(target).pipe(
    Effect.catchTags({
      ObjectNotFound: () => Effect.succeed(undefined),
      NamespaceNotFound: () => Effect.succeed(undefined)
    })
  )
})

const whyNotReady = Effect.fnUntraced(function*(live: KubernetesObject) {
  const contentName = textAt(live, ["spec", "source", "volumeSnapshotContentName"])
  const said = textAt(live, ["status", "error", "message"])
  if (contentName === undefined) return said ?? "its controller has not said why"
  const content = yield* getIfAny(targetOf("volumesnapshotcontents", "", contentName))
  if (content === undefined) return `its VolumeSnapshotContent ${contentName} is not there`
  const className = textAt(content, ["spec", "volumeSnapshotClassName"])
  if (className !== undefined) {
    const there = yield* getIfAny(targetOf("volumesnapshotclasses", "", className))
    if (there === undefined) {
      return `the VolumeSnapshotClass ${className}, which its content names, is not there: create it, or take ` +
        "volumeSnapshotClassName out of the manifests of the snapshot and its content, delete both here, and they are created anew"
    }
  }
  return textAt(content, ["status", "error", "message"]) ?? said ??
    "do the snapshot controller and the driver's csi-snapshotter run?"
})

const nameOf = ({ name, namespace, taken }: SnapshotInGit) => `VolumeSnapshot ${namespace}/${name} (taken ${taken})`

/** `MadeHere`: a snapshot of that name was taken in this cluster, so that it never lacked it. */
export const snapshotReady = Effect.fnUntraced(function*(snapshot: SnapshotInGit) {
  const { name, namespace, path } = snapshot
  const held = (what: string) => new HeldBack({ message: `waits for ${nameOf(snapshot)}: ${what}` })
  const live = yield* getIfAny(targetOf("volumesnapshots", namespace, name)).pipe(
    Effect.catchTag("KindNotServed", () =>
      Effect.fail(
        held(
          "this cluster knows no snapshots: install their CustomResourceDefinitions, the snapshot controller and the driver"
        )
      ))
  )
  if (live === undefined) return yield* held(`it is in Git (${path}) and not in the cluster yet`)
  if (textAt(live, ["spec", "source", "volumeSnapshotContentName"]) === undefined) return "MadeHere" as const
  const isReady = valueAt(live, ["status", "readyToUse"]) === true &&
    textAt(live, ["status", "boundVolumeSnapshotContentName"]) !== undefined
  if (isReady) return "Ready" as const
  return yield* held(`it is not ready: ${yield* whyNotReady(live)}`)
})

// A backup of a control plane's storage, and putting the cluster back to it while everybody who uses it runs on.
import { Effect } from "effect"
import { cpSync, renameSync } from "node:fs"
import { join } from "node:path"
import { etcdArguments } from "../../cluster/Arguments.ts"
import { findBinaries } from "../../cluster/Binaries.ts"
import type { StartedControlPlane } from "../../cluster/StartedControlPlane.ts"
import { startProcess } from "../../process/RunningProcess.ts"

/** What etcd had when this was asked for; running what comes back makes it all that the cluster has. */
export const backUp = (plane: StartedControlPlane) =>
  Effect.gen(function*() {
    const { folder } = plane.address
    yield* plane.stopApiServer
    yield* Effect.sync(() => cpSync(join(folder, "etcd"), join(folder, "yesterday"), { recursive: true }))
    yield* plane.startApiServer
    return Effect.gen(function*() {
      const { etcd } = yield* findBinaries(["etcd"])
      yield* plane.killApiServer
      // The etcd of today keeps its sockets under names that nobody asks for.
      yield* Effect.sync(() => {
        for (const socket of ["etcd:0", "etcd-peer:0"]) renameSync(join(folder, socket), join(folder, `${socket}-old`))
      })
      const args = etcdArguments(folder).map((argument) => argument.replace(`${folder}/etcd`, `${folder}/yesterday`))
      yield* startProcess({ command: etcd, args, folder, name: "etcd-of-yesterday", graceMillis: 2000 })
      yield* plane.startApiServer
    })
  })

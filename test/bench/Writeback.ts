// `writeback`: from the cluster to Git. Edits, a burst of them, the first backup, the edit of a text, and noise that is none of Git's.
import { Effect } from "effect"
import { startBenchCluster } from "./BenchCluster.ts"
import type { Benchmark } from "./Benchmark.ts"
import { backupFigures, measureBackup } from "./WritebackBackup.ts"
import { editFigures, measureEdits, window } from "./WritebackEdits.ts"
import { measureNoise, noiseFigures } from "./WritebackNoise.ts"
import { measureText, textFigures } from "./WritebackText.ts"

export const writeback: Benchmark = Effect.fnUntraced(function*({ quick }) {
  const cluster = yield* startBenchCluster
  const editing = quick ? { objects: 50, edits: 20, burst: 20 } : { objects: 500, edits: 200, burst: 100 }
  const text = yield* measureText(quick ? 50 : 500)
  const edits = yield* measureEdits(cluster, editing)
  const backup = yield* measureBackup(cluster, quick ? 500 : 10_000)
  const noise = yield* measureNoise(
    cluster,
    quick ? { objects: 500, rate: 20, seconds: 5 } : { objects: 10_000, rate: 100, seconds: 20 }
  )
  return {
    title: "writeback: from the cluster to Git",
    conditions: [
      `kube-apiserver ${cluster.serverVersion}; edits are merge patches on kept connections, one after the other, each timed from its`,
      "request to the moment the remote's branch moved (looked at each millisecond), with \"commit.quiet\" 0; each is then read from the remote.",
      `The burst has a window of ${window} ms. The peer of the backup is kubectl get -o yaml, awk, git add, commit and push to the same server.`
    ],
    figures: [
      ...editFigures(edits, editing),
      ...backupFigures(backup),
      ...textFigures(text),
      ...noiseFigures(noise)
    ],
    runs: { edits, backup, text, noise }
  }
})

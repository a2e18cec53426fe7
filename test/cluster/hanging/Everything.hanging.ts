import { layer } from "@effect/vitest"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { startProcess } from "../../process/RunningProcess.ts"
import { temporaryFolder } from "../../process/TemporaryFolder.ts"
import { ControlPlane } from "../ControlPlane.ts"
import { sharedControlPlane } from "../SharedControlPlane.ts"

layer(sharedControlPlane)("a test run", (it) => {
  it.effect("that has a control plane, a folder and a stubborn process with a child, and hangs", () =>
    Effect.gen(function*() {
      const { kubeconfig } = yield* ControlPlane
      const folder = yield* temporaryFolder("gitops-hanging-")
      const stubborn = "trap '' TERM; sleep 600 & wait; sleep 600"
      yield* startProcess({ command: "sh", args: ["-c", stubborn], folder, graceMillis: 300 })
      yield* Effect.sync(() => writeFileSync(process.env["HANGING_READY"] ?? "", kubeconfig))
      yield* Effect.never
    }))
})

// Writes the roles of every overlay of `deploy/` anew: npx node test/deploy/writeRoles.ts
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Console, Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { overlayFolder, overlays } from "./Overlay.ts"
import { clusterWithSnapshots, rolesOf } from "./overlayRoles.ts"

Effect.gen(function*() {
  const { kubeconfig } = yield* clusterWithSnapshots
  for (const overlay of overlays) {
    const file = join(overlayFolder(overlay), "roles.yaml")
    const roles = yield* rolesOf(overlay, kubeconfig)
    yield* Effect.sync(() => writeFileSync(file, roles))
    yield* Console.log(file)
  }
}).pipe(Effect.scoped, NodeRuntime.runMain)

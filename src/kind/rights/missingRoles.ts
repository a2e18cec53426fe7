/** The roles that give somebody just what is missing. Pure. */
import { createHash } from "node:crypto"
import type { Right } from "../../kubernetes/rights/Right.ts"
import { rightsManifests } from "../../kubernetes/rights/RightsManifest.ts"
import { yamlText } from "../../manifest/edit/YamlText.ts"

/** A role of its own each time and for each user: adding one never takes back what another one gave. */
const roleName = (lacking: ReadonlyArray<Right>, user: string | undefined): string =>
  `gitops-controller.missing.${createHash("sha256").update(JSON.stringify([user, lacking])).digest("hex").slice(0, 8)}`

/** As YAML for `kubectl apply`. Without the user, which an API server before 1.28 doesn't tell, nothing can be bound. */
export const missingRoles = (lacking: ReadonlyArray<Right>, user: string | undefined): string =>
  rightsManifests(lacking, { name: roleName(lacking, user), user: user ?? "" })
    .filter(({ kind }) => user !== undefined || kind === "ClusterRole" || kind === "Role")
    .map(yamlText).join("---\n").trimEnd()

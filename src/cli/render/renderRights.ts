/** What the controller needs in the cluster, as manifests for `kubectl apply`. Pure. */
import { format } from "../../config/ConfigInvalid.ts"
import { ownRights } from "../../kind/rights/NeededRights.ts"
import type { RightsNote, RightsOfRules } from "../../kind/rights/RightsOfRules.ts"
import { merged } from "../../kubernetes/rights/Right.ts"
import { rightsManifests } from "../../kubernetes/rights/RightsManifest.ts"
import { yamlText } from "../../manifest/edit/YamlText.ts"
import type { JsonObject } from "../../manifest/Manifest.ts"

export interface RightsDocument {
  /** Whatever cannot be said in a manifest, a line each. */
  readonly comments: ReadonlyArray<string>
  readonly manifests: ReadonlyArray<JsonObject>
}

export interface RightsSubject {
  /** The configuration file, as given. */
  readonly file: string
  /** Of the roles and bindings. */
  readonly name: string
  readonly stateNamespace: string
  /** Which cluster the names were looked up in, or why none was asked. */
  readonly cluster: string
  /** Without the namespace and the ServiceAccount, which something else makes. */
  readonly rolesOnly: boolean
}

const account = "gitops-controller"

const dryRuns =
  `"create" for what only goes to Git (syncTo: git) is for dry runs: the API server is asked what it would make of an object without a field, so that a default is told from what somebody set. Nothing is created. Without the verb it goes on, and defaults are written to Git, too. Only in a new cluster, which is restored from Git ("restore: auto"), is anything created by such a rule; that takes "patch" as well.`

const noteLine = (file: string, { message, rule }: RightsNote) =>
  format({ file, ...rule.place, message: `this rule ${message}` })

export const rightsDocument = (
  { hasDryRuns, notes, rights }: RightsOfRules,
  { cluster, file, name, rolesOnly, stateNamespace }: RightsSubject
): RightsDocument => ({
  comments: [
    `What gitops-controller needs for the rules of ${file}; ${cluster.replace(/\.$/, "")}.`,
    "Discovery and schemas take no rights beyond system:discovery, which every user has who logs in.",
    `For the ServiceAccount ${account} of the namespace ${stateNamespace}, which also holds the controller's state: in a pod that namespace is the pod's own, unless "stateNamespace" names another.`,
    ...hasDryRuns ? [dryRuns] : [],
    ...notes.map((note) => noteLine(file, note))
  ],
  manifests: [
    ...rolesOnly ? [] : [
      { apiVersion: "v1", kind: "Namespace", metadata: { name: stateNamespace } },
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace: stateNamespace } }
    ],
    ...rightsManifests(merged([...rights, ...ownRights(stateNamespace)]), {
      name,
      user: `system:serviceaccount:${stateNamespace}:${account}`
    })
  ]
})

/** Without the last line break. */
export const rightsYaml = ({ comments, manifests }: RightsDocument): string =>
  [...comments.map((line) => `# ${line}\n`), manifests.map(yamlText).join("---\n")].join("").trimEnd()

/** As a List, which has no place for comments. */
export const rightsJson = ({ manifests }: RightsDocument): string =>
  JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests }, null, 2)

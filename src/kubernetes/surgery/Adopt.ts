/**
 * Fields in Git's scope that a known client owns together with us become ours alone: only so does a field that goes from Git go from the
 * cluster. Clients are what people and Helm use; what controllers own is never taken.
 */
import { decodeStep } from "../../manifest/FieldPath.ts"
import type { FieldScope } from "../../manifest/FieldScope.ts"
import * as FieldsV1 from "../fields/FieldsV1.ts"
import { isUpdateBy } from "../fields/ManagedFields.ts"
import type { ManagedFieldsEntry } from "../KubernetesObject.ts"
import { releasedManager } from "./Release.ts"

interface Client {
  readonly manager: string
  readonly operation: "Apply" | "Update"
  readonly subresource?: string
}

const updating = (...managers: ReadonlyArray<string>): ReadonlyArray<Client> =>
  managers.map((manager) => ({ manager, operation: "Update" }))

/**
 * The field managers of clients. kubectl's were seen in `managedFields` of Kubernetes 1.37; Helm's are only known from what is written about it.
 */
const clients: ReadonlyArray<Client> = [
  ...updating(
    "kubectl-create",
    "kubectl-run",
    "kubectl-expose",
    "kubectl-autoscale",
    "kubectl-client-side-apply",
    "kubectl-edit",
    "kubectl-patch",
    "kubectl-replace",
    "kubectl-set",
    "kubectl-label",
    "kubectl-annotate",
    "kubectl-rollout"
  ),
  { manager: "kubectl", operation: "Apply" },
  { manager: "kubectl", operation: "Update", subresource: "scale" },
  // What the server notes for everything that was there when the first apply came, also after somebody took `managedFields` away, and who keeps
  // what we have let go of.
  ...updating("before-first-apply", releasedManager),
  ...["helm", "Helm"].flatMap((manager): ReadonlyArray<Client> => [
    { manager, operation: "Update" },
    { manager, operation: "Apply" }
  ])
]

/** Whether what this entry owns may become ours. Our own updates, such as those that made an object, count too. */
export const isClient = (entry: ManagedFieldsEntry, fieldManager: string): boolean =>
  isUpdateBy(entry, fieldManager) ||
  clients.some(({ manager, operation, subresource = "" }) =>
    entry.manager === manager && entry.operation === operation && (entry.subresource ?? "") === subresource
  )

/** The maps around what we hold, where they are Git's through and through: whoever owns such a map keeps it there when it is empty. */
const withMaps = (held: FieldsV1.FieldsV1, gitOwns: FieldScope): FieldsV1.FieldsV1 =>
  Object.fromEntries(
    FieldsV1.segmentsOf(held).map((segment) => {
      const [step, node = FieldsV1.empty] = [decodeStep(segment), FieldsV1.below(held, segment)]
      if (step === undefined || FieldsV1.isEmpty(node)) return [segment, node]
      const scope = gitOwns.at(step)
      const children = withMaps(node, scope)
      const isOurs = FieldsV1.isMember(node) || (scope.isUniform && scope.includes)
      return [segment, isOurs ? { ".": FieldsV1.leaf, ...children } : children]
    })
  )

/** What may be taken from clients: what we hold and Git owns, with the maps around it. */
export const adoptable = (held: FieldsV1.FieldsV1, gitOwns: FieldScope): FieldsV1.FieldsV1 =>
  withMaps(FieldsV1.filter(held, gitOwns), gitOwns)

/** The numbers of the coordination room. */
import { Metric } from "effect"

/** By the side on which it would be deleted. */
export const held = {
  git: Metric.gauge("gitops_removals_held", {
    description: "Documents whose removal from Git waits for a person"
  }),
  cluster: Metric.gauge("gitops_deletions_held", {
    description: "Objects whose deletion in the cluster waits for a person"
  })
}

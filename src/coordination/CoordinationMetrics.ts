/** The numbers of the coordination room. */
import { Metric } from "effect"

export const removalsHeld = Metric.gauge("gitops_removals_held", {
  description: "Documents whose removal from Git waits for a person"
})

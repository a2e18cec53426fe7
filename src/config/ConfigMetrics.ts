/** Every number about the configuration file. */
import { Metric } from "effect"

export const reloads = Metric.counter("gitops_config_reloads_total", {
  description:
    "Times the configuration file came to say something else, by outcome: taken, or refused (the one before goes on)",
  incremental: true
})

export const reloaded = (outcome: "taken" | "refused") => Metric.update(Metric.withAttributes(reloads, { outcome }), 1)

/** Every number the kinds count. */
import { Metric } from "effect"

export const applies = Metric.counter("gitops_applies_total", {
  description: "Objects applied, by what became of them: created, configured, unchanged or failed",
  incremental: true
})

export const driftCorrected = Metric.counter("gitops_drift_corrected_total", {
  description: "Objects put right after another writer changed what Git owns",
  incremental: true
})

export const fieldFights = Metric.counter("gitops_field_fights_total", {
  description: "Fields of Git's that were left alone for a while because another writer kept changing them",
  incremental: true
})

export const deletions = Metric.counter("gitops_deletions_total", {
  description: "Objects that Git held no longer, by what became of them: deleted or failed",
  incremental: true
})

export const mirrored = Metric.counter("gitops_mirrored_total", {
  description: "Changes of objects on their way to Git, by what became of them: written, removed or failed",
  incremental: true
})

export const kindRestarts = Metric.counter("gitops_kind_restarts_total", {
  description: "Kind actors restarted after a failure",
  incremental: true
})

export const applySeconds = Metric.timer("gitops_apply_seconds", {
  description: "From sending an apply to its answer, waiting for a free request included"
})

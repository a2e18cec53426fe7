/** Every number the Git room counts. */
import { Metric } from "effect"

export const looks = Metric.counter("gitops_git_looks_total", {
  description: "Looks at the branch, by outcome: unchanged, moved, failed, or ours when a commit of our own moved it",
  incremental: true
})

export const moveSeconds = Metric.timer("gitops_git_move_seconds", {
  description: "From looking at a branch that moved to its tip being published: fetched, verified and parsed"
})

export const pushes = Metric.counter("gitops_git_pushes_total", {
  description: "Pushes, by outcome: done, moved (the branch was elsewhere), refused or lost (nobody knows yet)",
  incremental: true
})

export const restarts = Metric.counter("gitops_git_actor_restarts_total", {
  description: "Times the Git actor was started again after a defect",
  incremental: true
})

export const pushedAt = Metric.gauge("gitops_git_pushed_timestamp_seconds", {
  description: "When the remote took our last commit, in seconds since 1970; absent until this process pushed one"
})

export const unpushed = Metric.gauge("gitops_git_unpushed_changes", {
  description: "Changes of the cluster that were submitted and are neither on the remote nor refused"
})

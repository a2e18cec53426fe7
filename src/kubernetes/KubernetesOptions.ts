/** What the Kubernetes room has to be told: which cluster, and under which names we write there. */
import { Context, type Duration } from "effect"

export class KubernetesOptions extends Context.Service<KubernetesOptions, {
  /** A kubeconfig file; absent: `$KUBECONFIG`, `~/.kube/config`, then the pod's ServiceAccount. */
  readonly kubeconfig?: string
  /** A context of it; absent: its current one. */
  readonly context?: string
  /** Where our Lease lives; made if missing. */
  readonly stateNamespace: string
  readonly leaseName: string
  readonly lease: {
    /** A standby takes over when it has seen no renewal for this long. */
    readonly duration: Duration.Duration
    /** The leader stops writing when it could not renew for this long; shorter than `duration`. */
    readonly renew: Duration.Duration
    /** How often both try. */
    readonly retry: Duration.Duration
  }
  readonly fieldManager: string
}>()("gitops/KubernetesOptions") {}

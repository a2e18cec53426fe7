/**
 * What no manifest of a kind should say, beyond what {@link everyKind} has. What can be a person's as well as the server's goes only
 * where `managedFields` show that nobody set it.
 */
import type { KindId } from "../ObjectKey.ts"
import {
  annotated,
  annotations,
  beside,
  field,
  finalizers,
  is,
  isNot,
  labels,
  nobodyAsked,
  nobodySet,
  type Row,
  unless
} from "./Row.ts"
import { volumeRows } from "./volumeRows.ts"

const allocated = "is allocated by this cluster"
const admitted = "is filled in at admission"
const generated = "holds the uid of this very Job"
const injected = "is injected, and replaced when the certificate is"
const ofItsController = "is its controller's, which sets it again"
const emptyMetadata = "is written by the server with nothing in it"

const emptyTemplate = (path: string): ReadonlyArray<Row> => [
  field(path, emptyMetadata, is({})),
  field(path, emptyMetadata, is({ creationTimestamp: null }))
]

const injectors = annotated(
  "cert-manager.io/inject-apiserver-ca",
  "cert-manager.io/inject-ca-from",
  "cert-manager.io/inject-ca-from-secret",
  "service.beta.openshift.io/inject-cabundle"
)

const jobLabels = ["batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "controller-uid", "job-name"]
const isGenerated = unless("spec/manualSelector", true)

const admittedToleration = (key: string) => is({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 })

export const byKind: ReadonlyMap<KindId, ReadonlyArray<Row>> = new Map<KindId, ReadonlyArray<Row>>([
  ["Service", [
    field("spec/clusterIP", allocated, nobodySet, isNot("None")),
    field("spec/clusterIPs", allocated, nobodySet),
    field("spec/ipFamilies", allocated, nobodySet),
    field("spec/ipFamilyPolicy", allocated, nobodySet),
    field("spec/ports/*/nodePort", allocated, nobodySet),
    field("spec/healthCheckNodePort", allocated, nobodySet),
    ...finalizers(["service.kubernetes.io/load-balancer-cleanup"], ofItsController)
  ]],
  ["Namespace", [
    ...labels(["kubernetes.io/metadata.name"], "is the name once more"),
    field("spec/finalizers", "is the control plane's, which sets it again"),
    field("spec", "has nothing else in it", is({})),
    ...annotations(["openshift.io/sa.scc.*"], allocated)
  ]],
  ["ServiceAccount", [
    field("secrets/*", "names a token made for this one object", nobodyAsked),
    field("imagePullSecrets/*", "names a token made for this one object", nobodyAsked),
    ...annotations(["openshift.io/internal-registry-pull-secret-ref"], "names a token made for this one object")
  ]],
  ["Pod", [
    ...labels([
      ...jobLabels,
      "apps.kubernetes.io/pod-index",
      "batch.kubernetes.io/job-completion-index",
      "controller-revision-hash",
      "pod-template-generation",
      "pod-template-hash",
      "statefulset.kubernetes.io/pod-name"
    ], "is set by what makes Pods from a template"),
    field("spec/nodeName", "is where the scheduler put it", nobodyAsked),
    field("spec/priority", admitted, nobodySet),
    field("spec/preemptionPolicy", admitted, nobodySet),
    field("spec/serviceAccountName", admitted, nobodySet),
    field("spec/serviceAccount", admitted, nobodySet),
    field("spec/tolerations/*", admitted, admittedToleration("node.kubernetes.io/not-ready")),
    field("spec/tolerations/*", admitted, admittedToleration("node.kubernetes.io/unreachable")),
    field("spec/volumes/*", admitted, nobodySet),
    field("spec/containers/*/volumeMounts/*", admitted, nobodySet),
    field("spec/initContainers/*/volumeMounts/*", admitted, nobodySet),
    field("spec/ephemeralContainers", "can't be created, only added to a running Pod")
  ]],
  ["Node", [
    field("spec/podCIDR", allocated, nobodyAsked),
    field("spec/podCIDRs", allocated, nobodyAsked)
  ]],
  ["ReplicaSet.apps", [
    ...labels(["pod-template-hash"], "is set by the Deployment that made it")
  ]],
  ["StatefulSet.apps", [
    field("spec/volumeClaimTemplates/*/status", "is what controllers report")
  ]],
  ["Job.batch", [
    ...labels(jobLabels, generated, "metadata", isGenerated),
    ...labels(jobLabels, generated, "spec/template/metadata", isGenerated),
    field("spec/selector/matchLabels/controller-uid", generated, isGenerated),
    {
      path: ["spec", "selector", "matchLabels", "batch.kubernetes.io/controller-uid"],
      when: [isGenerated],
      why: generated
    },
    ...annotations(["batch.kubernetes.io/job-tracking"], "is what a controller remembers about this one object"),
    ...emptyTemplate("spec/template/metadata")
  ]],
  ["CronJob.batch", [
    ...emptyTemplate("spec/jobTemplate/metadata"),
    ...emptyTemplate("spec/jobTemplate/spec/template/metadata")
  ]],
  ["HorizontalPodAutoscaler.autoscaling", [
    ...annotations(
      ["autoscaling.alpha.kubernetes.io/conditions", "autoscaling.alpha.kubernetes.io/current-metrics"],
      "is the status, as version 1 shows it"
    )
  ]],
  ["ClusterRole.rbac.authorization.k8s.io", [
    field("rules", "is gathered from other roles", beside("aggregationRule"))
  ]],
  ["CertificateSigningRequest.certificates.k8s.io", [
    field("spec/username", "is who sent the request"),
    field("spec/uid", "is who sent the request"),
    field("spec/groups", "is who sent the request"),
    field("spec/extra", "is who sent the request")
  ]],
  ["ServiceCIDR.networking.k8s.io", finalizers(["networking.k8s.io/service-cidr-finalizer"], ofItsController)],
  ["ValidatingWebhookConfiguration.admissionregistration.k8s.io", [
    field("webhooks/*/clientConfig/caBundle", injected, injectors)
  ]],
  ["MutatingWebhookConfiguration.admissionregistration.k8s.io", [
    field("webhooks/*/clientConfig/caBundle", injected, injectors)
  ]],
  ["CustomResourceDefinition.apiextensions.k8s.io", [
    field("spec/conversion/webhook/clientConfig/caBundle", injected, injectors)
  ]],
  ["APIService.apiregistration.k8s.io", [
    field("spec/caBundle", injected, injectors)
  ]],
  ...volumeRows
])

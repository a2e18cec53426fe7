/** What no manifest should say, whatever its kind. */
import { annotations, field, finalizers, is, labels, nobodyAsked, type Row } from "./Row.ts"

/** Where built-in kinds, and custom ones that are modelled on them, hold a template of other objects. */
export const templates: ReadonlyArray<string> = [
  "spec/template/metadata",
  "spec/jobTemplate/metadata",
  "spec/jobTemplate/spec/template/metadata",
  "template/metadata"
]

const fromTheServer = "is the API server's to set"
const fromAController = "is what a controller remembers about this one object"
const fromKubectl = "is what kubectl remembers of its last apply"
const fromTheOwner = "belongs to who made the object; in another cluster that has another uid"
const toRestart = "is a moment at which somebody asked for a restart"
const empty = "says nothing; the API server doesn't keep it"
const stamp = "marks the object as made by another tool, which marks it again"

export const everyKind: ReadonlyArray<Row> = [
  field("status", "is what controllers report"),
  field("metadata/uid", fromTheServer),
  field("metadata/resourceVersion", fromTheServer),
  field("metadata/generation", fromTheServer),
  field("metadata/creationTimestamp", fromTheServer),
  field("metadata/deletionTimestamp", fromTheServer),
  field("metadata/deletionGracePeriodSeconds", fromTheServer),
  field("metadata/selfLink", fromTheServer),
  field("metadata/managedFields", fromTheServer),
  field("metadata/ownerReferences", fromTheOwner),
  field("metadata/generateName", "has done its work: the object has its name"),
  field("metadata/labels", empty, is({})),
  field("metadata/annotations", empty, is({})),
  field("metadata/finalizers", empty, is([])),

  ...annotations(["kubectl.kubernetes.io/last-applied-configuration"], fromKubectl),
  ...annotations([
    "banzaicloud.com/last-applied",
    "banzaicloud.io/last-applied",
    "control-plane.alpha.kubernetes.io/leader",
    "deployment.kubernetes.io/*",
    "deprecated.daemonset.template.generation",
    "endpoints.kubernetes.io/last-change-trigger-time",
    "field.cattle.io/publicEndpoints",
    "kopf.zalando.org/last-handled-configuration",
    "rollout.argoproj.io/revision"
  ], fromAController),
  ...["metadata", ...templates].flatMap((where) =>
    annotations(
      ["kubectl.kubernetes.io/restartedAt", "keel.sh/update-time", "reloader.stakater.com/last-reloaded-from"],
      toRestart,
      where
    )
  ),
  ...annotations(["argocd.argoproj.io/refresh", "reconcile.fluxcd.io/requestedAt"], "asks a controller to look once"),

  ...annotations([
    "applyset.kubernetes.io/*",
    "argocd.argoproj.io/installation-id",
    "argocd.argoproj.io/tracking-id",
    "kapp.k14s.io/identity",
    "kapp.k14s.io/original",
    "kapp.k14s.io/original-diff-md5",
    "kustomize.toolkit.fluxcd.io/checksum",
    "meta.helm.sh/release-name",
    "meta.helm.sh/release-namespace",
    "objectset.rio.cattle.io/*"
  ], stamp),
  ...labels([
    "applyset.kubernetes.io/*",
    "argocd.argoproj.io/instance",
    "helm.toolkit.fluxcd.io/name",
    "helm.toolkit.fluxcd.io/namespace",
    "kapp.k14s.io/app",
    "kapp.k14s.io/association",
    "kro.run/*",
    "kustomize.toolkit.fluxcd.io/name",
    "kustomize.toolkit.fluxcd.io/namespace",
    "objectset.rio.cattle.io/*",
    "resourceset.fluxcd.controlplane.io/name",
    "resourceset.fluxcd.controlplane.io/namespace",
    "velero.io/backup-name",
    "velero.io/restore-name"
  ], stamp),
  ...labels(["app.kubernetes.io/managed-by"], stamp, "metadata", is("Helm")),

  ...finalizers(
    ["foregroundDeletion", "orphan", "kubernetes.io/*", "customresourcecleanup.apiextensions.k8s.io"],
    "is the control plane's, which sets it again"
  ),
  {
    path: ["metadata", "finalizers", "*"],
    when: [nobodyAsked],
    why: "is its controller's, which sets it again; without that controller the object could never go"
  }
]

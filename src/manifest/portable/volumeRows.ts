/** What no manifest of a volume, a claim or a snapshot should say, so that it restores, and never destroys what it names. */
import type { KindId } from "../ObjectKey.ts"
import { annotated, annotations, field, finalizers, is, type Row } from "./Row.ts"

const ofBinding = "is what binding left behind: in another cluster the claim would count as lost"
const ofProvisioning = "is what provisioning left behind"
const staleUid = "is of this cluster: a uid that no longer exists never binds, and may cost the data"
const byTheBinder = annotated("pv.kubernetes.io/bound-by-controller")
const ofItsController = "is its controller's, which sets it again"

const protections = ["snapshot.storage.kubernetes.io/*", "provisioner.storage.kubernetes.io/*"]

export const volumeRows: ReadonlyArray<readonly [KindId, ReadonlyArray<Row>]> = [
  ["PersistentVolumeClaim", [
    field("spec/volumeName", "was chosen by the binder", byTheBinder),
    field("spec/dataSource", "is where the volume came from, once; a restore states its own"),
    field("spec/dataSourceRef", "is where the volume came from, once; a restore states its own"),
    ...annotations(["pv.kubernetes.io/*"], ofBinding),
    ...annotations([
      "volume.beta.kubernetes.io/storage-provisioner",
      "volume.kubernetes.io/selected-node",
      "volume.kubernetes.io/storage-provisioner",
      "volume.kubernetes.io/storage-resizer"
    ], ofProvisioning),
    ...finalizers(protections, ofItsController)
  ]],
  ["PersistentVolume", [
    field("spec/claimRef/uid", staleUid),
    field("spec/claimRef/resourceVersion", staleUid),
    {
      path: ["spec", "csi", "volumeAttributes", "storage.kubernetes.io/csiProvisionerIdentity"],
      when: [],
      why: "names the provisioner's process"
    },
    ...annotations(["pv.kubernetes.io/bound-by-controller", "pv.kubernetes.io/migrated-to"], ofBinding),
    ...annotations(["volume.kubernetes.io/pre-resize-capacity"], ofProvisioning),
    ...annotations(
      [
        "volume.kubernetes.io/provisioner-deletion-secret-name",
        "volume.kubernetes.io/provisioner-deletion-secret-namespace"
      ],
      "says that there is no secret",
      "metadata",
      is("")
    ),
    ...finalizers(
      [
        "external-provisioner.volume.kubernetes.io/finalizer",
        "external-attacher/*",
        "snapshot.storage.kubernetes.io/*"
      ],
      ofItsController
    )
  ]],
  ["VolumeSnapshot.snapshot.storage.k8s.io", finalizers(protections, ofItsController)],
  ["VolumeSnapshotContent.snapshot.storage.k8s.io", [
    field("spec/volumeSnapshotRef/uid", staleUid),
    field("spec/volumeSnapshotRef/resourceVersion", staleUid),
    field("spec/volumeSnapshotRef/apiVersion", "is said by the kind already"),
    field("spec/volumeSnapshotRef/kind", "is said by the kind already"),
    ...annotations(
      [
        "snapshot.storage.kubernetes.io/volumesnapshot-being-created",
        "snapshot.storage.kubernetes.io/volumesnapshot-being-deleted"
      ],
      "is what a controller remembers about this one object"
    ),
    ...finalizers(protections, ofItsController)
  ]]
]

// An object seen from all sides, as the survey would have found it.
import type { Circumstances } from "../../src/inspect/Circumstances.ts"
import { explanation } from "../../src/inspect/Explanation.ts"
import type { ObjectView } from "../../src/inspect/ObjectView.ts"
import type { ServedKind } from "../../src/kubernetes/Discovery.ts"
import { claimedFields } from "../../src/kubernetes/fields/ClaimedFields.ts"
import type { KubernetesObject, ManagedFieldsEntry } from "../../src/kubernetes/KubernetesObject.ts"
import type { JsonObject, ManifestRef } from "../../src/manifest/Manifest.ts"
import type { Rule } from "../../src/rules/Rule.ts"
import { forKind, ownership } from "../../src/rules/Ruleset.ts"
import { shapeType } from "../kubernetes/shapes.ts"
import { rule } from "../rules/samples.ts"

export const shape: ServedKind = {
  group: "example.com",
  kind: "Shape",
  plural: "shapes",
  singular: "shape",
  shortNames: [],
  namespaced: true,
  versions: [{ version: "v1", verbs: new Set(["get"]) }]
}

export const ref = (change: Partial<ManifestRef["manifest"]> = {}): ManifestRef => ({
  path: "shapes.yaml",
  blob: "b",
  manifest: {
    group: "example.com",
    kind: "Shape",
    version: "v1",
    namespace: "shop",
    name: "web",
    labels: {},
    isPaused: false,
    position: 0,
    line: 3,
    digest: "digest-of-the-manifest",
    ...change
  }
})

export const manifest = (spec: JsonObject): JsonObject => ({
  apiVersion: "example.com/v1",
  kind: "Shape",
  metadata: { name: "web", namespace: "shop" },
  spec
})

/** What an apply or update of these fields owns. */
export const owns = (manager: string, spec: JsonObject, change: Partial<ManagedFieldsEntry> = {}) => ({
  manager,
  operation: manager === "gitops-controller" ? "Apply" as const : "Update" as const,
  apiVersion: "example.com/v1",
  fieldsV1: claimedFields({ spec }, shapeType),
  ...change
})

export const live = (
  spec: JsonObject,
  managedFields: ReadonlyArray<ManagedFieldsEntry>,
  metadata: Partial<KubernetesObject["metadata"]> = {}
): KubernetesObject => ({
  apiVersion: "example.com/v1",
  kind: "Shape",
  metadata: { name: "web", namespace: "shop", uid: "u", resourceVersion: "1", managedFields, ...metadata },
  spec
})

export const view = (rules: ReadonlyArray<Rule>, change: Partial<ObjectView>): ObjectView => {
  const ruleset = { number: 1, rules }
  const kind = change.kind ?? shape
  const subject = change.subject ?? { namespace: "shop", name: "web", git: undefined, live: undefined }
  return {
    key: { group: kind.group, kind: kind.kind, namespace: "shop", name: "web" },
    kind,
    served: shape,
    version: "v1",
    type: shapeType,
    refs: [ref()],
    git: manifest({ text: "1" }),
    live: live({ text: "1" }, [owns("gitops-controller", { text: "1" })]),
    ruleset,
    subject,
    ownership: ownership(forKind(ruleset, kind), subject),
    synced: undefined,
    toGit: undefined,
    placeOf: () => undefined,
    gaps: [],
    ...change
  }
}

export const circumstances: Circumstances = {
  file: "config.yaml",
  source: "a checkout",
  stateNamespace: "gitops-controller",
  fieldManager: "gitops-controller",
  applySet: "our-set"
}

export const explained = (change: Partial<ObjectView>, rules: ReadonlyArray<Rule> = [rule(0)]) =>
  explanation(view(rules, change), circumstances)

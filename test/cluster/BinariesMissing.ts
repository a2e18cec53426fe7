// What a newcomer reads when the control plane can't be had: what is missing, where it was looked for, what helps.
import { Schema } from "effect"

export class BinariesMissing extends Schema.TaggedError<BinariesMissing>()("BinariesMissing", {
  missing: Schema.Array(Schema.String),
  reason: Schema.String,
  looked: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return [
      `The tests need a real control plane, but ${this.missing.join(", ")} could not be had: ${this.reason}`,
      ...this.looked.map((line) => `  ${line}`),
      "One of these three helps:",
      "  1. set KUBEBUILDER_ASSETS to a folder that holds kube-apiserver, etcd and kubectl (and kube-controller-manager);",
      "  2. put kube-apiserver, kubectl and kube-controller-manager 1.37 and etcd 3.7 on the PATH;",
      "  3. install Go 1.26 or newer (https://go.dev/dl): they are then built once, in about 6 minutes."
    ].join("\n")
  }
}

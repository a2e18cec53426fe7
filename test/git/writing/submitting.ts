// Changes as kinds submit them, and what native Git says of the outcome.
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import type { DocumentChange } from "../../../src/git/GitMessages.ts"
import type { Tip } from "../../../src/git/Tip.ts"
import { field } from "../../../src/manifest/FieldPath.ts"
import { unknown } from "../../../src/manifest/FieldType.ts"
import type { ManifestRef } from "../../../src/manifest/Manifest.ts"
import { kindId, type ObjectKey } from "../../../src/manifest/ObjectKey.ts"
import { ownFile } from "../../../src/manifest/Screening.ts"
import type { BareRepository } from "../../remote/BareRepository.ts"

export const key = (name: string, kind = "ConfigMap"): ObjectKey => ({ group: "", kind, namespace: "shop", name })

export const manifest = (name: string, value: string, kind = "ConfigMap") => ({
  apiVersion: "v1",
  kind,
  metadata: { name, namespace: "shop" },
  data: { key: value }
})

export const text = (name: string, value: string, kind = "ConfigMap"): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: shop\ndata:\n  key: "${value}"\n`

export const refOf = (tip: Tip, { name, ...kind }: ObjectKey): ManifestRef | undefined =>
  (tip.index.kinds.get(kindId(kind)) ?? []).find(({ manifest }) => manifest.name === name)

/** As a kind submits it that has seen this tip. */
export const put = (tip: Tip, name: string, value: string, kind = "ConfigMap"): DocumentChange => {
  const before = refOf(tip, key(name, kind))?.manifest.digest
  return {
    _tag: "PutDocument",
    key: key(name, kind),
    manifest: manifest(name, value, kind),
    ...before === undefined ? {} : { basedOn: before },
    why: { rule: "rule 2", changedBy: [{ fieldManager: "kubectl-edit" }] }
  }
}

/** One that knows the value before. */
export const patch = (name: string, value: string, previous: string): DocumentChange => ({
  _tag: "PatchDocument",
  key: key(name),
  changes: [{ _tag: "Set", path: [field("data"), field("key")], value, previous }],
  type: unknown,
  why: { rule: "rule 1 (images)", changedBy: [{ fieldManager: "kubectl-edit", time: "2026-11-23T10:00:00Z" }] }
})

export const remove = (tip: Tip, name: string, kind = "ConfigMap"): DocumentChange => ({
  _tag: "RemoveDocument",
  key: key(name, kind),
  basedOn: refOf(tip, key(name, kind))?.manifest.digest ?? "nothing",
  why: { rule: "rule 2" }
})

/** Subjects from the newest to the oldest; the server's repository must be sound. */
export const history = Effect.fnUntraced(function*(bare: BareRepository, branch = bare.branch) {
  assert.strictEqual(yield* bare.git("fsck", "--strict", "--no-dangling"), "")
  const log = yield* bare.git("log", "--format=%s", branch)
  return log.split("\n")
})

export const file = (bare: BareRepository, path: string, commit = bare.branch) => bare.git("show", `${commit}:${path}`)

/** Without the one that names the cluster. */
export const files = (bare: BareRepository) =>
  Effect.map(
    bare.git("ls-tree", "-r", "--name-only", bare.branch),
    (names) => names.split("\n").filter((name) => name !== "" && !name.endsWith(ownFile))
  )

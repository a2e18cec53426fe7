/** What tells apart what Git wants of an object: its manifest, and which of its fields are Git's to state. Pure. */
import { hash } from "node:crypto"
import { type FieldPath, format } from "../manifest/FieldPath.ts"
import type { Ownership } from "../rules/Ownership.ts"
import { fingerprint } from "./GitScope.ts"

/**
 * 22 characters; equal for what would be sent as the same, also in another process.
 * @param manifest The digest of the manifest.
 * @param paused Fields that are left to another writer for a while.
 */
export const wantedDigest = (manifest: string, ownership: Ownership, paused: ReadonlyArray<FieldPath>): string => {
  const scope = fingerprint(ownership)
  if (scope === "" && paused.length === 0) return manifest
  return hash("sha1", [manifest, scope, ...paused.map(format)].join("\n"), "base64url").slice(0, 22)
}

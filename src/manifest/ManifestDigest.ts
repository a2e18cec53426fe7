/** What tells manifests apart, whatever the layout of their text: a hash of what goes to the API server, of which 132 bits are kept. */
import { hash } from "node:crypto"
import { canonical } from "./edit/SameData.ts"
import type { JsonObject } from "./Manifest.ts"
import { withoutServerFields } from "./ServerFields.ts"

/** 22 characters. @param payload JSON text with sorted keys */
export const digestOf = (payload: string): string => hash("sha256", payload, "base64url").slice(0, 22)

/** The digest that this manifest has once it stands in a file. */
export const manifestDigest = (manifest: JsonObject): string => digestOf(canonical(withoutServerFields(manifest, true)))

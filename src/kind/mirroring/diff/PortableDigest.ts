/** What tells apart portable forms of one object: asked for at every event of a watch, so it is quick. Pure. */
import { hash } from "node:crypto"
import { canonical } from "../../../manifest/edit/SameData.ts"
import type { JsonObject } from "../../../manifest/Manifest.ts"

/** 22 characters; equal for equal data, in whatever order its fields stand. */
export const portableDigest = (value: JsonObject): string => hash("sha1", canonical(value), "base64url").slice(0, 22)

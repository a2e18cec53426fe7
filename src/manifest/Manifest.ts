/**
 * What the manifest room knows of a document in Git: who it describes and where it stands.
 * The body is not kept here; it is read again from its blob when it is needed.
 */
import type { GroupKind } from "./ObjectKey.ts"

/**
 * A JSON value as it goes to the API server. An integer whose digits a number would lose is a bigint; `encodeJson`
 * writes it.
 */
export type Json = null | boolean | number | bigint | string | ReadonlyArray<Json> | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

/** One manifest as written in a file. Immutable, and shared by all files with the same blob. */
export interface ParsedManifest extends GroupKind {
  readonly version: string
  /** As written; `undefined` when the manifest names none. */
  readonly namespace: string | undefined
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** Whether its annotations ask for the object to be left alone. */
  readonly isPaused: boolean
  /** Which manifest of its file, counted from 0, `List` items flattened. */
  readonly position: number
  /** Where it begins, counted from 1. */
  readonly line: number
  /** Of the payload: equal digests are equal objects, whatever the layout of the text. 22 characters. */
  readonly digest: string
}

/** A manifest at its place in the tip. */
export interface ManifestRef {
  readonly manifest: ParsedManifest
  /** Relative to the root of the repository. */
  readonly path: string
  readonly blob: string
}

/** Something a person has to mend in a file. The message says what, and what to do. */
export interface ManifestProblem {
  readonly path: string
  /** Counted from 1; absent when it concerns the whole file. */
  readonly line?: number
  readonly column?: number
  readonly message: string
}

/** A file or directory that was not read on purpose, named once. */
export interface PassedOver {
  readonly path: string
  readonly reason: string
}

/** `clusters/prod/web.yaml:12:3`, as editors and terminals understand it. */
export const formatPlace = (
  place: { readonly path: string; readonly line?: number; readonly column?: number }
): string =>
  [place.path, place.line, place.column].filter((part) => part !== undefined).join(":").replace(/\p{Cc}/gu, "\ufffd")

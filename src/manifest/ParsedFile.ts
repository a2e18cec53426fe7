/** What one blob holds, wherever it stands. */
import type { ManifestProblem, ParsedManifest } from "./Manifest.ts"

export interface ParsedFile {
  readonly manifests: ReadonlyArray<ParsedManifest>
  readonly problems: ReadonlyArray<Omit<ManifestProblem, "path">>
  /** Of a kustomization: the paths it refers to, as written. */
  readonly references?: ReadonlyArray<string>
  /**
   * The whole text can't be read. If it is `foreign`, nothing in it looks like a manifest, and its problem is nobody's.
   */
  readonly broken?: { readonly foreign: boolean }
}

/** The refs a server told of. */
export interface Refs {
  /** Full ref name → commit id. Without `HEAD`. */
  readonly ids: ReadonlyMap<string, string>
  /** Where the remote's HEAD points; `id` is absent while that branch has no commit, `target` when it names a commit itself. */
  readonly head: { readonly id: string | undefined; readonly target: string | undefined } | undefined
}

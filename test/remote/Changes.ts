/** What a commit does to one path: text or bytes, nothing more there (`null`: a file or a whole folder goes), or another of Git's modes. */
export type Content =
  | string
  | Uint8Array
  | null
  | undefined
  | { readonly symlink: string }
  | { readonly submodule: string }
  | { readonly executable: string | Uint8Array }

/** By path from the repository's root. */
export type Changes = Readonly<Record<string, Content>>

/** How to reach one API server and as whom: what a kubeconfig or a pod says, with all paths absolute. */
import type { Redacted } from "effect"

export interface ExecPlugin {
  readonly apiVersion: string
  readonly command: string
  readonly args: ReadonlyArray<string>
  readonly env: Readonly<Record<string, string>>
  readonly provideClusterInfo: boolean
  readonly installHint: string | undefined
}

/** PEM text, or a file with it that is read again when needed. */
export type Pem = { readonly file: string } | { readonly data: Redacted.Redacted<string> }

export interface ClusterUser {
  readonly certificate: Pem | undefined
  readonly key: Pem | undefined
  readonly token: Redacted.Redacted<string> | undefined
  readonly tokenFile: string | undefined
  readonly basic: Redacted.Redacted<string> | undefined
  readonly exec: ExecPlugin | undefined
  /** The old `auth-provider` of a kubeconfig (oidc), as written there. */
  readonly authProvider: Redacted.Redacted<unknown> | undefined
  readonly impersonate: ReadonlyArray<readonly [header: string, value: string]>
}

export interface ClusterAccess {
  /** Where this was found, for messages: `context prod of ~/.kube/config`. */
  readonly origin: string
  /** With a path prefix where there is one, without a trailing slash. */
  readonly server: string
  readonly authority: Pem | undefined
  readonly tlsServerName: string | undefined
  /** Set by `insecure-skip-tls-verify`: the server's certificate is not checked. */
  readonly insecure: boolean
  readonly proxy: string | undefined
  readonly user: ClusterUser
}

export const nobody: ClusterUser = {
  certificate: undefined,
  key: undefined,
  token: undefined,
  tokenFile: undefined,
  basic: undefined,
  exec: undefined,
  authProvider: undefined,
  impersonate: []
}

/**
 * The old `auth-provider` entries of a kubeconfig (oidc, gcp, azure), by @kubernetes/client-node's KubeConfig, and by nothing else of it.
 * It is loaded only when a kubeconfig asks for it: loading takes 0.4 s and 80 MB.
 */
import { Effect, Redacted } from "effect"
import type { ClusterAccess } from "./ClusterAccess.ts"
import { CredentialsUnavailable } from "./ExecPlugin.ts"

export type AuthProvider = (
  access: ClusterAccess,
  provider: Redacted.Redacted<unknown>
) => Effect.Effect<Redacted.Redacted<string> | undefined, CredentialsUnavailable>

/** One instance keeps what its provider refreshed, for as long as the kubeconfig says the same. */
export const makeAuthProvider = Effect.sync((): AuthProvider => {
  let loaded: {
    readonly from: string
    readonly config: Promise<{ applyToHTTPSOptions(options: object): Promise<void> }>
  } | undefined

  const load = async (access: ClusterAccess, provider: unknown) => {
    const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js")
    const config = new KubeConfig()
    config.loadFromOptions({
      clusters: [{ name: "cluster", server: access.server, skipTLSVerify: access.insecure }],
      users: [{ name: "user", authProvider: provider }],
      contexts: [{ name: "context", cluster: "cluster", user: "user" }],
      currentContext: "context"
    })
    return config
  }

  const authorization = async (access: ClusterAccess, provider: Redacted.Redacted<unknown>) => {
    const from = JSON.stringify([access.server, Redacted.value(provider)])
    if (loaded?.from !== from) loaded = { from, config: load(access, Redacted.value(provider)) }
    const options: { headers: Record<string, string> } = { headers: {} }
    await (await loaded.config).applyToHTTPSOptions(options)
    const value = options.headers["Authorization"]
    return value === undefined ? undefined : Redacted.make(value)
  }

  return (access, provider) =>
    Effect.tryPromise({
      try: () => authorization(access, provider),
      catch: () =>
        new CredentialsUnavailable({
          message:
            `the auth-provider of ${access.origin} gave no token; log in again as its documentation says, or use an exec plugin`
        })
    })
})

// A kubeconfig file for one user of a test's control plane, with everything inside it.
import { type KeyPair } from "./Certificates.ts"

const base64 = (text: string) => Buffer.from(text).toString("base64")

/** The file's text (JSON, which is YAML). */
export const kubeconfigText = (at: { readonly server: string; readonly ca: string; readonly user: KeyPair }): string =>
  JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "test",
      contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
      clusters: [{ name: "test", cluster: { server: at.server, "certificate-authority-data": base64(at.ca) } }],
      users: [{
        name: "test",
        user: {
          "client-certificate-data": base64(at.user.certificate),
          "client-key-data": base64(at.user.key)
        }
      }]
    },
    undefined,
    2
  )

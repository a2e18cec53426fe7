// An admission webhook that a test answers itself: an https server of the test's own, called by the API server for one namespace.
import { Effect } from "effect"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import type { Json, JsonObject } from "../../src/manifest/Manifest.ts"
import { issueCertificate, makeAuthority } from "../cluster/Certificates.ts"
import { ControlPlane } from "../cluster/ControlPlane.ts"

/** One operation of a JSON patch. */
export interface Change {
  readonly op: "add" | "replace" | "remove"
  readonly path: string
  readonly value?: Json
}

/** What becomes of an object on its way. */
export type Mutate = (object: JsonObject) => ReadonlyArray<Change>

interface Review {
  readonly request: { readonly uid: string; readonly object: JsonObject }
}

const answerTo = (body: string, mutate: Mutate): string => {
  const { request: { object, uid } }: Review = JSON.parse(body)
  const patch = Buffer.from(JSON.stringify(mutate(object))).toString("base64")
  return JSON.stringify({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    response: { uid, allowed: true, patchType: "JSONPatch", patch }
  })
}

const serve = (mutate: Mutate, certificate: { readonly key: string; readonly cert: string }) =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer(certificate, (request, response) => {
        const chunks: Array<Buffer> = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => {
          response.setHeader("content-type", "application/json")
          response.end(answerTo(Buffer.concat(chunks).toString(), mutate))
        })
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )

/** Mutates what is created and updated of ConfigMaps in the namespace, until the scope closes. */
export const mutatingWebhook = Effect.fnUntraced(function*(namespace: string, mutate: Mutate) {
  const cluster = yield* ControlPlane
  const authority = makeAuthority("webhooks")
  const { certificate: cert, key } = issueCertificate(authority, { commonName: "webhook", hosts: ["127.0.0.1"] })
  const server = yield* serve(mutate, { key, cert })
  const { port } = server.address() as AddressInfo
  const configuration = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: { name: namespace },
    webhooks: [{
      name: `${namespace}.example.com`,
      clientConfig: {
        url: `https://127.0.0.1:${port}/`,
        caBundle: Buffer.from(authority.certificate).toString("base64")
      },
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
      rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["configmaps"] }],
      sideEffects: "None",
      admissionReviewVersions: ["v1"],
      timeoutSeconds: 5
    }]
  }
  yield* Effect.acquireRelease(
    cluster.kubectlOk(["create", "-f", "-"], { stdin: JSON.stringify(configuration) }),
    () => cluster.kubectl(["delete", "mutatingwebhookconfiguration", namespace])
  )
})

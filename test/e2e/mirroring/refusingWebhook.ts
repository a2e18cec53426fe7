// An admission webhook that refuses every dry-run in one namespace, as those do that have effects of their own.
import { Effect } from "effect"
import { createServer } from "node:https"
import type { AddressInfo } from "node:net"
import { issueCertificate, makeAuthority } from "../../cluster/Certificates.ts"
import type { ControlPlaneHandle } from "../../cluster/ControlPlane.ts"

interface Review {
  readonly request: { readonly uid: string; readonly dryRun?: boolean }
}

const answerTo = (body: string): string => {
  const { request: { dryRun, uid } }: Review = JSON.parse(body)
  const answer = dryRun === true
    ? { uid, allowed: false, status: { code: 403, message: "no dry-runs here" } }
    : { uid, allowed: true }
  return JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answer })
}

/** Ends with its scope. @returns how many dry-runs it has refused */
export const refusingWebhook = Effect.fnUntraced(function*(cluster: ControlPlaneHandle, namespace: string) {
  const authority = makeAuthority("webhooks")
  const { certificate: cert, key } = issueCertificate(authority, { commonName: "webhook", hosts: ["127.0.0.1"] })
  let refused = 0
  const server = createServer({ key, cert }, (request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => {
      const answer = answerTo(Buffer.concat(chunks).toString())
      if (answer.includes("no dry-runs here")) refused++
      response.setHeader("content-type", "application/json")
      response.end(answer)
    })
  })
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
    () =>
      Effect.sync(() => {
        server.closeAllConnections()
        server.close()
      })
  )
  const { port } = server.address() as AddressInfo
  const configuration = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: `refuses-${namespace}` },
    webhooks: [{
      name: `${namespace}.example.com`,
      clientConfig: {
        url: `https://127.0.0.1:${port}/`,
        caBundle: Buffer.from(authority.certificate).toString("base64")
      },
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
      rules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["CREATE", "UPDATE"], resources: ["*"] }],
      sideEffects: "NoneOnDryRun",
      admissionReviewVersions: ["v1"],
      timeoutSeconds: 5
    }]
  }
  yield* Effect.acquireRelease(
    cluster.kubectlOk(["create", "-f", "-"], { stdin: JSON.stringify(configuration) }),
    () => cluster.kubectl(["delete", "validatingwebhookconfiguration", configuration.metadata.name])
  )
  return Effect.sync(() => refused)
})

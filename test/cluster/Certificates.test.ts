import { expect, it } from "@effect/vitest"
import { X509Certificate } from "node:crypto"
import { issueCertificate, makeAuthority } from "./Certificates.ts"

it("an issued certificate names its subject and its hosts, and verifies against its authority alone", () => {
  const authority = makeAuthority("the authority")
  const issued = issueCertificate(authority, {
    commonName: "alice",
    organizations: ["readers", "writers"],
    hosts: ["git.example", "127.0.0.1", "::1"]
  })
  const certificate = new X509Certificate(issued.certificate)
  const issuer = new X509Certificate(authority.certificate)
  expect(certificate.subject.split("\n")).toEqual(["O=readers", "O=writers", "CN=alice"])
  expect(certificate.checkIssued(issuer)).toBe(true)
  expect(certificate.verify(issuer.publicKey)).toBe(true)
  expect(certificate.verify(new X509Certificate(makeAuthority("the authority").certificate).publicKey)).toBe(false)
  expect(issuer.ca).toBe(true)
  expect(certificate.checkHost("git.example")).toBe("git.example")
  expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1")
  expect(certificate.checkHost("other.example")).toBeUndefined()
})

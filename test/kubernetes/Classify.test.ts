import { assert, describe, it } from "@effect/vitest"
import type { RequestFailure, RequestSubject } from "../../src/kubernetes/ApiError.ts"
import { classify, classifyWatchError } from "../../src/kubernetes/Classify.ts"
import recorded from "./recordedAnswers.json" with { type: "json" }

const subject: RequestSubject = { verb: "patch", resource: "configmaps", version: "v1", namespace: "shop", name: "web" }
const asked = (more: Partial<RequestSubject> = {}) => ({
  server: "https://127.0.0.1:6443",
  subject: { ...subject, ...more }
})

const answered = (name: string, more: Partial<RequestSubject> = {}): RequestFailure => {
  const answer = recorded.find((candidate) => candidate.name === name)
  assert.isDefined(answer, `a recorded answer named ${name}`)
  return classify(answer.status, answer.body, asked(more))
}

const expected: Readonly<Record<string, RequestFailure["_tag"]>> = {
  unauthorized: "ApiUnauthorized",
  anonymous: "ApiForbidden",
  "forbidden-list": "ApiForbidden",
  "forbidden-patch": "ApiForbidden",
  "forbidden-unknown-group": "ApiForbidden",
  "object-absent": "ObjectNotFound",
  "kind-not-served-builtin": "KindNotServed",
  "kind-not-served-group": "KindNotServed",
  "namespace-missing": "NamespaceNotFound",
  "namespace-missing-post": "NamespaceNotFound",
  "namespace-terminating": "NamespaceTerminating",
  quota: "QuotaExceeded",
  "version-conflict": "VersionConflict",
  "version-conflict-put": "VersionConflict",
  "uid-recreated": "VersionConflict",
  "uid-absent": "VersionConflict",
  "delete-uid": "VersionConflict",
  "already-exists": "VersionConflict",
  "field-conflict": "FieldConflict",
  invalid: "ApiRejected",
  "unknown-field": "ApiRejected",
  "wrong-type": "ApiRejected",
  "bad-json": "ApiRejected",
  "name-mismatch": "ApiRejected",
  "managed-fields": "ApiRejected",
  "too-large-configmap": "ApiRejected",
  "too-large-body": "ApiRejected",
  "too-large-etcd": "ApiRejected",
  "cr-unknown-field": "ApiRejected",
  "webhook-down": "ApiUnavailable",
  policy: "ApiRejected",
  immutable: "ApiRejected",
  "list-missing-key": "ApiRejected",
  "future-list": "WatchExpired",
  "bad-continue": "ApiRejected",
  "watchlist-refused": "ApiRejected",
  "method-not-allowed": "ApiRejected",
  "unsupported-media": "ApiRejected",
  "not-acceptable": "ApiRejected",
  "secret-illegal-base64": "ApiRejected",
  "secret-wrong-type": "ApiRejected"
}

describe("an answer recorded from a real API server", () => {
  for (const { name } of recorded) {
    it(`"${name}" is ${expected[name]}`, () => {
      assert.strictEqual(answered(name)._tag, expected[name])
    })
  }
})

describe("what the error carries", () => {
  it("names who lacks which permission", () => {
    const failure = answered("forbidden-patch", { resource: "deployments.apps", namespace: "rec" })
    assert.strictEqual(
      failure.message,
      "system:serviceaccount:rec:bob may not patch deployments.apps rec/web (403). Give that ServiceAccount or user " +
        "the verb \"patch\" on deployments.apps in namespace rec, by a role and a binding."
    )
  })

  it("names the right that is missing, which need not be the one that was used: applying what isn't there takes create", () => {
    const subject = { verb: "patch", resource: "deployments.apps", namespace: "shop", name: "web" } as const
    const message = "deployments.apps \"web\" is forbidden: User \"bob\" cannot create resource \"deployments\" " +
      "in API group \"apps\" in the namespace \"shop\""
    const failure = classify(
      403,
      JSON.stringify({ kind: "Status", reason: "Forbidden", code: 403, message }),
      asked(subject)
    )
    assert.strictEqual(
      failure.message,
      "bob may not create deployments.apps shop/web (403). Give that ServiceAccount or user the verb \"create\" on " +
        "deployments.apps in namespace shop, by a role and a binding."
    )
  })

  it("tells a deleted object from one made anew and from one that was changed", () => {
    const reason = (name: string) => {
      const failure = answered(name)
      return failure._tag === "VersionConflict" ? failure.reason : undefined
    }
    assert.strictEqual(reason("version-conflict"), "modified")
    assert.strictEqual(reason("uid-recreated"), "recreated")
    assert.strictEqual(reason("delete-uid"), "recreated")
    assert.strictEqual(reason("uid-absent"), "gone")
    assert.strictEqual(reason("already-exists"), "exists")
  })

  it("names the field managers in the way", () => {
    const failure = answered("field-conflict")
    assert.deepStrictEqual(failure._tag === "FieldConflict" ? failure.conflicts : [], [
      { manager: "kubectl-create", field: ".data.a" }
    ])
  })

  it("points at each field the server refuses", () => {
    const failure = answered("invalid")
    assert.deepStrictEqual(failure._tag === "ApiRejected" ? failure.causes.map(({ field }) => field) : [], [
      "spec.replicas",
      "spec.template.metadata.labels",
      "spec.template.spec.containers[0].name",
      "spec.template.spec.containers[0].image"
    ])
  })

  it("never repeats the value of a Secret, and still says where the mistake is", () => {
    const wrongType = answered("secret-wrong-type", { resource: "secrets" })
    assert.notInclude(JSON.stringify(wrongType), "hunter2")
    assert.include(wrongType.message, ".data.password: expected string")
    assert.include(
      answered("secret-illegal-base64", { resource: "secrets" }).message,
      "illegal base64 data at input byte 7"
    )
    assert.notInclude(answered("invalid", { resource: "secrets" }).message, "A_")
  })

  it("tells a namespace that is missing from a Namespace that is asked for", () => {
    assert.strictEqual(answered("namespace-missing", { resource: "namespaces", name: "nons" })._tag, "ObjectNotFound")
  })
})

describe("other answers", () => {
  it("waits as long as the server asks, as a header or in the body", () => {
    const tooMany = classify(429, "Too many requests, please try again later.", { ...asked(), retryAfter: "3" })
    assert.deepInclude(tooMany, { _tag: "ApiUnavailable", retryAfter: 3000 })
    const starting = classify(
      429,
      JSON.stringify({
        kind: "Status",
        message: "storage is (re)initializing",
        reason: "TooManyRequests",
        details: { retryAfterSeconds: 1 },
        code: 429
      }),
      asked()
    )
    assert.deepInclude(starting, { _tag: "ApiUnavailable", retryAfter: 1000 })
  })

  it("takes a denial by an admission webhook for what a commit has to cure, and a missing right for a missing right", () => {
    const denied = {
      kind: "Status",
      message: "admission webhook \"x\" denied the request: no",
      reason: "Forbidden",
      code: 403
    }
    assert.strictEqual(classify(403, JSON.stringify(denied), asked())._tag, "ApiRejected")
  })

  it("takes a page of HTML with status 200 for something that is no API server", () => {
    assert.include(classify(200, "<html></html>", asked()).message, "is this address an API server?")
  })

  it("reads the ERROR line of a watch", () => {
    const gone = { kind: "Status", message: "too old resource version: 1 (300)", reason: "Expired", code: 410 }
    assert.strictEqual(classifyWatchError(gone, asked({ verb: "watch" }))._tag, "WatchExpired")
    const future = {
      kind: "Status",
      message: "Timeout: Too large resource version: 99999999, current: 351",
      reason: "Timeout",
      details: {
        causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
        retryAfterSeconds: 1
      },
      code: 504
    }
    assert.strictEqual(classifyWatchError(future, asked({ verb: "watch" }))._tag, "WatchExpired")
    assert.strictEqual(
      classifyWatchError({ kind: "Status", message: "etcd", code: 500 }, asked())._tag,
      "ApiUnavailable"
    )
  })
})

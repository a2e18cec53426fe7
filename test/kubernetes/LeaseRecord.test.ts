import { assert, describe, it } from "@effect/vitest"
import {
  afterDeletion,
  freeAt,
  isSetBack,
  leaseBody,
  microTime,
  nextTerm,
  observe,
  readLease
} from "../../src/kubernetes/LeaseRecord.ts"

const lease = (resourceVersion: string, holder: string) => ({
  metadata: { resourceVersion },
  spec: {
    holderIdentity: holder,
    leaseDurationSeconds: 15,
    leaseTransitions: 3,
    renewTime: "2020-01-01T00:00:00.000000Z"
  }
})

describe("a Lease", () => {
  it("is free once we have not seen it change for as long as its holder promised, whatever the holder's clock says", () => {
    const seen = observe(undefined, readLease(lease("1", "other")), 1000)
    assert.strictEqual(freeAt(seen, "me"), 16_000)
    const renewed = observe(seen, readLease(lease("2", "other")), 16_000)
    assert.strictEqual(freeAt(renewed, "me"), 31_000)
    assert.strictEqual(observe(renewed, readLease(lease("2", "other")), 31_000).seenAt, 16_000)
  })

  it("is free at once when it was released, or is our own", () => {
    assert.strictEqual(freeAt(observe(undefined, readLease(lease("1", "")), 0), "me"), -Infinity)
    assert.strictEqual(freeAt(observe(undefined, readLease(lease("1", "me")), 0), "me"), -Infinity)
    assert.strictEqual(freeAt(undefined, "me"), -Infinity)
  })

  it("that somebody deleted is no sooner free than before: who held it may not know", () => {
    const gone = afterDeletion(observe(undefined, readLease(lease("1", "other")), 1000))
    assert.strictEqual(freeAt(gone, "me"), 16_000)
    assert.isUndefined(gone?.resourceVersion)
    const anew = observe(gone, readLease(lease("2", "other")), 9000)
    assert.strictEqual(freeAt(anew, "me"), 24_000)
  })

  it("was put back when it is ours, and older than we wrote it", () => {
    const ours = readLease(lease("2", "me"))
    const earlier = { ...ours, renewTime: "2019-12-31T23:59:58.000000Z" }
    assert.isTrue(isSetBack(ours, earlier, "me"))
    assert.isTrue(isSetBack(ours, { ...ours, transitions: 2 }, "me"))
    assert.isFalse(isSetBack(earlier, ours, "me"))
    assert.isFalse(isSetBack(ours, readLease(lease("1", "other")), "me"))
    assert.isFalse(isSetBack(ours, undefined, "me"))
  })

  it("begins terms that never have the number of an earlier one of the same process, also after it was put back", () => {
    assert.strictEqual(nextTerm(undefined, 0), 1)
    assert.strictEqual(nextTerm(readLease(lease("2", "other")), 0), 4)
    assert.strictEqual(nextTerm(readLease(lease("1", "")), 4), 5)
    assert.strictEqual(nextTerm(undefined, 4), 5)
  })

  it("is written with times of six digits and read back as it was", () => {
    assert.strictEqual(microTime(1_700_000_000_123), "2023-11-14T22:13:20.123000Z")
    const body = leaseBody({
      namespace: "n",
      name: "l",
      holder: "me",
      duration: 15_000,
      transitions: 4,
      acquiredAt: 1,
      renewedAt: 2,
      resourceVersion: "9"
    })
    assert.deepInclude(readLease(JSON.parse(body)), {
      holder: "me",
      duration: 15_000,
      transitions: 4,
      resourceVersion: "9"
    })
  })
})

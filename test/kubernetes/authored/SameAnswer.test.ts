import { assert, describe, it } from "@effect/vitest"
import { isSameAnswer } from "../../../src/kubernetes/authored/SameAnswer.ts"

const sent = { spec: { type: "LoadBalancer", ports: [{ port: 80 }] } }
const answer = (more: object, port: object = {}) => ({
  metadata: { uid: String(Math.random()) },
  spec: { ...sent.spec, ports: [{ port: 80, ...port }], ...more },
  status: { loadBalancer: {} }
})

describe("what the server makes of two objects", () => {
  it("is the same when it thought up another address, and gave another name", () => {
    const [one, two] = [
      answer({ clusterIP: "10.0.0.1" }, { nodePort: 1 }),
      answer({ clusterIP: "10.0.0.2" }, { nodePort: 2 })
    ]
    assert.isTrue(isSameAnswer(one, two, sent))
  })

  it("is another when it thought of something more, or of something less", () => {
    assert.isFalse(isSameAnswer(answer({}), answer({ clusterIP: "10.0.0.2" }), sent))
    assert.isFalse(isSameAnswer(answer({}, { nodePort: 1 }), answer({}), sent))
  })

  it("is another when something that was sent came out otherwise", () => {
    assert.isFalse(isSameAnswer(answer({}), answer({ type: "ClusterIP" }), sent))
    assert.isFalse(isSameAnswer(answer({}), answer({ ports: [] }), sent))
    assert.isFalse(isSameAnswer(answer({}), answer({}, { port: 81 }), sent))
  })
})

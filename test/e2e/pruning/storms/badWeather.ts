// What goes wrong for a while between the controller and its two servers: answers that are errors, connections that break, answers that
// get lost though the request was carried out.
import type { Call, Meeting } from "../../../cluster/ApiProxy.ts"
import type { Fault } from "../../../remote/HttpFault.ts"
import type { HttpGitServer } from "../../../remote/HttpGitServer.ts"
import type { Chance } from "../../mirroring/storms/seeded.ts"

const status = (code: number): Meeting => ({
  answer: (to) =>
    void to.writeHead(code, { "content-type": "application/json" }).end(
      JSON.stringify({
        kind: "Status",
        apiVersion: "v1",
        status: "Failure",
        code,
        reason: "Chance",
        message: "bad weather"
      })
    )
})
const cut: Meeting = { answer: (to) => void to.destroy() }
const lost: Meeting = {
  pass: (from, to) => {
    from.resume()
    from.on("end", () => to.destroy())
  }
}

interface ApiFault {
  readonly name: string
  readonly meeting: Meeting
  readonly hits: (call: Call) => boolean
}

const isDelete = ({ method }: Call) => method === "DELETE"
const isWrite = ({ method }: Call) => method !== "GET"
const isAny = ({ url }: Call) => !url.includes("watch=")

const apiFaults: readonly [ApiFault, ...Array<ApiFault>] = [
  { name: "API: 500", meeting: status(500), hits: isAny },
  { name: "API: 500 on DELETE", meeting: status(500), hits: isDelete },
  { name: "API: 503 on writes", meeting: status(503), hits: isWrite },
  { name: "API: cut", meeting: cut, hits: isAny },
  { name: "API: cut on DELETE", meeting: cut, hits: isDelete },
  { name: "API: answers of DELETE lost", meeting: lost, hits: isDelete },
  { name: "API: answers of writes lost", meeting: lost, hits: isWrite }
]
const forbidden: ApiFault = { name: "API: 403 on DELETE", meeting: status(403), hits: isDelete }

const gitFaults: readonly [Fault, ...Array<Fault>] = [
  { status: 500, body: "bad weather" },
  { hangUp: true },
  { cutAfter: 60 },
  { delayMillis: 400 }
]

export interface BadWeather {
  /** For the way to the API server. */
  readonly meet: (call: Call) => Meeting | undefined
  /** One thing goes wrong from now on, of every so many requests; its name. */
  readonly begin: (chance: Chance, git: HttpGitServer) => string
  readonly end: (git: HttpGitServer) => void
}

export const makeBadWeather = (): BadWeather => {
  let fault: ApiFault | undefined
  let every = 1
  let count = 0
  const isTurn = () => count++ % every === 0
  return {
    meet: (call) => fault?.hits(call) === true && isTurn() ? fault.meeting : undefined,
    begin: (chance, git) => {
      every = 1 + chance.below(3)
      if (chance.below(4) === 0) {
        const planned = chance.pick(gitFaults)
        git.setFault(() => isTurn() ? planned : undefined)
        return `Git: ${JSON.stringify(planned)} ${every}`
      }
      // Whoever may not do something is not asked again before long.
      fault = chance.below(12) === 0 ? forbidden : chance.pick(apiFaults)
      return `${fault.name} ${every}`
    },
    end: (git) => {
      fault = undefined
      git.setFault(() => undefined)
    }
  }
}

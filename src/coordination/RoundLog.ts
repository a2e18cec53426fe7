/** Tells the story of the rounds in the log: what is taken up, what stands in the way, and when all is in step. */
import { Effect } from "effect"
import type { RuleTally } from "../kind/KindReport.ts"
import { writesIn } from "../kind/Round.ts"
import { counted } from "../manifest/counted.ts"
import { formatPlace } from "../manifest/Manifest.ts"
import { type CoordinatorState, phaseOf } from "./CoordinatorState.ts"

const short = (commit: string | undefined) => commit?.slice(0, 8) ?? "nothing"

const sum = (state: CoordinatorState, pick: (tally: RuleTally) => number) => {
  let total = 0
  for (const report of state.progress.reports.values()) for (const tally of report.rules) total += pick(tally)
  return total
}

const counts = (state: CoordinatorState) => {
  const others = [
    [sum(state, (tally) => tally.waiting), "waiting"],
    [sum(state, (tally) => tally.failed), "failed"],
    [sum(state, (tally) => tally.held), "held"]
  ] as const
  const named = others.filter(([count]) => count > 0).map(([count, name]) => `, ${count} ${name}`)
  return `${counted(sum(state, (tally) => tally.inStep), "object")} in step${named.join("")}`
}

/** Remembers what was told, so that each thing is told once. Takes the state and the time in milliseconds. */
export const make = (): (state: CoordinatorState, now: number) => Effect.Effect<void> => {
  let taken = -1
  let takenAt = 0
  let told = -1
  let phase = ""
  return Effect.fnUntraced(function*(state, now) {
    const { git: { tip }, round, settledRound } = state
    const current = phaseOf(state)
    const described = current._tag === "Standby" ? `Standing by: ${current.leader ?? "nobody"} leads` : current._tag
    if (described !== phase && current._tag === "Standby") yield* Effect.logInfo(described)
    phase = described
    if (tip === undefined || !writesIn(current)) return
    if (round !== taken) {
      taken = round
      takenAt = now
      const { files, kinds, problems } = tip.index
      const manifests = [...kinds.values()].reduce((total, refs) => total + refs.length, 0)
      const found = `${counted(manifests, "manifest")} in ${counted(files, "file")}`
      yield* Effect.logInfo(`Taking up ${short(tip.commit)} "${tip.subject}": ${found}`)
      for (const problem of problems.slice(0, 20))
        yield* Effect.logWarning(`${formatPlace(problem)}: ${problem.message}`)
    }
    if (settledRound === round && told !== round && current._tag === "Syncing") {
      told = round
      yield* Effect.logInfo(`In step with ${short(tip.commit)} after ${now - takenAt} ms: ${counts(state)}`)
    }
  })
}

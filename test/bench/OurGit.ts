// Our Git room, to be ordered about: in a process of its own, as in the application.
import type { Effect } from "effect"
import type { MeasuredSomethingElse } from "./AppliedTimes.ts"
import type { GitAddress } from "./BenchGit.ts"
import type { Done, Order } from "./GitRoom.ts"
import { startOrdered } from "./OrderedProcess.ts"

export interface OurGit {
  readonly order: (order: Order) => Effect.Effect<Done, MeasuredSomethingElse>
}

/** Answers once the repository is read; ends with the scope. */
export const startOurGit = (address: GitAddress) => startOrdered<"ready", Order, Done>("GitRoom.ts", address)

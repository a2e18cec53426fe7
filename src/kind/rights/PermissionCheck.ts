/**
 * Tells once what the kinds of the round need and we may not do, as a table with the role to add. In the background, after things have
 * begun: a missing right makes its kind unavailable, and nothing waits for what is found here.
 */
import { Effect, Layer, Stream } from "effect"
import type { Served } from "../../kubernetes/Discovery.ts"
import { Landscape } from "../../kubernetes/Landscape.ts"
import { missing, ourUser } from "../../kubernetes/rights/Permissions.ts"
import { permissionTable } from "../../kubernetes/rights/PermissionTable.ts"
import { merged, nameOf, type Right } from "../../kubernetes/rights/Right.ts"
import { Coordination } from "../Coordination.ts"
import { KindOptions } from "../KindOptions.ts"
import { roster } from "../Roster.ts"
import type { Round } from "../Round.ts"
import { deletingRights } from "./DeletingRights.ts"
import { missingRoles } from "./missingRoles.ts"
import { isOnlyTried, mirroringRights, ownRights, rightOf } from "./NeededRights.ts"

/** Rounds and kinds that come one after the other are looked at together. */
const quiet = "3 seconds"

type Kinds = ReturnType<typeof roster>

const rightsOf = ({ ruleset: { rules } }: Round, { specs }: Kinds, { kinds }: Served): ReadonlyArray<Right> => [
  ...[...specs.values()].flatMap(({ kind }) => {
    const right = rightOf(kind, rules)
    return right === undefined ? [] : [right]
  }),
  ...mirroringRights(rules),
  ...deletingRights(rules, kinds.values(), (kind) => specs.has(kind))
]

/** Of these, those that go to Git all the same when they can't be tried. */
const untried = (lacking: ReadonlyArray<Right>, { ruleset: { rules } }: Round, { specs }: Kinds) =>
  lacking.filter(({ group, resource, verbs }) =>
    verbs.includes("create") &&
    [...specs.values()].some(({ kind }) => kind.group === group && kind.plural === resource && isOnlyTried(kind, rules))
  ).map(nameOf)

interface Finding {
  readonly needed: ReadonlyArray<Right>
  readonly lacking: ReadonlyArray<Right>
  /** Names of resources of which only dry runs are missing. */
  readonly untried: ReadonlyArray<string>
  readonly user: string | undefined
}

const warning = ({ lacking, needed, untried, user }: Finding): string =>
  [
    `${
      user ?? "Our user"
    } may not do all that the rules need. What is MISSING here is unavailable until it is given; everything else goes on:`,
    permissionTable(needed, lacking),
    ...untried.length === 0 ? [] : [
      `Without "create" of ${
        untried.join(", ")
      }, which is only for dry runs, these go to Git all the same, with defaults beside what somebody set.`
    ],
    `Add this ("gitops-controller rbac" prints all that is needed):`,
    missingRoles(lacking, user)
  ].join("\n")

/** Looks after the first round, and whenever another rule set or other kinds need something else. Fails never. */
export const layer = Layer.effectDiscard(Effect.gen(function*() {
  const coordination = yield* Coordination
  const landscape = yield* Landscape
  const options = yield* KindOptions
  let asked = ""
  let told = ""

  const check = Effect.fnUntraced(function*(round: Round, served: Served) {
    const kinds = roster(round, served, yield* coordination.inventoryKinds, options)
    const needed = merged([...rightsOf(round, kinds, served), ...ownRights(options.own.stateNamespace)])
    const question = JSON.stringify([round.ruleset.number, needed])
    if (question === asked) return
    const lacking = yield* missing(needed)
    asked = question
    const finding = JSON.stringify(lacking)
    if (finding === told) return
    told = finding
    if (lacking.length === 0) return
    const user = yield* Effect.orElseSucceed(ourUser, () => undefined)
    yield* Effect.logWarning(warning({ needed, lacking, untried: untried(lacking, round, kinds), user }))
  })

  yield* Stream.zipLatest(coordination.rounds, landscape.changes).pipe(
    Stream.debounce(quiet),
    Stream.runForEach(([round, served]) =>
      check(round, served).pipe(
        Effect.catch(({ message }) => Effect.logDebug(`Our rights could not be looked at: ${message}`))
      )
    ),
    Effect.forkScoped
  )
}))

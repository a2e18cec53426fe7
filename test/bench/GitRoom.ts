// A program: the Git room as it runs in the application, warm. Does what it is ordered to, and answers how long that took.
import { Context, Effect, Layer, References, Stream, Tracer } from "effect"
import { GitActor } from "../../src/git/GitActor.ts"
import type { Changes, DocumentChange } from "../../src/git/GitMessages.ts"
import { ManifestReader } from "../../src/git/ManifestReader.ts"
import type { Tip } from "../../src/git/Tip.ts"
import { kindId, type ObjectKey } from "../../src/manifest/ObjectKey.ts"
import { benchGit, type GitAddress } from "./BenchGit.ts"
import { type BenchObject, mixedManifest, relabelled } from "./Manifests.ts"
import { tracerOf } from "./SpanEnds.ts"
import { takeOrders } from "./takeOrders.ts"

/** One label on these of the manifests in {@link mixedManifest}. */
export interface Relabelling {
  readonly indexes: ReadonlyArray<number>
  readonly app: string
}

export type Order =
  /** Look at a branch that hasn't moved. */
  | { readonly _tag: "Poll" }
  /** Look at a branch that has moved by this, and read the first of the manifests. */
  | { readonly _tag: "Fetch"; readonly expected: Relabelling }
  /** Submit this, and wait until it is committed. */
  | { readonly _tag: "Submit"; readonly wish: Relabelling }

/** What came of an order: the tip it ended with, the milliseconds, and what the room's own spans took of those. */
export interface Done {
  readonly commit: string
  readonly millis: number
  readonly spans: Readonly<Record<string, number>>
}

const keyOf = ({ apiVersion, kind, metadata: { name, namespace } }: BenchObject): ObjectKey => ({
  group: apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "",
  kind,
  namespace,
  name
})

const refOf = (tip: Tip, key: ObjectKey) =>
  tip.index.kinds.get(kindId(key))?.find(({ manifest }) => manifest.name === key.name)

const wished = (index: number, app: string) => relabelled(mixedManifest("bench", index), app).object

const changeOf = (tip: Tip, index: number, app: string): DocumentChange => {
  const object = wished(index, app)
  const key = keyOf(object)
  const basedOn = refOf(tip, key)?.manifest.digest ?? ""
  const manifest = JSON.parse(JSON.stringify(object))
  return {
    _tag: "PutDocument",
    key,
    manifest,
    basedOn,
    why: { rule: "1", changedBy: [{ fieldManager: "kubectl-edit" }] }
  }
}

const changesOf = (tip: Tip, { app, indexes: [first = 0, ...others] }: Relabelling): Changes => [
  changeOf(tip, first, app),
  ...others.map((index) => changeOf(tip, index, app))
]

const spans: Record<string, number> = {}

const tracer = tracerOf((name, millis) => {
  spans[name] = (spans[name] ?? 0) + millis
})

const measured = Effect.fnUntraced(function*<E>(work: Effect.Effect<string, E>) {
  for (const name of Object.keys(spans)) delete spans[name]
  const begin = performance.now()
  const commit = yield* work
  return { commit, millis: performance.now() - begin, spans: { ...spans } } satisfies Done
})

const otherwise = (what: string) => Effect.fail(new Error(what))

/** Answers once the repository is read. */
const begin = Effect.fnUntraced(function*(address: GitAddress) {
  const quiet = Layer.succeed(References.MinimumLogLevel, "Warn")
  const traced = Layer.merge(quiet, Layer.succeed(Tracer.Tracer, tracer))
  const room = yield* Layer.build(Layer.provideMerge(benchGit(address), traced))
  const { changes, refresh, submit } = Context.get(room, GitActor)
  const { read } = Context.get(room, ManifestReader)

  const tipNow = Effect.gen(function*() {
    const [report] = yield* changes.pipe(
      Stream.filter(({ failure, tip }) => failure !== undefined || tip !== undefined),
      Stream.take(1),
      Stream.runCollect
    )
    if (report?.failure !== undefined) return yield* report.failure
    return report?.tip ?? (yield* otherwise("no tip"))
  })

  const fetched = Effect.fnUntraced(function*({ app, indexes: [index = 0] }: Relabelling) {
    const tip = yield* refresh
    const ref = refOf(tip, keyOf(wished(index, app))) ?? (yield* otherwise("the manifest is not in the index"))
    const { metadata } = yield* read(ref)
    if (!JSON.stringify(metadata).includes(`"${app}"`)) return yield* otherwise(`read ${JSON.stringify(metadata)}`)
    return tip.commit ?? ""
  })

  const submitted = Effect.fnUntraced(function*(changes: Changes) {
    const answer = yield* submit("bench", changes)
    return answer._tag === "Committed" ? answer.commit : yield* otherwise(`the answer was ${answer._tag}`)
  })

  const carryOut = Effect.fnUntraced(function*(order: Order) {
    switch (order._tag) {
      case "Poll":
        return yield* measured(Effect.map(refresh, ({ commit }) => commit ?? ""))
      case "Fetch":
        return yield* measured(fetched(order.expected))
      case "Submit":
        return yield* measured(submitted(changesOf(yield* tipNow, order.wish)))
    }
  }, Effect.provideService(Tracer.Tracer, tracer))

  yield* tipNow
  return { first: "ready", carryOut }
})

await takeOrders(begin)

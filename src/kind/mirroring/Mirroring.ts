/**
 * How a kind carries out what is due on the way to Git: a bounded number of objects is looked at at once, never one twice, and nothing is
 * submitted of an object that the record doesn't hold as shown by this cluster.
 */
import { Effect, FiberSet, Stream } from "effect"
import { GitActor } from "../../git/GitActor.ts"
import type { DocumentChange } from "../../git/GitMessages.ts"
import type { ManifestReader } from "../../git/ManifestReader.ts"
import type { Authored } from "../../kubernetes/authored/Authored.ts"
import { Landscape } from "../../kubernetes/Landscape.ts"
import type { Schemas } from "../../kubernetes/schemas/Schemas.ts"
import { Writer, type WriteTarget } from "../../kubernetes/Writer.ts"
import type { ManifestRef } from "../../manifest/Manifest.ts"
import type { ObjectId, ObjectKey } from "../../manifest/ObjectKey.ts"
import type { Rule } from "../../rules/Ruleset.ts"
import { Coordination } from "../Coordination.ts"
import type { KindMessage } from "../KindMessage.ts"
import * as KindState from "../KindState.ts"
import type { Observer } from "../Observation.ts"
import { compare, type Comparison } from "./Comparison.ts"
import * as MirrorFolding from "./MirrorFolding.ts"
import { afterBegin, afterSubmit, type Basis, lastOf } from "./MirrorMemory.ts"
import type { Look } from "./MirrorMessage.ts"
import { ruleName } from "./MirrorScope.ts"
import type { MirrorVerdict } from "./MirrorVerdict.ts"
import { neverMirrored } from "./MirrorView.ts"
import { prove } from "./RemovalProof.ts"
import { shownTip } from "./shownTip.ts"

const maxInFlight = 32

type Due = Extract<MirrorVerdict, { readonly _tag: "Due" }>
type Differs = Extract<Comparison, { readonly _tag: "Differs" }>

/** What mirrors for one kind. */
export const make = Effect.fnUntraced(function*(
  state: KindState.KindState,
  observer: Observer,
  mail: (message: KindMessage) => Effect.Effect<unknown>
) {
  const coordination = yield* Coordination
  const git = yield* GitActor
  const landscape = yield* Landscape
  const services = yield* Effect.context<Authored | ManifestReader | Schemas | Writer>()
  const requests = yield* FiberSet.make<unknown>()
  const { mirror, spec } = state

  const keyOf = (id: ObjectId): ObjectKey => ({
    group: spec.kind.group,
    kind: spec.kind.kind,
    ...KindState.nameOf(id)
  })

  /** In the version of its manifest, as long as the cluster serves that. */
  const targetOf = (id: ObjectId, ref: ManifestRef | undefined): WriteTarget => {
    const stated = ref?.manifest.version
    const isServed = spec.kind.versions.some(({ version }) => version === stated)
    return {
      kind: spec.kind,
      version: isServed && stated !== undefined ? stated : spec.version,
      ...KindState.nameOf(id)
    }
  }

  const begin = (id: ObjectId, basis: Basis, step: "comparing" | "proving" | "submitted", now: number) => {
    const tracked = KindState.get(state, id)
    KindState.put(state, id, { ...tracked, mirror: afterBegin(tracked.mirror, basis, step) }, now)
  }

  const run = (request: Effect.Effect<KindMessage>) =>
    Effect.asVoid(FiberSet.run(requests, Effect.flatMap(request, mail)))

  const startLook = (id: ObjectId, { basis, ref }: Due, now: number): Effect.Effect<void> => {
    const tracked = KindState.get(state, id)
    const compared = {
      key: keyOf(id),
      ref,
      ownership: KindState.ownershipOf(state, id, tracked),
      last: lastOf(tracked.mirror),
      fieldManager: observer.fieldManager,
      ruleset: state.round?.ruleset ?? { number: -1, rules: [] },
      tip: tracked.mirror.editedIn ?? shownTip(state.round?.tip)
    }
    const target = targetOf(id, ref)
    const kept = mirror.shown.take(id, tracked.live?.version)
    const shown = target.version === spec.version ? kept : undefined
    const looking = Effect.gen(function*() {
      const writer = yield* Writer
      const object = shown ?? (yield* writer.get(target))
      const never = neverMirrored(spec.kind, object, spec.own)
      if (never !== undefined) return { _tag: "Unwritable", view: never } satisfies Look
      if (object.metadata.uid !== tracked.live?.uid) return { _tag: "Elsewhere" } satisfies Look
      const comparison = yield* compare(spec, compared, object)
      return { _tag: "Compared", comparison, resourceVersion: object.metadata.resourceVersion } satisfies Look
    }).pipe(
      Effect.catchTag("ObjectNotFound", () => Effect.succeed<Look>({ _tag: "Elsewhere" })),
      Effect.provideContext(services),
      Effect.exit,
      Effect.map((exit): KindMessage => ({ _tag: "Compared", id, basis, last: compared.last, exit }))
    )
    mirror.inFlight.add(id)
    begin(id, basis, "comparing", now)
    return run(looking)
  }

  const startProof = (id: ObjectId, basis: Basis, ref: ManifestRef, now: number): Effect.Effect<void> => {
    const proving = prove(spec.kind, targetOf(id, ref), mirror.definition).pipe(
      Effect.provideContext(services),
      Effect.exit,
      Effect.map((exit): KindMessage => ({ _tag: "Proved", id, basis, exit }))
    )
    mirror.inFlight.add(id)
    begin(id, basis, "proving", now)
    return run(proving)
  }

  /** Compares what is due, and proves what is gone, as far as there is room. */
  const startDue = Effect.fnUntraced(function*(now: number) {
    if (state.watch._tag === "Listing" || state.round?.mirroring._tag !== "Open") return
    for (const id of mirror.gone) {
      const verdict = mirror.verdicts.get(id)
      if (mirror.inFlight.size >= maxInFlight) return
      if (verdict?._tag === "Gone" && !mirror.inFlight.has(id))
        yield* startProof(id, verdict.basis, verdict.ref, now)
    }
    for (const id of mirror.due) {
      const verdict = mirror.verdicts.get(id)
      if (mirror.inFlight.size >= maxInFlight) return
      if (verdict?._tag === "Due" && !mirror.unseen.has(id) && !mirror.inFlight.has(id))
        yield* startLook(id, verdict, now)
    }
  })

  const submit = (
    id: ObjectId,
    basis: Basis,
    change: DocumentChange,
    { after, expected, writes, writtenBack }: Pick<Differs, "after" | "expected" | "writes" | "writtenBack">,
    now: number
  ): Effect.Effect<void> => {
    const tracked = KindState.get(state, id)
    const memory = afterSubmit(tracked.mirror, basis.document)
    KindState.put(state, id, { ...tracked, mirror: afterBegin(memory, basis, "submitted") }, now)
    const intended = MirrorFolding.intend(state, id, expected, basis.document === undefined, now)
    const recorded = intended === undefined ? Effect.void : coordination.intend(state.id, id, intended)
    return run(
      recorded.pipe(
        Effect.andThen(git.submit(state.id, [change])),
        Effect.exit,
        Effect.zip(Effect.map(git.tip, (tip) => tip?.number ?? 0)),
        Effect.map(([exit, tip]): KindMessage => ({
          _tag: "Submitted",
          id,
          basis,
          writes,
          after,
          expected,
          writtenBack,
          isRemoval: change._tag === "RemoveDocument",
          tip,
          exit
        }))
      )
    )
  }

  /** Proved again once it is granted: much may happen meanwhile. */
  const requestRemoval = (
    id: ObjectId,
    basis: Basis,
    ref: ManifestRef,
    goneWith: string | undefined,
    now: number
  ): Effect.Effect<void> => {
    const rule = KindState.ownershipOf(state, id, KindState.get(state, id)).lifecycle
    const always = rule?.prune === "always" && rule.resources.length > 0
    const removal = { kind: state.id, id, document: basis.document ?? "", always, goneWith }
    begin(id, basis, "proving", now)
    return run(
      coordination.requestRemoval(removal).pipe(
        Effect.andThen(prove(spec.kind, targetOf(id, ref), mirror.definition)),
        Effect.provideContext(services),
        Effect.exit,
        Effect.map((exit): KindMessage => ({ _tag: "RemovalAnswered", id, basis, exit }))
      )
    )
  }

  const submitRemoval = (
    id: ObjectId,
    basis: Basis,
    document: string,
    rule: Rule,
    now: number
  ): Effect.Effect<void> => {
    const change: DocumentChange = {
      _tag: "RemoveDocument",
      key: keyOf(id),
      basedOn: document,
      why: { rule: ruleName(rule) }
    }
    return submit(id, basis, change, { writes: [], after: undefined, expected: "", writtenBack: [] }, now)
  }

  /** Asks for the record to hold what is live and new. */
  const see = (now: number): Effect.Effect<void> => {
    if (!MirrorFolding.mustSee(state, now)) return Effect.void
    mirror.seeing = true
    const ids = [...mirror.unseen]
    return run(
      coordination.see(state.id, ids).pipe(
        Effect.exit,
        Effect.map((exit): KindMessage => ({ _tag: "SeeAnswered", ids, exit }))
      )
    )
  }

  /** Tells Git what must not be committed any more, and the record what it has to know. */
  const tell = Effect.gen(function*() {
    if (mirror.outlived.size > 0) {
      const keys = [...mirror.outlived].map(keyOf)
      mirror.outlived.clear()
      yield* git.withdraw(state.id, keys)
    }
    const { unsaved } = mirror
    if (unsaved.size > 0) {
      mirror.unsaved = new Map()
      yield* coordination.mirrored(state.id, unsaved)
    }
    const departed = MirrorFolding.takeDeparted(state)
    if (departed.length > 0) yield* coordination.unseen(state.id, departed)
  })

  if (spec.mirrors) {
    const name = `${spec.kind.plural}.${spec.kind.group}`
    yield* landscape.definitions.pipe(
      Stream.map(({ known, objects }) => known ? objects.get(name)?.uid : undefined),
      Stream.filter((uid) => uid !== undefined),
      Stream.changes,
      Stream.runForEach((uid) => mail({ _tag: "Defined", uid })),
      Effect.forkScoped
    )
    yield* mail({ _tag: "ShownTold", shown: yield* coordination.shown(state.id) })
    yield* git.withdraw(state.id)
  }

  /** What was decided by other rules is decided again. */
  const decideAgain = Effect.fnUntraced(function*(now: number) {
    if (!spec.mirrors) return
    yield* git.withdraw(state.id)
    mirror.shown.clear()
    for (const [id, tracked] of Array.from(state.tracked)) {
      if (tracked.mirror.underWay !== undefined)
        KindState.put(state, id, { ...tracked, mirror: { ...tracked.mirror, underWay: undefined } }, now)
    }
  })

  return {
    decideAgain,
    startDue,
    see,
    tell,
    submit,
    requestRemoval,
    submitRemoval,
    defined: (uid: string) => coordination.defined(state.id, uid)
  }
})

export type Mirroring = Effect.Success<ReturnType<typeof make>>

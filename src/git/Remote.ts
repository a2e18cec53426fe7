/**
 * The repository as its server shows it: where the branch points now, and the objects of a commit. Speaks protocol version 2, where looking
 * at an unchanged branch is one small request, and 0 and 1 with servers that don't.
 */
import { Effect, Ref, Result, Stream } from "effect"
import { distance } from "../manifest/Nearest.ts"
import {
  BranchNotFound,
  type GitFailure,
  NotAGitServer,
  ObjectFormatUnsupported,
  RemoteError,
  RemoteUnreachable,
  RepositoryTooLarge,
  ServerTooOld
} from "./GitError.ts"
import { redact } from "./GitUrl.ts"
import { Limits, type Transport, whole } from "./Transport.ts"
import * as Advertisement from "./wire/Advertisement.ts"
import * as FetchPack from "./wire/FetchPack.ts"
import * as LsRefs from "./wire/LsRefs.ts"
import { isForbidden } from "./wire/PushVerdict.ts"
import * as ReceivePack from "./wire/ReceivePack.ts"
import type { Refs } from "./wire/Refs.ts"
import type { WireFault } from "./wire/WireFault.ts"
import { WritePermit } from "./writing/WritePermit.ts"

export type { RefUpdate } from "./wire/ReceivePack.ts"

/** `Withheld`: whoever may write had changed by the time it was to be sent, so nothing was. */
export type PushAnswer = ReceivePack.PushAnswer | { readonly _tag: "Withheld"; readonly words: string }

/** Where the branch points. */
export interface Look {
  /** Without `refs/heads/`; `HEAD` where the remote's HEAD names a commit itself. */
  readonly branch: string
  /** `undefined`: the repository has no branch at all. */
  readonly commit: string | undefined
}

export interface Remote {
  readonly url: string
  /** Looks at the branch, or at the one the remote's HEAD points at. */
  readonly look: (branch: string | undefined) => Effect.Effect<Look, GitFailure>
  /** The pack of what the commit needs beyond what we have. */
  readonly fetch: (request: FetchPack.FetchRequest) => Effect.Effect<Buffer, GitFailure>
  /** How many generations of commits may be asked for at once: many where the server sends commits alone; 0 where it sends all or nothing. */
  readonly generations: Effect.Effect<number, GitFailure>
  /**
   * Moves a branch, if it is where the update says. After a failure the branch may be at the new commit or not: looking tells.
   */
  readonly push: (update: ReceivePack.RefUpdate) => Effect.Effect<PushAnswer, GitFailure>
  /** Whether the server lets us push at all, as far as it tells before anything is pushed: nothing is written. */
  readonly mayPush: Effect.Effect<Permission, GitFailure>
}

export type Permission = { readonly _tag: "Allowed" } | Extract<ReceivePack.PushAnswer, { readonly _tag: "Refused" }>

const refused = (words: string) => ({ _tag: "Refused", words }) as const

const heads = "refs/heads/"
const short = (ref: string): string => ref.startsWith(heads) ? ref.slice(heads.length) : ref

const failureOf = (url: string, fault: WireFault): GitFailure => {
  switch (fault._tag) {
    case "NotGit":
      return new NotAGitServer({ url, contentType: "", beginning: redact(fault.beginning).slice(0, 80) })
    case "CutOff":
      return new RemoteUnreachable({ url, reason: `its answer was cut off ${fault.where}` })
    case "Refused":
      return new RemoteError({ url, words: redact(fault.words) })
    case "OtherHash":
      return new ObjectFormatUnsupported({ url, format: fault.format })
    case "TooOld":
      return new ServerTooOld({ url, lacks: fault.lacks })
  }
}

/** The branches that are there, the most alike first. */
const near = (refs: Refs, branch: string): ReadonlyArray<string> =>
  [...refs.ids.keys()]
    .filter((ref) => ref.startsWith(heads))
    .slice(0, 1000)
    .map((ref) => ({ name: short(ref), distance: distance(short(ref).slice(0, 64), branch.slice(0, 64)) }))
    .toSorted((left, right) => left.distance - right.distance || left.name.localeCompare(right.name))
    .slice(0, 5)
    .map(({ name }) => name)

const hasBranches = (refs: Refs): boolean => refs.ids.keys().some((ref) => ref.startsWith(heads))

const headOf = (refs: Refs): string => short(refs.head?.target ?? "HEAD")

/** Where the branch points, as far as these refs tell. */
const pointed = (refs: Refs, branch: string | undefined): string | undefined =>
  branch === undefined ? refs.head?.id : refs.ids.get(`${heads}${branch}`)

export const makeRemote = Effect.fnUntraced(function*(transport: Transport) {
  const { url } = transport
  const { bytes: mostBytes } = yield* Limits
  const permit = yield* WritePermit
  const known = yield* Ref.make<Advertisement.Advertisement | undefined>(undefined)

  const understood = <A>(result: Result.Result<A, WireFault>): Effect.Effect<A, GitFailure> =>
    Effect.fromResult(Result.mapError(result, (fault) => failureOf(url, fault)))

  const advertise = transport.advertise.pipe(
    Effect.flatMap((bytes) => understood(Advertisement.decode(bytes))),
    Effect.tap((advertisement) => Ref.set(known, advertisement))
  )

  const refs = (advertisement: Advertisement.Advertisement, prefixes: ReadonlyArray<string>) =>
    advertisement.version === 0
      ? Effect.succeed(advertisement.refs)
      : whole(transport.call(LsRefs.encode(advertisement, prefixes))).pipe(
        Effect.flatMap((bytes) => understood(LsRefs.decode(bytes)))
      )

  /** What a server of version 2 can do is asked once; one of version 0 or 1 tells its refs only together with it. */
  const current = Effect.flatMap(
    Ref.get(known),
    (advertisement) => advertisement?.version === 2 ? Effect.succeed(advertisement) : advertise
  )

  const look = Effect.fn("Remote.look")(function*(branch: string | undefined): Effect.fn.Return<Look, GitFailure> {
    const advertisement = yield* current
    const some = yield* refs(advertisement, [branch === undefined ? "HEAD" : `${heads}${branch}`])
    const commit = pointed(some, branch)
    if (commit !== undefined) return { branch: branch ?? headOf(some), commit }
    const all = yield* refs(advertisement, ["HEAD", heads])
    if (!hasBranches(all)) return { branch: branch ?? headOf(all), commit: undefined }
    const wanted = branch ?? headOf(all)
    return yield* new BranchNotFound({ url, branch: wanted, near: near(all, wanted) })
  }, Effect.tapCause(() => Ref.set(known, undefined)))

  const fetch = Effect.fn("Remote.fetch")(function*(request: FetchPack.FetchRequest) {
    const advertisement = (yield* Ref.get(known)) ?? (yield* advertise)
    const body = yield* understood(FetchPack.encode(advertisement, request))
    const answer = yield* transport.call(body).pipe(
      Stream.runFoldEffect(FetchPack.nothing, (answer, bytes) =>
        answer.size > mostBytes
          ? Effect.fail(new RepositoryTooLarge({ url, what: `more than ${mostBytes} bytes for one commit` }))
          : understood(FetchPack.take(answer, bytes)))
    )
    return yield* understood(FetchPack.finish(answer))
  }, Effect.tapCause(() => Ref.set(known, undefined)))

  const generations = Effect.map(current, (advertisement) => {
    if (!FetchPack.leavesHistoryOut(advertisement)) return 0
    return FetchPack.leavesTreesOut(advertisement) ? 1000 : 50
  })

  /** A server that lets us read and not write says so before we send anything. */
  const orForbidden = <A>(conversation: Effect.Effect<A, GitFailure>, isSent: Effect.Effect<boolean>) =>
    Effect.catchTags(conversation, {
      PushForbidden: (failure) =>
        failure.status === 403 ? Effect.succeed(refused(failure.message)) : Effect.fail(failure),
      RemoteError: (failure) =>
        Effect.flatMap(isSent, (isSent) =>
          !isSent && failure.status === undefined && isForbidden(failure.words)
            ? Effect.succeed(refused(failure.words))
            : Effect.fail(failure))
    })

  const push = Effect.fn("Remote.push")(
    function*(update: ReceivePack.RefUpdate): Effect.fn.Return<PushAnswer, GitFailure> {
      const plan = yield* Ref.make<ReceivePack.Plan | Extract<PushAnswer, { _tag: "Withheld" }> | undefined>(undefined)
      // Connecting and the advertisement may have taken long.
      const stillPermitted = <Made extends ReceivePack.Plan>(made: Made) =>
        Effect.match(permit, {
          onFailure: ({ message }) => ({ _tag: "Withheld", words: message }) as const,
          onSuccess: () => made
        })
      const compose = (bytes: Buffer) =>
        understood(Result.flatMap(Advertisement.decode(bytes), (shown) => ReceivePack.plan(shown, update))).pipe(
          Effect.flatMap(stillPermitted),
          Effect.tap((made) => Ref.set(plan, made)),
          Effect.map((made) => made._tag === "Send" ? made.request : undefined)
        )
      const conversation = Effect.gen(function*() {
        const answer = yield* transport.push(compose).pipe(
          Stream.runFoldEffect(ReceivePack.nothing, (answer, bytes) => understood(ReceivePack.take(answer, bytes))),
          Effect.result
        )
        const made = yield* Ref.get(plan)
        // Nothing was sent: how the conversation ended changes nothing.
        if (made !== undefined && made._tag !== "Send") return made
        return yield* understood(ReceivePack.finish(yield* Effect.fromResult(answer), update.ref))
      })
      const outcome = yield* orForbidden(conversation, Effect.map(Ref.get(plan), (made) => made !== undefined))
      return outcome._tag === "Later" ? yield* new RemoteError({ url, words: outcome.words }) : outcome
    }
  )

  const mayPush = orForbidden(
    Stream.runDrain(
      transport.push((bytes) =>
        Effect.as(understood(Result.flatMap(Advertisement.decode(bytes), ReceivePack.check)), undefined)
      )
    ).pipe(Effect.as<Permission>({ _tag: "Allowed" })),
    Effect.succeed(false)
  ).pipe(Effect.withSpan("Remote.mayPush"))

  return { url, look, fetch, generations, push, mayPush } satisfies Remote
})

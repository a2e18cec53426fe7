// A Coordination for tests of one kind: what isn't given is done without anything to tell.
import { Effect, Layer, Stream } from "effect"
import { GitActor } from "../../src/git/GitActor.ts"
import { SetAside } from "../../src/git/SetAside.ts"
import { Coordination } from "../../src/kind/Coordination.ts"
import { KindOptions } from "../../src/kind/KindOptions.ts"
import { ApiServer } from "../../src/kubernetes/ApiServer.ts"
import { Authored } from "../../src/kubernetes/authored/Authored.ts"

export const coordinating = (change: Partial<Coordination["Service"]>): Coordination["Service"] =>
  Coordination.of({
    rounds: Stream.never,
    inventoryKinds: Effect.succeed(new Set<string>()),
    recorded: () => Effect.succeed(new Set<string>()),
    expect: () => Effect.void,
    enroll: () => Effect.void,
    synced: () => Effect.void,
    departed: () => Effect.void,
    jobFinished: () => Effect.void,
    requestDeletion: () => Effect.never,
    shown: () => Effect.succeed({ objects: new Map(), definition: undefined }),
    see: () => Effect.void,
    mirrored: () => Effect.void,
    intend: () => Effect.void,
    unseen: () => Effect.void,
    defined: () => Effect.void,
    requestRemoval: () => Effect.void,
    report: () => Effect.void,
    ...change
  })

const nobody = () => Effect.never

/** For actors that send nothing to Git. */
export const nothingToGit = Layer.mergeAll(
  Layer.succeed(GitActor, {
    changes: Stream.never,
    tip: Effect.undefined,
    refresh: Effect.never,
    submit: nobody,
    withdraw: () => Effect.void,
    drain: Effect.void,
    nameCluster: nobody,
    history: nobody
  }),
  Layer.mock(ApiServer, { server: "none", origin: "a test" }),
  Layer.succeed(SetAside, { find: () => Effect.undefined }),
  Layer.succeed(Authored, { of: nobody }),
  Layer.succeed(KindOptions, {
    fieldManager: "us",
    applySet: "applyset-test",
    defaultNamespace: "default",
    own: { stateNamespace: "gitops-controller" },
    volumes: "restore",
    maxAge: 30_000
  })
)

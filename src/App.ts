/** The wiring, in one place: which room gets which options, and what stands on what. */
import { Duration, Layer } from "effect"
import { createHash } from "node:crypto"
import type { Config } from "./config/Config.ts"
import { withoutCredentials } from "./config/RepositoryUrl.ts"
import * as Coordinator from "./coordination/Coordinator.ts"
import * as GitPermit from "./coordination/GitPermit.ts"
import * as RecordStore from "./coordination/RecordStore.ts"
import { GitActor } from "./git/GitActor.ts"
import { GitOptions } from "./git/GitOptions.ts"
import { ManifestReader } from "./git/ManifestReader.ts"
import { SetAside } from "./git/SetAside.ts"
import { HttpOptions } from "./http/HttpOptions.ts"
import * as Server from "./http/Server.ts"
import * as ApplySet from "./kind/ApplySet.ts"
import { KindOptions } from "./kind/KindOptions.ts"
import { Kinds } from "./kind/Kinds.ts"
import * as LeaseCheck from "./kind/rights/LeaseCheck.ts"
import * as PermissionCheck from "./kind/rights/PermissionCheck.ts"
import { RuleCheck } from "./kind/RuleCheck.ts"
import { ApiServer } from "./kubernetes/ApiServer.ts"
import { Attention, ofLeader } from "./kubernetes/Attention.ts"
import { Authored } from "./kubernetes/authored/Authored.ts"
import { Events } from "./kubernetes/Events.ts"
import { KubernetesOptions } from "./kubernetes/KubernetesOptions.ts"
import { Landscape } from "./kubernetes/Landscape.ts"
import { Leadership } from "./kubernetes/Leadership.ts"
import { Reflector } from "./kubernetes/Reflector.ts"
import { Schemas } from "./kubernetes/schemas/Schemas.ts"
import { Writer } from "./kubernetes/Writer.ts"

/** Which cluster, as asked for on the command line. */
export interface ClusterChoice {
  readonly kubeconfig?: string
  readonly context?: string
}

/** One leader per repository, branch and path. */
const leaseName = (config: Config, repository: string): string => {
  const source = [repository, config.branch ?? "", config.gitPath].join("\n")
  return `gitops-controller.${createHash("sha256").update(source).digest("hex").slice(0, 16)}`
}

const identity = (config: Config) => {
  const head = RecordStore.headName(config.name)
  const parent: ApplySet.Parent = { name: head, namespace: config.stateNamespace, kind: "ConfigMap", group: "" }
  return { head, repository: withoutCredentials(config.gitUrl), applySet: ApplySet.idOf(parent) }
}

/** What each room is told of the configuration. */
export const options = (config: Config, cluster: ClusterChoice) => {
  const { applySet, repository } = identity(config)
  return Layer.mergeAll(
    Layer.succeed(KubernetesOptions, {
      ...cluster,
      stateNamespace: config.stateNamespace,
      leaseName: leaseName(config, repository),
      lease: config.lease,
      fieldManager: config.fieldManager
    }),
    Layer.succeed(GitOptions, {
      url: config.gitUrl,
      branch: config.branch,
      gitPath: config.gitPath,
      interval: config.interval,
      name: config.name,
      defaultNamespace: config.namespace,
      commit: config.commit,
      layout: config.layout,
      credentials: config.credentials
    }),
    Layer.succeed(KindOptions, {
      fieldManager: config.fieldManager,
      applySet,
      defaultNamespace: config.namespace,
      own: { stateNamespace: config.stateNamespace },
      volumes: config.volumes,
      maxAge: Duration.toMillis(config.commit.maxAge)
    }),
    Layer.succeed(HttpOptions, {
      port: config.http.port,
      status: { name: config.name, repository, gitPath: config.gitPath }
    })
  )
}

/** The Kubernetes room. */
export const kubernetes = Authored.layer.pipe(
  Layer.provideMerge(Layer.merge(Schemas.layer, Events.layer)),
  Layer.provideMerge(Writer.layer),
  Layer.provideMerge(Landscape.layer),
  Layer.provideMerge(Layer.effect(Attention, ofLeader)),
  Layer.provideMerge(Layer.merge(Reflector.layer, Leadership.layer)),
  Layer.provideMerge(ApiServer.layer)
)

/** The Git room. */
export const git = Layer.merge(ManifestReader.layer, SetAside.layer).pipe(Layer.provideMerge(GitActor.layer))

/** Where the record is kept. */
export const recordStore = (config: Config) =>
  RecordStore.layer({
    name: config.name,
    stateNamespace: config.stateNamespace,
    decorate: ({ inventory }) => ApplySet.parentMetadata(identity(config).applySet, config.stateNamespace, inventory)
  })

/** The Coordinator with its record, and the kinds. */
export const engine = (config: Config) => {
  const { head, repository } = identity(config)
  const coordinator = Coordinator.layer({
    name: config.name,
    stateNamespace: config.stateNamespace,
    record: `${config.stateNamespace}/${head}`,
    repository,
    gitPath: config.gitPath,
    restore: config.restore,
    interval: config.interval,
    deletions: config.deletions,
    gathering: config.commit
  })
  return Layer.mergeAll(Kinds.layer, PermissionCheck.layer, RuleCheck.layer).pipe(
    Layer.provideMerge(coordinator),
    Layer.provide(recordStore(config))
  )
}

/** Everything, for one configuration. Stops in the reverse order: the server, the kinds, the Coordinator, Git, the term. */
export const layer = (config: Config, cluster: ClusterChoice) =>
  Layer.merge(Server.layer, LeaseCheck.layer).pipe(
    Layer.provideMerge(engine(config)),
    Layer.provideMerge(git.pipe(Layer.provide(GitPermit.layer))),
    Layer.provideMerge(kubernetes),
    Layer.provide(options(config, cluster))
  )

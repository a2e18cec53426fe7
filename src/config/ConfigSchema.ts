/** The whole configuration file: every key, what it means, what it may be. Validation and the JSON Schema both come from here. */
import { Duration, Schema } from "effect"
import { layoutProblem } from "../manifest/LayoutText.ts"
import * as BranchName from "./BranchName.ts"
import { CommitSchema } from "./CommitSchema.ts"
import { CredentialsSchema } from "./CredentialsSchema.ts"
import { defaults } from "./Defaults.ts"
import { duration, gitPath, oneOf, text } from "./Fields.ts"
import { fieldManagerProblem, labelProblem } from "./KubernetesName.ts"
import { LeaseSchema } from "./LeaseSchema.ts"
import * as RepositoryUrl from "./RepositoryUrl.ts"
import { RulesSchema } from "./RuleSchema.ts"

const key = Schema.optionalKey
const second = Duration.seconds(1)

interface AboutCount {
  readonly description: string
  readonly default: number
  readonly examples: ReadonlyArray<number>
}

const count = (about: AboutCount, greatest: number, allowed: string) =>
  Schema.Number.annotate({ ...about, expected: `a number: ${allowed}` }).check(
    Schema.isInt({ message: `allowed: ${allowed}` }),
    Schema.isBetween({ minimum: 0, maximum: greatest }, { message: `allowed: ${allowed}` })
  )

export const ConfigSchema = Schema.Struct({
  gitUrl: key(text(
    {
      description:
        "The repository: https://, http://, ssh://, git@host:path or file:// (a bare repository on this machine), without a password. A URL on the command line wins; one of both must be there.",
      examples: [
        "https://git.example.com/acme/cluster.git",
        "git@github.com:acme/cluster.git",
        "file:///srv/git/cluster.git"
      ]
    },
    RepositoryUrl.problem
  )),
  branch: key(
    text(
      {
        description: "The branch that is followed and committed to. Default: the one that the remote's HEAD points at.",
        examples: ["main"]
      },
      BranchName.problem
    )
  ),
  gitPath: key(
    gitPath({
      description: "Directory of the manifests, from the root of the repository. Default: the whole repository.",
      examples: ["clusters/prod"]
    })
  ),
  rules: RulesSchema,
  name: key(text(
    {
      description: "Tells several controllers of one cluster apart. One per repository, branch and path.",
      default: defaults.name,
      examples: ["shop"]
    },
    labelProblem
  )),
  namespace: key(
    text(
      {
        description: "For namespaced manifests that name no namespace.",
        default: defaults.namespace,
        examples: ["shop"]
      },
      labelProblem
    )
  ),
  stateNamespace: key(text(
    {
      description: "Where the record and the Lease live, made if missing. In a pod: the pod's own.",
      default: defaults.stateNamespace,
      examples: ["gitops"]
    },
    labelProblem
  )),
  interval: key(duration(
    { description: "How often the branch is looked at, from 1s to 24h.", default: defaults.interval, examples: ["5m"] },
    second
  )),
  commit: key(CommitSchema),
  layout: key(
    text(
      {
        description:
          "Where new manifests go, below gitPath. {namespace}, {kind}, {name} and {group} are filled in; {name} must be there.",
        default: defaults.layout,
        examples: ["{namespace}/{kind}/{name}.yaml"]
      },
      layoutProblem
    )
  ),
  deletions: key(
    Schema.Struct({
      max: key(
        count(
          { description: "At most this many objects.", default: defaults.deletions.max, examples: [100] },
          1_000_000,
          "whole numbers from 0"
        )
      ),
      percent: key(
        count(
          {
            description: "At most this share of what is there. Counts from five objects on.",
            default: defaults.deletions.percent,
            examples: [5]
          },
          100,
          "0 to 100"
        )
      )
    }).annotate({
      description: "How much may be deleted on a side, at once or in ten minutes. More than that waits for a person."
    })
  ),
  restore: key(
    oneOf(["auto", "off"], {
      description: "Whether a new cluster is restored from Git by itself, unless the one that Git names lives.",
      default: defaults.restore
    })
  ),
  volumes: key(oneOf(["restore", "reattach"], {
    description:
      "How claims of a restored cluster get their data: from their newest snapshots (restore), or with the very volumes that they had (reattach).",
    default: defaults.volumes
  })),
  lease: key(LeaseSchema),
  credentials: key(CredentialsSchema),
  http: key(
    Schema.Struct({
      port: key(
        count(
          {
            description: "Port of /healthz, /readyz, /metrics and /status.",
            default: defaults.http.port,
            examples: [9090]
          },
          65535,
          "0 to 65535 (0 is any free port)"
        )
      )
    }).annotate({ description: "The controller's own HTTP server.", expected: "a map such as { port: 8080 }" })
  ),
  fieldManager: key(
    text(
      {
        description: "Name of our entries in managedFields.",
        default: defaults.fieldManager,
        examples: ["gitops-controller-shop"]
      },
      fieldManagerProblem
    )
  )
}).annotate({ title: "gitops-controller", description: "Configuration of gitops-controller" })

/** A configuration file, decoded, before defaults. */
export type ConfigInFile = typeof ConfigSchema.Type

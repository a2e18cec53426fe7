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

const count = (description: string, byDefault: number, greatest: number, allowed: string) =>
  Schema.Number.annotate({ description, default: byDefault, expected: `a number: ${allowed}` }).check(
    Schema.isInt({ message: `allowed: ${allowed}` }),
    Schema.isBetween({ minimum: 0, maximum: greatest }, { message: `allowed: ${allowed}` })
  )

export const ConfigSchema = Schema.Struct({
  gitUrl: key(text(
    {
      description:
        "The repository: https://, http://, ssh://, git@host:path or file://. A URL on the command line wins.",
      examples: ["https://git.example.com/acme/cluster.git", "file:///srv/git/cluster.git"]
    },
    RepositoryUrl.problem
  )),
  branch: key(
    text(
      { description: "Default: the branch that the remote's HEAD points at.", examples: ["main"] },
      BranchName.problem
    )
  ),
  gitPath: key(
    gitPath({ description: "Directory of the manifests. Default: the whole repository.", examples: ["clusters/prod"] })
  ),
  rules: RulesSchema,
  name: key(text(
    {
      description: "Tells several controllers of one cluster apart. One per repository, branch and path.",
      default: defaults.name
    },
    labelProblem
  )),
  namespace: key(
    text({ description: "For namespaced manifests that name no namespace.", default: defaults.namespace }, labelProblem)
  ),
  stateNamespace: key(text(
    {
      description: "Where the record and the Lease live, made if missing. In a pod: the pod's own.",
      default: defaults.stateNamespace
    },
    labelProblem
  )),
  interval: key(duration({ description: "How often the branch is looked at.", default: defaults.interval }, second)),
  commit: key(CommitSchema),
  layout: key(
    text({ description: "Where new manifests go, below gitPath.", default: defaults.layout }, layoutProblem)
  ),
  deletions: key(
    Schema.Struct({
      max: key(count("At most this many at once.", defaults.deletions.max, 1_000_000, "whole numbers from 0")),
      percent: key(count("At most this share of what is there.", defaults.deletions.percent, 100, "0 to 100"))
    }).annotate({ description: "Budget of deletions per side, at once or in ten minutes." })
  ),
  restore: key(
    oneOf(["auto", "off"], {
      description: "Whether a new cluster is restored from Git by itself.",
      default: defaults.restore
    })
  ),
  volumes: key(oneOf(["restore", "reattach"], {
    description: "Volumes of a restored cluster: from snapshots (restore), or the same backend volumes (reattach).",
    default: defaults.volumes
  })),
  lease: key(LeaseSchema),
  credentials: key(CredentialsSchema),
  http: key(
    Schema.Struct({
      port: key(
        count(
          "Port of /healthz, /readyz, /metrics and /status.",
          defaults.http.port,
          65535,
          "0 to 65535 (0 is any free port)"
        )
      )
    }).annotate({ description: "The controller's own HTTP server.", expected: "a map such as { port: 8080 }" })
  ),
  fieldManager: key(
    text({ description: "Name of our entries in managedFields.", default: defaults.fieldManager }, fieldManagerProblem)
  )
}).annotate({ title: "gitops-controller", description: "Configuration of gitops-controller" })

/** A configuration file, decoded, before defaults. */
export type ConfigInFile = typeof ConfigSchema.Type

// The page of every configuration key: what the JSON Schema says of each, in groups, with what can't be said in one line.
// Written anew by: npx node test/config/writeConfigurationPage.ts
import { join } from "node:path"
import { Document, isCollection } from "yaml"
import { jsonSchema } from "../../src/config/JsonSchema.ts"
import { type Key, keysOf } from "./keysOf.ts"

export const pageFile = join(import.meta.dirname, "..", "..", "docs", "configuration.md")

interface Group {
  readonly title: string
  /** Keys at the top of the file; what is in them comes along. */
  readonly keys: ReadonlyArray<string>
  readonly text: string
}

const intro = `# Configuration

One YAML file: \`config.yaml\`, or what \`--config\` names. Only \`rules\` and a repository must be there.

\`\`\`yaml
# yaml-language-server: $schema=config.schema.json
gitUrl: git@github.com:acme/cluster.git
gitPath: clusters/prod
rules:
  - resources: [deployments, statefulsets]
    filters: [/spec/replicas]
    syncTo: ignore
  - syncTo: kubernetes
commit: { author: { name: Prod cluster, email: prod@acme.example } }
\`\`\`

- The first line tells an editor to complete and check the file: \`gitops-controller schema > config.schema.json\` writes that schema. \`gitops-controller init\` writes a whole configuration, its schema beside it.
- An unknown key is a mistake. \`gitops-controller validate\` prints all of them with line and column, \`validate --cluster\` also what doesn't fit the cluster.
- A duration is written \`500ms\`, \`30s\`, \`1m30s\` or \`1h\`. Paths of files are absolute, or relative to where the program was started.
- A changed file is followed while the program runs. \`name\`, \`stateNamespace\` and \`fieldManager\` say whose everything is: to change them, stop it and \`gitops-controller release --all\` first.
- [\`deploy/config.yaml\`](../deploy/config.yaml) has all of it in one file.
`

const groups: ReadonlyArray<Group> = [
  {
    title: "The repository",
    keys: ["gitUrl", "branch", "gitPath", "interval"],
    text:
      "To look at the branch is one small request. When it will not connect, `gitops-controller git check` says at which step."
  },
  {
    title: "Rules",
    keys: ["rules"],
    text:
      "What they mean, with examples: [field by field](../README.md#field-by-field), [from the cluster to Git](../README.md#from-the-cluster-to-git), [both may change it](../README.md#both-may-change-it)."
  },
  {
    title: "Commits",
    keys: ["commit", "layout"],
    text:
      "For rules with `syncTo: git` or `both`. What a commit looks like: [from the cluster to Git](../README.md#from-the-cluster-to-git)."
  },
  {
    title: "Deletions",
    keys: ["deletions"],
    text:
      "In Git as in the cluster. All of a kind, or all of a namespace, waits for a person, too, from five objects on: `gitops-controller confirm`. When anything is deleted at all: [what leaves Git leaves the cluster](../README.md#what-leaves-git-leaves-the-cluster)."
  },
  { title: "Restoring", keys: ["restore", "volumes"], text: "See [backup and restore](backup.md)." },
  {
    title: "Replicas",
    keys: ["lease"],
    text: "A standby takes over within `duration` and two seconds when the leader dies, at once when it ends in order."
  },
  {
    title: "Credentials",
    keys: ["credentials"],
    text:
      "In a pod the Secret `git-ssh` is at `/ssh`, and `git-https` at `/https`: see [install.md](install.md). On your own machine, where those files are missing, your SSH agent, `~/.ssh` and your Git's `credential.helper` are used; in a pod never. `HTTPS_PROXY` and `NO_PROXY` count. An unknown or changed host key is always refused."
  },
  { title: "HTTP", keys: ["http"], text: "Without login, and read-only." },
  {
    title: "Names",
    keys: ["name", "namespace", "stateNamespace", "fieldManager"],
    text: "They rarely need a change. A second installation in one cluster needs a `name` of its own."
  }
]

const inFlow = (value: unknown) => {
  const document = new Document(value)
  if (isCollection(document.contents)) document.contents.flow = true
  return document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd()
}

const code = (value: unknown) => `\`${inFlow(value)}\``

const duration = /^\^\(0\|/

const typeOf = ({ schema }: Key): string => {
  const { enum: choices, items, maximum, minimum, pattern, type } = schema
  if (Array.isArray(choices)) return choices.map(code).join(", ")
  if (typeof pattern === "string" && duration.test(pattern)) return "duration"
  switch (type) {
    case "array":
      return Object(items)["type"] === "object" ? "list of maps" : "list of texts"
    case "boolean":
      return "`true`, `false`"
    case "integer":
      return `number, ${String(minimum)} to ${String(maximum)}`
    case "object":
      return "map"
    default:
      return "text"
  }
}

const rowOf = (key: Key) =>
  [
    `\`${key.path}\``,
    typeOf(key),
    key.isRequired ? "must be there" : "default" in key.schema ? code(key.schema["default"]) : "",
    key.examples.map(code).join("<br>"),
    key.description
  ].map((cell) => cell.replaceAll("|", "\\|")).join(" | ")

const head = "| key | what it may be | default | example | meaning |\n|---|---|---|---|---|\n"

/** The key at the top that it is in: `rules[].names` is in `rules`. */
const topOf = ({ path }: Key) => path.replace(/[.[].*/, "")

const sectionOf = ({ keys, text, title }: Group) => {
  const rows = keysOf(jsonSchema).filter((key) => keys.includes(topOf(key)))
  return `## ${title}\n\n${text}\n\n${head}${rows.map((key) => `| ${rowOf(key)} |\n`).join("")}`
}

/** The top keys in the order of the page. */
export const groupedKeys = groups.flatMap(({ keys }) => keys)

export const page = [intro, ...groups.map(sectionOf)].join("\n")

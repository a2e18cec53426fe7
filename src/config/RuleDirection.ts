/** What a rule may say beside its `syncTo`: what goes to Git needs other things than what goes to the cluster. Pure. */

interface Direction {
  readonly apiGroups?: ReadonlyArray<string>
  readonly resources?: ReadonlyArray<string>
  readonly syncTo: "git" | "kubernetes" | "ignore" | "both"
  readonly prune?: "owned" | "always" | "never"
  readonly conflict?: "git" | "kubernetes" | "hold"
}

/** Secrets of the core group, by whatever name. */
const isSecrets = (resource: string) => ["secret", "secrets"].includes(resource.toLowerCase())

const namesOnlySecrets = ({ apiGroups = [], resources = [] }: Direction) =>
  resources.length > 0 && resources.every(isSecrets) && apiGroups.every((group) => group === "")

/** What is wrong with it, each at a key of the rule. */
export const directionProblems = (rule: Direction) => {
  const { conflict, prune, resources = [], syncTo } = rule
  const writesToGit = syncTo === "git" || syncTo === "both"
  return [
    ...conflict !== undefined && syncTo !== "both"
      ? [{
        path: ["conflict"],
        issue: `it belongs to "syncTo: both": under "syncTo: ${syncTo}" one side is always right`
      }]
      : [],
    ...prune === "always" && syncTo !== "ignore" && resources.length === 0
      ? [{
        path: ["prune"],
        issue: writesToGit
          ? `it takes from Git also what this cluster has never had, so the rule must name its resources: resources: [deployments]`
          : `it deletes in the cluster also what nobody applied from Git, so the rule must name its resources: resources: [deployments]`
      }]
      : [],
    ...writesToGit && namesOnlySecrets(rule)
      ? [{
        path: ["syncTo"],
        issue:
          `but Secrets are never written to Git, and this rule names nothing else; use "kubernetes" or "ignore", or name other resources`
      }]
      : []
  ]
}

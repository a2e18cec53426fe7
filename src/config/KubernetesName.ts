/** What Kubernetes takes for the names a configuration holds. Each answer completes the sentence "…; ". */

const label = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

const onlyStars = `only "*" (any characters) and "?" (one character) have a meaning here`

const negation = `there is no negation: write a rule with "syncTo: ignore" above this one`

/** RFC 1123 label: the names of namespaces, and ours. */
export const labelProblem = (text: string): string | undefined =>
  label.test(text)
    ? undefined
    : `it must be a DNS label: at most 63 lower-case letters, digits and "-", no "-" at either end`

/** An API group without its version, `""` for the core group. */
export const apiGroupProblem = (text: string): string | undefined => {
  if (text === "") return undefined
  if (text === "*") return "leave the list empty for any group"
  if (text === "core" || text === "v1") return `the core group is written ""`
  if (text.includes("/")) return `write the group without its version: "${text.slice(0, text.indexOf("/"))}"`
  return text.length <= 253 && subdomain.test(text)
    ? undefined
    : `it must be an API group such as "apps" or "snapshot.storage.k8s.io"`
}

/** `deployments.v1.apps` as `deployments.apps`. */
const resourceWithout = (resource: string, group: string) =>
  [resource.slice(0, resource.indexOf(".")), ...group.split(".").slice(1)].join(".")

/** Plural, singular, kind or short name, in any case, alone or as `resource.group`. */
export const resourceProblem = (text: string): string | undefined => {
  if (text === "*") return "leave the list empty for any resource"
  if (text.includes("/")) return `a subresource can't be synced by itself: write "${text.slice(0, text.indexOf("/"))}"`
  const dot = text.indexOf(".")
  const group = dot === -1 ? undefined : text.slice(dot + 1).toLowerCase()
  if (group !== undefined && /^v\d+((alpha|beta)\d+)?(\.|$)/.test(group))
    return `write it without the version: "${resourceWithout(text, group)}"`
  return /^[A-Za-z]([-A-Za-z0-9]{0,61}[A-Za-z0-9])?$/.test(dot === -1 ? text : text.slice(0, dot)) &&
      (group === undefined || (group.length <= 253 && subdomain.test(group)))
    ? undefined
    : `it must be the name of a resource such as "deployments", "Deployment", "deploy" or "deployments.apps"`
}

export const namespaceGlobProblem = (text: string): string | undefined => {
  if (text.startsWith("!")) return negation
  if (/^[-a-z0-9*?]{1,63}$/.test(text)) return undefined
  return /[[\]{}!^]/.test(text)
    ? onlyStars
    : `it must be a namespace or a pattern of one: at most 63 lower-case letters, digits, "-", "*" and "?"`
}

export const nameGlobProblem = (text: string): string | undefined => {
  if (text.startsWith("!")) return negation
  if (text === "" || text === "." || text === ".." || text.length > 253 || /[\s\p{Cc}/%]/u.test(text))
    return `it must be the name of an object or a pattern of one: at most 253 characters, no space, "/" or "%"`
  return /[[\]{}!^]/.test(text) ? onlyStars : undefined
}

export const fieldManagerProblem = (text: string): string | undefined => {
  if (!/^[\x21-\x7e]{1,128}$/.test(text)) return "it must be 1 to 128 printable characters without a space"
  return /^kubectl|^before-first-apply$/.test(text)
    ? "the API server gives that name a meaning of its own: choose another one"
    : undefined
}

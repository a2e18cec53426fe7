/** Where a kind or an object of it lives below the API server's address. Names keep their case and are encoded. */

export interface ResourcePath {
  readonly group: string
  readonly version: string
  readonly plural: string
  /** `""` or absent: cluster-scoped, or all namespaces. */
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
}

export const apiPath = ({ group, name, namespace, plural, subresource, version }: ResourcePath): string => {
  const root = group === "" ? `/api/${version}` : `/apis/${group}/${version}`
  const scope = namespace === undefined || namespace === "" ? "" : `/namespaces/${encodeURIComponent(namespace)}`
  const one = name === undefined ? "" : `/${encodeURIComponent(name)}`
  const part = subresource === undefined ? "" : `/${subresource}`
  return `${root}${scope}/${plural}${one}${part}`
}

/** As kubectl writes it: `deployments.apps`, `configmaps`. */
export const resourceName = ({ group, plural }: { readonly group: string; readonly plural: string }): string =>
  group === "" ? plural : `${plural}.${group}`

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** The path with what of the query is given. */
export const withQuery = (path: string, query: Query): string => {
  let text = ""
  for (const key in query) {
    const value = query[key]
    if (value !== undefined) text += `${text === "" ? "?" : "&"}${key}=${encodeURIComponent(value)}`
  }
  return path + text
}

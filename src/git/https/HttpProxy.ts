/**
 * Which proxy stands between us and a server, by the environment: `HTTPS_PROXY` or `HTTP_PROXY` by the URL's scheme, `NO_PROXY` for
 * the hosts that need none; in lower case first. Git reads `http_proxy` in lower case alone, since a CGI program would take the upper
 * case from a request's header; we are none.
 */
import { Config, Effect, Redacted, Result } from "effect"
import { BlockList, isIP } from "node:net"

export interface Proxy {
  /** Without user and password. */
  readonly origin: string
  /** The header for the proxy, if it wants to know who we are. */
  readonly authorization: Redacted.Redacted | undefined
  /** The environment variable that names it. */
  readonly variable: string
}

/** What the environment says, per scheme. The value may hold a password. */
export interface ProxyVariables {
  readonly https: Variable | undefined
  readonly http: Variable | undefined
  readonly no: string
}

interface Variable {
  readonly name: string
  readonly value: Redacted.Redacted
}

const read = Effect.fnUntraced(function*(upper: string) {
  for (const name of [upper.toLowerCase(), upper]) {
    const value = yield* Effect.orDie(Config.String(name).pipe(Config.withDefault("")))
    if (value.trim() !== "") return { name, value: Redacted.make(value.trim(), { label: name }) }
  }
  return undefined
})

export const proxyVariables: Effect.Effect<ProxyVariables> = Effect.gen(function*() {
  const no = yield* read("NO_PROXY")
  return {
    https: yield* read("HTTPS_PROXY"),
    http: yield* read("HTTP_PROXY"),
    no: no === undefined ? "" : Redacted.value(no.value)
  }
})

const bare = (host: string): string => host.toLowerCase().replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "")

const isWithin = (host: string, network: string): boolean => {
  const [address = "", bits = ""] = network.split("/")
  const family = isIP(address)
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return false
  const list = new BlockList()
  const kind = family === 4 ? "ipv4" : "ipv6"
  list.addSubnet(address, Number(bits), kind)
  return list.check(host, kind)
}

/** `*`, a host and all below it, with a port or without, an address, or a network such as 10.0.0.0/8. */
const names = (entry: string, host: string, port: string): boolean => {
  if (entry === "*") return true
  if (entry.includes("/")) return isWithin(host, entry)
  const [, name = "", only] = isIP(entry) === 6 ? [entry, entry] : /^(.*?)(?::(\d+))?$/.exec(entry) ?? []
  const wanted = bare(name).replace(/^\*?\./, "")
  if (wanted === "" || (only !== undefined && only !== port)) return false
  return host === wanted || (isIP(host) === 0 && host.endsWith(`.${wanted}`))
}

const part = (text: string): string => Result.getOrElse(Result.try(() => decodeURIComponent(text)), () => text)

const parse = ({ name, value }: Variable): Result.Result<Proxy, string> => {
  const text = Redacted.value(value)
  const href = text.includes("://") ? text : `http://${text}`
  if (!/^https?:\/\//i.test(href) || !URL.canParse(href))
    return Result.fail(`${name} names no proxy at http:// or https://`)
  const { origin, password, username } = new URL(href)
  const user = Buffer.from(`${part(username)}:${part(password)}`).toString("base64")
  return Result.succeed({
    origin,
    authorization: username === "" ? undefined : Redacted.make(`Basic ${user}`, { label: name }),
    variable: name
  })
}

/** The proxy for a URL; `undefined`: none. The failure says which variable can't be used. */
export const proxyFor = (
  url: string,
  { http, https, no }: ProxyVariables
): Result.Result<Proxy | undefined, string> => {
  const { hostname, port, protocol } = new URL(url)
  const variable = protocol === "https:" ? https : http
  if (variable === undefined) return Result.succeed(undefined)
  const host = bare(hostname)
  const there = port === "" ? (protocol === "https:" ? "443" : "80") : port
  return no.split(/[\s,]+/).some((entry) => names(entry, host, there)) ? Result.succeed(undefined) : parse(variable)
}

/** Whether the first field of a known_hosts line names a host: plainly, with wildcards and exceptions, or hashed. Pure. */
import { createHmac } from "node:crypto"

/** As known_hosts writes a host: `host`, or `[host]:port` where the port isn't 22. */
export const hostName = (host: string, port: number): string =>
  port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`

const hashed = /^\|1\|(?<salt>[A-Za-z0-9+/]{27}=)\|(?<hash>[A-Za-z0-9+/]{27}=)$/

/** `*` is any text, `?` any one character; brackets, as in `[*.example.com]:2222`, are themselves. */
const matchesGlob = (glob: string, name: string): boolean => {
  let [at, position, star, retry] = [0, 0, -1, 0]
  while (position < name.length) {
    if (glob[at] === "*") [star, retry, at] = [at, position, at + 1]
    else if (at < glob.length && (glob[at] === "?" || glob[at] === name[position]))
      [at, position] = [at + 1, position + 1]
    else if (star === -1) return false
    else [at, position, retry] = [star + 1, retry + 1, retry + 1]
  }
  return /^\**$/.test(glob.slice(at))
}

/** @param name as {@link hostName} writes it. A matching exception (`!pattern`) wins over whatever else matches. */
export const names = (patterns: string, name: string): boolean => {
  if (patterns.startsWith("|")) {
    const { hash, salt } = hashed.exec(patterns)?.groups ?? {}
    return salt !== undefined && createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash
  }
  const list = patterns.toLowerCase().split(",").filter((pattern) => pattern !== "")
  const excepted = list.some((pattern) => pattern.startsWith("!") && matchesGlob(pattern.slice(1), name))
  return !excepted && list.some((pattern) => !pattern.startsWith("!") && matchesGlob(pattern, name))
}

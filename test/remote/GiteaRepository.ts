// A repository of a real forge, and its people: made and changed through the forge's API as a person would, looked at in its
// folder by native Git. Names are new each time, so that tests share a server.
import { Effect, Schema } from "effect"
import { randomBytes } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { type GiteaApi, giteaApi, type GiteaLogin, type GiteaRefused } from "./GiteaApi.ts"
import type { GiteaServer } from "./GiteaServer.ts"
import type { HttpCredentials } from "./HttpCredentials.ts"
import { git } from "./NativeGit.ts"
import { makeSshKey, publicKeyOf } from "./SshKeys.ts"

export interface GiteaUser {
  readonly name: string
  readonly api: GiteaApi
  /** With the password. */
  readonly https: HttpCredentials
  /** With a new token instead. @param scope `read:repository`, say */
  readonly token: (scope: string) => Effect.Effect<HttpCredentials, GiteaRefused>
}

/** `null`: the file goes. */
export type GiteaChanges = Readonly<Record<string, string | null>>

export interface GiteaRepository {
  /** `owner/name` */
  readonly fullName: string
  readonly url: string
  readonly sshUrl: string
  /** The server's own folder of it. */
  readonly path: string
  /** As its owner, below `/repos/owner/name`. */
  readonly api: GiteaApi
  /** Full id of a commit made through the API; refused when the branch moves meanwhile. */
  readonly commit: (changes: GiteaChanges, branch?: string) => Effect.Effect<string, GiteaRefused>
  /** A new key that is let in for this repository alone. */
  readonly deployKey: (rights: "read" | "write") => Effect.Effect<SshKeyFiles, GiteaRefused>
  /** Full id of the commit the branch points at; `undefined` where there is none. */
  readonly tip: (branch?: string) => Effect.Effect<string | undefined>
  readonly git: (...args: ReadonlyArray<string>) => Effect.Effect<string>
}

/** As `credentials.ssh` stands in the configuration file. */
export interface SshKeyFiles {
  readonly identity: string
  readonly knownHosts: string
}

export interface GiteaRepositoryOptions {
  /** Default: false. */
  readonly private?: boolean
  /** The first commit. Default: none, the repository is empty. */
  readonly files?: GiteaChanges
}

const Token = Schema.decodeUnknownSync(Schema.Struct({ sha1: Schema.String }))
const Commit = Schema.decodeUnknownSync(Schema.Struct({ commit: Schema.Struct({ sha: Schema.String }) }))
const File = Schema.decodeUnknownSync(Schema.Struct({ sha: Schema.String }))

const unique = (prefix: string) => `${prefix}-${randomBytes(4).toString("hex")}`

/** A file for each secret, gone with the server. */
const secretFile = ({ folder }: GiteaServer, text: string) => {
  const file = join(folder, unique("secret"))
  writeFileSync(file, `${text}\n`, { mode: 0o600 })
  return file
}

export const giteaUser = (server: GiteaServer): Effect.Effect<GiteaUser, GiteaRefused> =>
  Effect.gen(function*() {
    const name = unique("user")
    const password = randomBytes(16).toString("base64url")
    const login: GiteaLogin = { username: name, password }
    yield* server.api("POST", "/admin/users", {
      username: name,
      email: `${name}@example.com`,
      password,
      must_change_password: false
    })
    const api = giteaApi(server.origin, server.ca, login)
    const credentials = (secret: string) => ({
      username: name,
      passwordFile: secretFile(server, secret),
      caFile: server.caFile
    })
    return {
      name,
      api,
      https: credentials(password),
      token: (scope) =>
        api("POST", `/users/${name}/tokens`, { name: unique("token"), scopes: [scope] }).pipe(
          Effect.map((answer) => credentials(Token(answer).sha1))
        )
    }
  })

/** Of this owner. */
export const giteaRepository = (
  server: GiteaServer,
  owner: GiteaUser,
  options: GiteaRepositoryOptions = {}
): Effect.Effect<GiteaRepository, GiteaRefused> =>
  Effect.gen(function*() {
    const name = unique("cluster")
    const fullName = `${owner.name}/${name}`
    yield* owner.api("POST", "/user/repos", { name, private: options.private ?? false, default_branch: "main" })
    const path = join(server.repositories, `${fullName}.git`)
    const api: GiteaApi = (method, below, body) => owner.api(method, `/repos/${fullName}${below}`, body)
    const run = (...args: ReadonlyArray<string>) => Effect.orDie(git(args, { cwd: path }))
    const tip = (branch = "main") =>
      run("for-each-ref", "--format=%(objectname)", `refs/heads/${branch}`).pipe(
        Effect.map((id) => id === "" ? undefined : id)
      )

    const operation = Effect.fnUntraced(function*(file: string, text: string | null, branch: string) {
      const isThere = (yield* tip(branch)) !== undefined &&
        (yield* run("ls-tree", "--name-only", `refs/heads/${branch}`, file)) !== ""
      const { sha } = isThere ? File(yield* api("GET", `/contents/${file}?ref=${branch}`)) : {}
      const content = Buffer.from(text ?? "").toString("base64")
      return text === null
        ? { operation: "delete", path: file, sha }
        : { operation: isThere ? "update" : "create", path: file, content, sha }
    })

    const commit: GiteaRepository["commit"] = Effect.fnUntraced(function*(changes, branch = "main") {
      const files = yield* Effect.forEach(Object.entries(changes), ([file, text]) => operation(file, text, branch))
      return Commit(yield* api("POST", "/contents", { branch, message: "through the API", files })).commit.sha
    })

    if (options.files !== undefined) yield* commit(options.files)
    return {
      fullName,
      url: `${server.origin}/${fullName}.git`,
      sshUrl: `${server.sshOrigin}/${fullName}.git`,
      path,
      api,
      commit,
      tip,
      git: run,
      deployKey: (rights) =>
        Effect.gen(function*() {
          const identity = yield* makeSshKey(join(server.folder, unique("key")))
          const key = { title: unique(rights), key: publicKeyOf(identity), read_only: rights === "read" }
          yield* api("POST", "/keys", key)
          return { identity, knownHosts: server.knownHostsFile }
        })
    }
  })

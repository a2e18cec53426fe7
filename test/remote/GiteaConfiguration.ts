// The app.ini of a Gitea that talks to nobody but its clients, on loopback, with everything it has in one folder. Pure.
import { randomBytes } from "node:crypto"
import { join } from "node:path"

export interface GiteaConfigurationSpec {
  /** Everything Gitea writes goes here. */
  readonly folder: string
  /** Where its templates are; `undefined` when they are in the program. */
  readonly staticFiles: string | undefined
  /** Who runs it. */
  readonly user: string
  readonly httpPort: number
  readonly sshPort: number
  /** The private key the SSH server shows. */
  readonly hostKeyFile: string
  readonly certificateFile: string
  readonly keyFile: string
  /** Whose signatures count, `type base64`. */
  readonly trustedKey: string
}

export const repositoriesOf = (folder: string): string => join(folder, "repositories")

type Section = Readonly<Record<string, string | number | boolean>>

const textOf = (section: Section) => Object.entries(section).map(([name, value]) => `${name} = ${value}`).join("\n")

export const giteaConfiguration = (spec: GiteaConfigurationSpec): string => {
  const { folder, httpPort, sshPort } = spec
  const top: Section = {
    RUN_USER: spec.user,
    RUN_MODE: "prod",
    WORK_PATH: folder,
    I_AM_BEING_UNSAFE_RUNNING_AS_ROOT: spec.user === "root"
  }
  const sections: Readonly<Record<string, Section>> = {
    server: {
      PROTOCOL: "https",
      DOMAIN: "127.0.0.1",
      HTTP_ADDR: "127.0.0.1",
      HTTP_PORT: httpPort,
      ROOT_URL: `https://127.0.0.1:${httpPort}/`,
      CERT_FILE: spec.certificateFile,
      KEY_FILE: spec.keyFile,
      START_SSH_SERVER: true,
      BUILTIN_SSH_SERVER_USER: "git",
      SSH_USER: "git",
      SSH_LISTEN_HOST: "127.0.0.1",
      SSH_LISTEN_PORT: sshPort,
      SSH_PORT: sshPort,
      SSH_SERVER_HOST_KEYS: spec.hostKeyFile,
      LFS_START_SERVER: false,
      OFFLINE_MODE: true,
      ALLOW_GRACEFUL_RESTARTS: false,
      GRACEFUL_HAMMER_TIME: "1s",
      ...spec.staticFiles === undefined ? {} : { STATIC_ROOT_PATH: spec.staticFiles }
    },
    database: {
      DB_TYPE: "sqlite3",
      PATH: join(folder, "gitea.db"),
      SQLITE_JOURNAL_MODE: "WAL",
      SQLITE_TIMEOUT: 20_000
    },
    repository: { ROOT: repositoriesOf(folder), DEFAULT_BRANCH: "main" },
    "repository.signing": { TRUSTED_SSH_KEYS: spec.trustedKey },
    security: {
      INSTALL_LOCK: true,
      SECRET_KEY: randomBytes(24).toString("hex"),
      INTERNAL_TOKEN: randomBytes(24).toString("hex"),
      PASSWORD_HASH_ALGO: "pbkdf2$1000$50", // each request with a password is hashed once
      PASSWORD_COMPLEXITY: "off"
    },
    service: { DISABLE_REGISTRATION: true },
    session: { PROVIDER: "memory" },
    cache: { ADAPTER: "memory" },
    queue: { TYPE: "channel" },
    indexer: { ISSUE_INDEXER_TYPE: "db" },
    cron: { ENABLED: false },
    "cron.update_checker": { ENABLED: false },
    actions: { ENABLED: false },
    packages: { ENABLED: false },
    mirror: { ENABLED: false },
    oauth2: { ENABLED: false },
    webhook: { ALLOWED_HOST_LIST: "loopback" },
    log: { MODE: "console", LEVEL: "Info", STACKTRACE_LEVEL: "None" }
  }
  const bodies = Object.entries(sections).map(([name, section]) => `[${name}]\n${textOf(section)}`)
  return [textOf(top), ...bodies, ""].join("\n\n")
}

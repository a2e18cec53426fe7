import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { randomBytes } from "node:crypto"
import { rmSync, writeFileSync } from "node:fs"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { eventually } from "../process/Eventually.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"
import { bareRepository } from "../remote/BareRepository.ts"
import { redirectTo } from "../remote/HttpFault.ts"
import { startHttpGitServer } from "../remote/HttpGitServer.ts"
import { runCommand, startController } from "./Controller.ts"

const base64 = (text: string) => Buffer.from(text).toString("base64")
const made = () => `planted${randomBytes(9).toString("hex")}`

/** A secret in whatever way it could be written down. */
const forms = (secret: string): ReadonlyArray<string> => [
  secret,
  encodeURIComponent(secret),
  base64(secret),
  base64(`${secret}\n`),
  Buffer.from(secret).toString("hex")
]

/** All that was told so far, by where. */
const makeEar = () => {
  const heard = new Map<string, string>()
  return {
    heard,
    hear: (place: string, text: string) => void heard.set(place, `${heard.get(place) ?? ""}\n${text}`),
    /** Where one of these stands. */
    placesOf: (needles: ReadonlyArray<string>) =>
      [...heard].filter(([, text]) => needles.some((needle) => text.includes(needle))).map(([place]) => place)
  }
}

/** Of every kind a value that the API server or a parser may quote when it refuses it. */
const secretFiles = (namespace: string, values: ReadonlyArray<string>, digits: string) => {
  const [data, text, changed, alias, scalar, nested, tls, tagged, unclosed] = values
  const secret = (name: string, fields: string) =>
    `apiVersion: v1\nkind: Secret\nmetadata: { name: planted-${name}, namespace: ${namespace} }\n${fields}\n`
  return {
    right: {
      "right.yaml": secret("right", `data: { a: ${base64(data ?? "")} }\nstringData: { b: ${text} }`),
      "fixed.yaml": secret("fixed", `immutable: true\nstringData: { a: ${data} }`)
    },
    wrong: {
      "fixed.yaml": secret("fixed", `immutable: true\nstringData: { a: ${changed} }`),
      "scalar.yaml": secret("scalar", `stringData: ${scalar}`),
      "nested.yaml": secret("nested", `stringData: { a: { b: ${nested} } }`),
      "not-base64.yaml": secret("not-base64", `data: { a: ${text}! }`),
      "tls.yaml": secret("tls", `type: kubernetes.io/tls\nstringData: { tls.key: ${tls} }`),
      "alias.yaml": secret("alias", `stringData:\n  a: *${alias}`),
      "digits.yaml": secret("digits", `stringData:\n  a: ${digits}`),
      "tagged.yaml": secret("tagged", `stringData:\n  a: !!int ${tagged}`),
      "unclosed.yaml": secret("unclosed", `stringData:\n  a: "${unclosed}`)
    }
  }
}

const setUp = Effect.gen(function*() {
  const cluster = yield* ControlPlane
  const namespace = yield* cluster.namespace("secrets")
  const repository = yield* bareRepository()
  const server = yield* startHttpGitServer(repository, { credentials: "made" })
  const { password = "", username = "" } = server.login ?? {}
  const values = Array.from({ length: 9 }, made)
  const digits = BigInt(`0x8${randomBytes(12).toString("hex")}`).toString()
  const rules = [{ namespaces: [namespace], syncTo: "kubernetes" }]
  const config = {
    gitUrl: server.url,
    stateNamespace: `${namespace}-state`,
    credentials: { https: server.credentials },
    rules
  }
  const env = { GITOPS_LOG_LEVEL: "debug" }
  const controller = yield* startController({ kubeconfig: cluster.kubeconfig, config, env })
  const port = /Listening on http:\/\/[^"\s]*?:(\d+)/.exec(yield* controller.log)?.[1]
  const ear = makeEar()

  /** Asks for everything that anybody may see now. */
  const listen = Effect.gen(function*() {
    for (const path of ["/status", "/metrics"]) ear.hear(path, (yield* controller.get(path)).body)
    const stored = ["get", "configmaps,leases,events", "-n", `${namespace}-state`, "-o", "json"]
    ear.hear("the record", yield* cluster.kubectlOk([...stored, "--show-managed-fields"]))
  })
  const askByCommand = Effect.gen(function*() {
    for (const output of ["table", "json"]) {
      const args = ["status", "--output", output, "--url", `http://127.0.0.1:${port}`]
      const { stderr, stdout } = yield* runCommand(args, process.cwd(), env)
      ear.hear(`status --output ${output}`, stdout + stderr)
    }
  })

  return {
    askByCommand,
    cluster,
    controller,
    ear,
    files: secretFiles(namespace, values, digits),
    listen,
    namespace,
    password,
    repository,
    secrets: [...values, digits, password, `${username}:${password}`].flatMap(forms),
    server
  }
})

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("what is secret", (it) => {
  it.effect("is told nowhere, neither when all goes well nor when anything fails", () =>
    Effect.gen(function*() {
      const {
        askByCommand,
        cluster,
        controller,
        ear,
        files,
        listen,
        namespace,
        password,
        repository,
        secrets,
        server
      } = yield* setUp

      const right = yield* repository.commit(files.right)
      yield* controller.inStepWith(right)
      const patch = JSON.stringify({ data: { a: base64("drift") } })
      yield* cluster.kubectlOk(["patch", "secret", "planted-right", "-n", namespace, "-p", patch])
      yield* eventually("the drift is told", controller.log, (log) => log.includes("Put right Secret"))
      yield* listen

      const wrong = yield* repository.commit(files.wrong)
      const { problemCount, total } = yield* controller.inStepWith(wrong)
      yield* listen
      assert.deepStrictEqual([problemCount, total.failed], [4, 5], "all that is wrong was found")

      const { passwordFile = "" } = server.credentials
      const withLogin = (host: string) => `https://ada:${encodeURIComponent(password)}@${host}`
      const echo = { status: 500, headers: { "content-type": "text/plain" }, body: `nobody is ${password} here` }
      const body = `<h1>Basic ${base64(`${server.login?.username}:${password}`)}</h1>`
      const page = { status: 200, headers: { "content-type": "text/html" }, body }
      for (
        const [told, fail] of [
          ["refused (500): nobody is", () => server.setFault(() => echo)],
          ["text/html", () => server.setFault(() => page)],
          ["sends us on to", () => server.setFault(redirectTo(withLogin("elsewhere.example")))],
          ["refuses the credentials (401)", () => server.setCredentials({ username: "x", password: "y" })],
          ["there is no such file", () => rmSync(passwordFile)]
        ] as const
      ) {
        fail()
        yield* controller.until(told, ({ gitFailure = "" }) => gitFailure.includes(told))
        yield* listen
      }
      yield* askByCommand

      const folder = yield* temporaryFolder("gitops-validate-")
      writeFileSync(`${folder}/config.yaml`, `gitUrl: ${withLogin("host/x")}\nrules: []\n`)
      for (const args of [[], [withLogin("host/x")]]) {
        for (const command of ["validate", "run"]) {
          const { code, stderr, stdout } = yield* runCommand([command, ...args], folder)
          assert.strictEqual(code, 1)
          ear.hear("a refused configuration", stdout + stderr)
        }
      }

      yield* controller.process.signal("SIGTERM")
      yield* controller.process.exit
      ear.hear("the log", yield* controller.process.stderr)
      assert.strictEqual(yield* controller.process.stdout, "")
      assert.deepStrictEqual(ear.placesOf(secrets), [])

      // What is looked for would be found: names stand everywhere where there are any, and the Secret itself holds a value.
      const named = [...ear.heard.keys()].filter((place) => place !== "/metrics" && place !== "a refused configuration")
      assert.sameMembers(ear.placesOf(["planted-right", "planted-scalar"]), named)
      assert.sameMembers(ear.placesOf(["gitops_applies", "credentials, which"]), [
        "/metrics",
        "a refused configuration"
      ])
      ear.hear(
        "the Secret",
        yield* cluster.kubectlOk(["get", "secret", "planted-right", "-n", namespace, "-o", "json"])
      )
      assert.deepStrictEqual(ear.placesOf(secrets), ["the Secret"])
    }))
})

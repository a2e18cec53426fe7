import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { ControlPlane } from "../cluster/ControlPlane.ts"
import { sharedControlPlane } from "../cluster/SharedControlPlane.ts"
import { overlayFolder, overlays } from "../deploy/Overlay.ts"
import { runCommand } from "../e2e/Controller.ts"
import { keygen } from "../git/ssh/sshKeygen.ts"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

/** In a folder of its own, on no terminal. */
const started = Effect.map(temporaryFolder("gitops-init-"), (folder) => {
  const at = (...names: ReadonlyArray<string>) => join(folder, ...names)
  return {
    at,
    init: (...args: ReadonlyArray<string>) => runCommand(["init", ...args], folder),
    validate: runCommand(["validate", "--config", at("prod", "config.yaml")], folder),
    read: (name: string) => readFileSync(at("prod", name), "utf8")
  }
})

const url = ["--git-url", "git@git.example:acme/cluster.git"]
const snapshots = ["prod", ...url, "--overlay", "snapshots"]

layer(sharedControlPlane, { timeout: 60_000, excludeTestServices: true })("init", (it) => {
  it.effect("writes a folder that the API server takes, and a key that OpenSSH reads, and says what is left to do", () =>
    Effect.gen(function*() {
      const { kubectlOk } = yield* ControlPlane
      const { at, init, read, validate } = yield* started
      const { code, stderr, stdout } = yield* init(...snapshots)
      assert.deepStrictEqual([code, stderr], [0, ""])
      const publicKey = read("identity.pub").trim()
      assert.strictEqual(
        stdout,
        `Wrote prod. What is left to do:

1. Look through prod/config.yaml.
2. Add this deploy key to the repository, with the right to write:

   ${publicKey}

3. Install it:

   kubectl apply -f prod/base/namespace.yaml
   kubectl create secret generic -n gitops-controller git-ssh --from-file=identity=prod/identity
   kubectl apply -k prod
   kubectl rollout status -n gitops-controller deployment/gitops-controller
`
      )
      assert.strictEqual(statSync(at("prod", "identity")).mode & 0o777, 0o600)
      assert.strictEqual((yield* keygen("-y", "-f", at("prod", "identity"))).trim(), publicKey)
      assert.match(publicKey, /^ssh-ed25519 \S+ gitops-controller$/)
      assert.strictEqual(read(".gitignore"), "/identity\n")
      assert.include((yield* validate).stdout, "config.yaml: valid")
      const rendered = yield* kubectlOk(["kustomize", at("prod")])
      assert.include(rendered, "gitUrl: git@git.example:acme/cluster.git")
      assert.notInclude(rendered, "PRIVATE KEY")
    }).pipe(Effect.scoped))

  it.effect.each(overlays)(
    "writes a configuration that is valid, with its schema beside it: %s",
    (overlay) =>
      Effect.gen(function*() {
        const { init, read, validate } = yield* started
        const namespace = overlay === "one-namespace" ? ["--namespace", "on"] : []
        const path = ["--git-path", "a/b", "--branch", "live"]
        yield* init("prod", ...url, "--overlay", overlay, ...namespace, ...path)
        assert.strictEqual((yield* validate).code, 0)
        const config = read("config.yaml")
        assert.match(config, /^# yaml-language-server: \$schema=config\.schema\.json\n/)
        assert.include(config, "\ngitUrl: git@git.example:acme/cluster.git\nbranch: live\ngitPath: a/b\n")
        assert.notInclude(config, "shop")
        assert.strictEqual(config.includes("namespaces: [\"on\"]"), overlay === "one-namespace")
        assert.strictEqual(read("roles.yaml"), readFileSync(join(overlayFolder(overlay), "roles.yaml"), "utf8"))
      }).pipe(Effect.scoped)
  )

  it.effect("asks for a token in place of a key where the repository is reached by HTTPS", () =>
    Effect.gen(function*() {
      const { at, init, read, validate } = yield* started
      const args = ["prod", "--git-url", "https://git.example/acme/cluster.git", "--overlay", "snapshots"]
      const { stdout } = yield* init(...args)
      assert.include(stdout, "git-https --from-literal=password=<token>")
      assert.include(read("config.yaml"), "\n    passwordFile: /https/password\n")
      assert.isFalse(existsSync(at("prod", "identity")))
      assert.strictEqual((yield* validate).code, 0)
    }).pipe(Effect.scoped))

  it.effect("overwrites nothing unless told to, and a key never", () =>
    Effect.gen(function*() {
      const { at, init, read } = yield* started
      yield* init(...snapshots)
      const key = read("identity")
      writeFileSync(at("prod", "config.yaml"), "mine")
      const refused = yield* init(...snapshots)
      assert.strictEqual(refused.code, 1)
      assert.match(
        refused.stderr,
        /^prod\/config\.yaml, .*: there already, and nothing was written; name another folder, or replace them with --force\n$/
      )
      assert.strictEqual(read("config.yaml"), "mine")
      const forced = yield* init(...snapshots, "--force")
      assert.include(forced.stdout, "2. The key in prod was there before, and is kept. Add this deploy key")
      assert.notStrictEqual(read("config.yaml"), "mine")
      assert.strictEqual(read("identity"), key)
    }).pipe(Effect.scoped))

  it.effect("refuses what is wrong or missing with a sentence, and writes nothing", () =>
    Effect.gen(function*() {
      const { at, init } = yield* started
      const nobody = ", and this is no terminal, so nobody can be asked for it"
      const wrong: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
        [[], `--git-url is missing${nobody}`],
        [url, `--overlay is missing${nobody}`],
        [[...url, "--overlay", "one-namespace"], `--namespace is missing${nobody}`],
        [
          [...url, "--overlay", "snapshots", "--namespace", "shop"],
          "--namespace is for --overlay one-namespace alone"
        ],
        [
          ["--git-url", "file:///srv/git/cluster.git", "--overlay", "snapshots"],
          "--git-url is \"file:///srv/git/cluster.git\"; a pod has no such file: give the address of a server"
        ],
        [
          ["--git-url", "github.com/acme/cluster", "--overlay", "snapshots"],
          "--git-url is \"github.com/acme/cluster\"; it has no scheme: write https:// before it"
        ],
        [
          [...url, "--git-path", "../up"],
          "--git-path is \"../up\"; it can't hold \"..\": name a directory below the root of the repository"
        ]
      ]
      for (const [args, message] of wrong) {
        const { code, stderr } = yield* init("prod", ...args)
        assert.deepStrictEqual([code, stderr], [1, `${message}\n`])
      }
      assert.deepStrictEqual(readdirSync(at()), [])
    }).pipe(Effect.scoped))

  it.effect("says where it can't write", () =>
    Effect.gen(function*() {
      const { at, init } = yield* started
      writeFileSync(at("prod"), "a file")
      const { code, stderr } = yield* init(...snapshots)
      assert.deepStrictEqual([code, stderr], [
        1,
        "prod/identity: it can't be done (BadResource); name another folder\n"
      ])
    }).pipe(Effect.scoped))
})

import * as NodeServices from "@effect/platform-node/NodeServices"
import { expect, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { Command } from "effect/cli"
import { TestConsole } from "effect/testing"
import { CommandFailed } from "../../src/cli/CommandFailed.ts"
import { validate } from "../../src/cli/validate.ts"

const withConfig = Effect.fnUntraced(function*(text: string) {
  const files = yield* FileSystem.FileSystem
  const file = `${yield* files.makeTempDirectoryScoped({ prefix: "gitops-validate-" })}/config.yaml`
  yield* files.writeFileString(file, text)
  return file
})

const run = Command.runWith(validate, { version: "0.0.0" })

layer(NodeServices.layer)("The command validate", (it) => {
  it.effect("says valid", () =>
    Effect.gen(function*() {
      const file = yield* withConfig("rules: [{ syncTo: kubernetes }]")
      yield* run(["--config", file, "https://git.example.com/acme/cluster.git"])
      expect(yield* TestConsole.logLines).toEqual([`${file}: valid`])
    }))

  it.effect("wants a repository, in the file or beside it: its rules alone are not enough", () =>
    Effect.gen(function*() {
      const file = yield* withConfig("rules: [{ syncTo: kubernetes }]")
      const failed = yield* Effect.flip(run(["--config", file]))
      expect(failed).toMatchObject({
        _tag: "CommandFailed",
        exitCode: 1,
        message:
          `${file}:1:1: no repository: write "gitUrl: https://host/path" into this file, or give the URL on the command line: gitops-controller [run | validate] https://host/path`
      })
    }))

  it.effect("fails with every mistake, one a line, and exit code 1", () =>
    Effect.gen(function*() {
      const file = yield* withConfig("rules: [{ syncTo: kubernets }]\nport: 80\n")
      const failed = yield* Effect.flip(run(["-c", file, "file:///srv/git/cluster.git"]))
      expect(failed).toBeInstanceOf(CommandFailed)
      expect(failed).toMatchObject({ exitCode: 1 })
      expect(failed.message.split("\n").map((line) => line.replace(file, "config.yaml").slice(0, 38))).toEqual([
        `config.yaml:1:19: "syncTo" is "kuberne`,
        `config.yaml:2:1: unknown key "port"; a`
      ])
    }))

  it.effect("notes what comes too late before it says valid, and asks no cluster for that", () =>
    Effect.gen(function*() {
      const file = yield* withConfig(`rules:
  - namespaces: [team-*]
    filters: [/spec]
    syncTo: ignore
  - namespaces: [team-a]
    filters: [/metadata/labels, /spec/replicas]
    syncTo: kubernetes
  - resources: [deployments]
    syncTo: kubernetes
  - resources: [Deployments]
    names: [web]
    syncTo: kubernetes
`)
      yield* run(["--config", file, "file:///srv/git/cluster.git"])
      expect((yield* TestConsole.logLines).slice(-3)).toEqual([
        `${file}:6:33: note: "/spec/replicas" never applies: rule 1 above takes "/spec" for "syncTo: ignore"; remove it, or move this rule up`,
        `${file}:10:5: note: this rule never applies: rule 3 above takes everything that it would; remove it or move it up`,
        `${file}: valid`
      ])
    }))
})

import * as NodeServices from "@effect/platform-node/NodeServices"
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { mistakesIn, rule } from "./samples.ts"

layer(NodeServices.layer)("A repository is told wrong at its place:", (it) => {
  it.effect("no repository at all", () =>
    mistakesIn(rule, {}).pipe(Effect.map((found) =>
      expect(found).toEqual([
        `config.yaml:1:1: no repository: write "gitUrl: https://host/path" into this file, or give the URL on the command line: gitops-controller [run | validate] https://host/path`
      ])
    )))

  it.effect("credentials in a URL of the file, without showing them", () =>
    mistakesIn(`gitUrl: https://me:word@host/x\n${rule}`, {}).pipe(Effect.map((found) =>
      expect(found).toEqual([
        `config.yaml:1:9: "gitUrl" is "https://…@host/x"; it holds credentials, which don't belong into a URL: put the password into a file, and write "username" and "passwordFile" below "credentials.https"`
      ])
    )))

  it.effect("a wrong URL on the command line, beside what is wrong in the file", () =>
    mistakesIn("rules: 5\n", { gitUrl: "/srv/git/cluster.git" }).pipe(Effect.map((found) =>
      expect(found).toEqual([
        `config.yaml:1:8: "rules" is 5; it must be a list of rules such as "- syncTo: kubernetes"`,
        `command line: the repository is "/srv/git/cluster.git"; for a local repository write file:// followed by its absolute path, as in file:///srv/git/cluster.git`
      ])
    )))

  it.effect("a password in a URL for SSH, without showing it", () =>
    mistakesIn(rule, { gitUrl: "ssh://git:word@host/x" }).pipe(Effect.map((found) =>
      expect(found).toEqual([
        `command line: the repository is "ssh://…@host/x"; it holds credentials, which don't belong into a URL: leave the password out`
      ])
    )))
})

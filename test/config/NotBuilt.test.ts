import * as NodeServices from "@effect/platform-node/NodeServices"
import { expect, layer } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { ConfigSchema } from "../../src/config/ConfigSchema.ts"
import * as ConfigText from "../../src/config/ConfigText.ts"
import { mistakesIn } from "./samples.ts"

const everything = `gitUrl: git@github.com:acme/cluster.git
branch: main
gitPath: clusters/prod
rules:
  - apiGroups: [apps]
    resources: [deployments]
    labels: keel.sh/policy=minor
    namespaces: [shop, team-*]
    names: []
    filters: ['/spec/template/spec/containers/*/image']
    syncTo: git
    prune: owned
    suspend: false
  - resources: [services]
    syncTo: both
    prune: always
    conflict: hold
  - syncTo: kubernetes
    prune: owned
name: default
namespace: default
stateNamespace: gitops-controller
interval: 30s
commit:
  quiet: 2s
  maxAge: 30s
  author: { name: gitops-controller, email: gitops-controller@example.com }
  signingKeyFile: /ssh/signing
layout: '{namespace}/{kind}-{name}.yaml'
deletions: { max: 20, percent: 20 }
restore: auto
volumes: restore
lease: { duration: 15s, renew: 10s, retry: 2s }
credentials:
  ssh: { identity: /ssh/identity, passphraseFile: /ssh/passphrase, knownHosts: /ssh/known_hosts }
  https: { username: git, passwordFile: /https/password, caFile: /https/ca.crt, certFile: /c, keyFile: /k }
http: { port: 8080 }
fieldManager: gitops-controller
`

const decode = Schema.decodeUnknownResult(ConfigSchema, { errors: "all", onExcessProperty: "error" })

layer(NodeServices.layer)("What isn't built yet", (it) => {
  it.effect("is refused with a sentence at its place, and is all that is refused", () =>
    mistakesIn(everything, {}).pipe(Effect.map((found) =>
      expect(found).toEqual([
        `config.yaml:31:10: "restore: auto" isn't built yet: this version restores nothing by itself; use "off" or leave the key out`,
        `config.yaml:32:1: "volumes" isn't built yet: this version restores nothing by itself; leave the key out`
      ])
    )))

  it.effect("is said once, whatever else is wrong with it", () =>
    mistakesIn("rules:\n  - syncTo: kubernetes\n    prune: always\nvolumes:\nrestore: aut\n").pipe(
      Effect.map((found) =>
        expect(found).toEqual([
          `config.yaml:3:12: "prune" is "always"; it deletes in the cluster also what nobody applied from Git, so the rule must name its resources: resources: [deployments]`,
          `config.yaml:4:1: "volumes" isn't built yet: this version restores nothing by itself; leave the key out`,
          `config.yaml:5:10: "restore" is "aut"; allowed: auto, off (did you mean "auto"?)`
        ])
      )
    ))

  it("is known to the schema all the same, down to its order of durations", () => {
    const data = (text: string) => Result.getOrThrow(ConfigText.parse(text)).data
    expect(Result.isSuccess(decode(data(everything)))).toBe(true)
    const wrong = decode(data(everything.replace("quiet: 2s", "quiet: 31s")))
    expect(Result.isFailure(wrong) ? wrong.failure.message : "").toContain(`it must be at most "maxAge" (30s)`)
  })
})

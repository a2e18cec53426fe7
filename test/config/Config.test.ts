import * as NodeServices from "@effect/platform-node/NodeServices"
import { describe, expect, layer } from "@effect/vitest"
import { Duration, Effect, FileSystem, Result } from "effect"
import * as Config from "../../src/config/Config.ts"
import { parse as parseFilter } from "../../src/rules/FilterSyntax.ts"
import { parse } from "../../src/rules/SelectorSyntax.ts"
import { load } from "./samples.ts"

const url = "https://git.example.com/acme/cluster.git"
const minimal = "rules: [{ syncTo: kubernetes }]"

layer(NodeServices.layer)("A configuration", (it) => {
  it.effect("with only a rule and a URL beside it has every default", () =>
    Effect.gen(function*() {
      expect(yield* load(minimal, { gitUrl: url })).toEqual(
        {
          gitUrl: url,
          gitPath: "",
          rules: [{
            index: 0,
            place: { line: 1, column: 9 },
            places: { apiGroups: [], resources: [], filters: [] },
            apiGroups: [],
            resources: [],
            labels: undefined,
            namespaces: [],
            names: [],
            filters: [],
            syncTo: "kubernetes",
            prune: "owned",
            isPruneWritten: false,
            conflict: "hold",
            suspend: false
          }],
          name: "default",
          namespace: "default",
          stateNamespace: "gitops-controller",
          interval: Duration.seconds(30),
          commit: {
            quiet: Duration.seconds(2),
            maxAge: Duration.seconds(30),
            author: { name: "gitops-controller", email: "gitops-controller@example.com" }
          },
          layout: "{namespace}/{kind}-{name}.yaml",
          deletions: { max: 20, percent: 20 },
          restore: "auto",
          volumes: "restore",
          lease: { duration: Duration.seconds(15), renew: Duration.seconds(10), retry: Duration.seconds(2) },
          credentials: {},
          http: { port: 8080 },
          fieldManager: "gitops-controller"
        } satisfies Config.Config
      )
    }))

  it.effect("says all it may say", () =>
    Effect.gen(function*() {
      const config = yield* load(`
gitUrl: ${url}
branch: release/1.x
gitPath: ./clusters//prod/
rules:
  - apiGroups: [apps, ""]
    resources: [Deployments, svc]
    labels: app in (web, api)
    namespaces: [shop, team-*]
    names: ["*-web", system:node?]
    filters: [/spec/replicas, '/spec/template/spec/containers/[name=app]/image']
    syncTo: ignore
    prune: never
    suspend: true
  - labels: ""
    syncTo: kubernetes
name: prod
namespace: shop
stateNamespace: state
interval: 1m30s
commit: { quiet: 500ms, maxAge: 1m, author: { email: bot@example.com }, signingKeyFile: /ssh/signing }
layout: '{kind}/{namespace}.{name}.yml'
deletions: { max: 5 }
restore: off
lease: { duration: 30s, renew: 20s, retry: 500ms }
credentials:
  ssh: { identity: /ssh/identity, passphraseFile: /ssh/passphrase, knownHosts: /ssh/known_hosts }
  https: { passwordFile: /https/password, caFile: /https/ca.crt, certFile: /https/tls.crt, keyFile: /https/tls.key }
http: { port: 0 }
fieldManager: cluster-keeper
`)
      expect(config).toEqual(
        {
          gitUrl: url,
          branch: "release/1.x",
          gitPath: "clusters/prod",
          rules: [
            {
              index: 0,
              place: { line: 6, column: 5 },
              places: {
                apiGroups: [{ line: 6, column: 17 }, { line: 6, column: 23 }],
                resources: [{ line: 7, column: 17 }, { line: 7, column: 30 }],
                filters: [{ line: 11, column: 15 }, { line: 11, column: 31 }]
              },
              apiGroups: ["apps", ""],
              resources: ["Deployments", "svc"],
              labels: Result.getOrThrow(parse("app in (web, api)")),
              namespaces: ["shop", "team-*"],
              names: ["*-web", "system:node?"],
              filters: [
                Result.getOrThrow(parseFilter("/spec/replicas")),
                Result.getOrThrow(parseFilter("/spec/template/spec/containers/[name=app]/image"))
              ],
              syncTo: "ignore",
              prune: "never",
              isPruneWritten: true,
              conflict: "hold",
              suspend: true
            },
            {
              index: 1,
              place: { line: 15, column: 5 },
              places: { apiGroups: [], resources: [], filters: [] },
              apiGroups: [],
              resources: [],
              labels: undefined,
              namespaces: [],
              names: [],
              filters: [],
              syncTo: "kubernetes",
              prune: "owned",
              isPruneWritten: false,
              conflict: "hold",
              suspend: false
            }
          ],
          name: "prod",
          namespace: "shop",
          stateNamespace: "state",
          interval: Duration.seconds(90),
          commit: {
            quiet: Duration.millis(500),
            maxAge: Duration.minutes(1),
            author: { name: "gitops-controller", email: "bot@example.com" },
            signingKeyFile: "/ssh/signing"
          },
          layout: "{kind}/{namespace}.{name}.yml",
          deletions: { max: 5, percent: 20 },
          restore: "off",
          volumes: "restore",
          lease: { duration: Duration.seconds(30), renew: Duration.seconds(20), retry: Duration.millis(500) },
          credentials: {
            ssh: { identity: "/ssh/identity", passphraseFile: "/ssh/passphrase", knownHosts: "/ssh/known_hosts" },
            https: {
              username: "git",
              passwordFile: "/https/password",
              caFile: "/https/ca.crt",
              certFile: "/https/tls.crt",
              keyFile: "/https/tls.key"
            }
          },
          http: { port: 0 },
          fieldManager: "cluster-keeper"
        } satisfies Config.Config
      )
    }))

  it.effect("may be JSON", () =>
    Effect.gen(function*() {
      const config = yield* load(JSON.stringify({ gitUrl: url, rules: [{ syncTo: "ignore" }] }, null, "\t"))
      expect(config.rules[0]?.syncTo).toBe("ignore")
    }))

  it.effect("may begin with a byte order mark, end its lines as Windows does, and repeat itself by reference", () =>
    Effect.gen(function*() {
      const config = yield* load(
        "\uFEFFrules:\r\n- names: &names [web]\r\n  syncTo: ignore\r\n- namespaces: *names\r\n  syncTo: kubernetes\r\n",
        { gitUrl: url }
      )
      expect(config.rules.map(({ place }) => place)).toEqual([{ line: 2, column: 3 }, { line: 4, column: 3 }])
      expect(config.rules[1]?.namespaces).toEqual(["web"])
    }))

  it.effect("takes the URL of the command line before its own", () =>
    Effect.gen(function*() {
      expect((yield* load(`gitUrl: https://other.example.com/x\n${minimal}`, { gitUrl: url })).gitUrl).toBe(url)
    }))

  it.effect("may name a repository that is reached by SSH, in either form", () =>
    Effect.gen(function*() {
      for (
        const gitUrl of ["git@git.example.com:acme/cluster.git", "ssh://git@git.example.com:2222/acme/cluster.git"]
      ) {
        expect((yield* load(`gitUrl: ${gitUrl}\n${minimal}`)).gitUrl).toBe(gitUrl)
        expect((yield* load(minimal, { gitUrl })).gitUrl).toBe(gitUrl)
      }
    }))

  it.effect("keeps its state in the namespace of the pod, unless it names another", () =>
    Effect.gen(function*() {
      const inPod = { gitUrl: url, podNamespace: "pod" }
      expect((yield* load(minimal, inPod)).stateNamespace).toBe("pod")
      expect((yield* load(`${minimal}\nstateNamespace: mine`, inPod)).stateNamespace).toBe("mine")
    }))

  it.effect("that isn't there says so, with the cure", () =>
    Effect.gen(function*() {
      const invalid = yield* Effect.flip(Config.load({ file: "no/such/config.yaml", gitUrl: url }))
      expect(invalid.message).toBe(
        "no/such/config.yaml: there is no such file; write one, or say where it is with --config"
      )
    }))

  it.effect("that is a folder says so", () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const folder = yield* files.makeTempDirectoryScoped()
      const invalid = yield* Effect.flip(Config.load({ file: folder, gitUrl: url }))
      expect(invalid.message).toBe(`${folder}: it is no plain file; say which file in it with --config`)
    }))
})

describe("The example in deploy/config.yaml", () => {
  layer(NodeServices.layer)((it) => {
    it.effect("is valid", () =>
      Effect.gen(function*() {
        const config = yield* Config.load({ file: "deploy/config.yaml" })
        expect(config.rules.map(({ syncTo }) => syncTo)).toEqual([
          "ignore",
          "git",
          "ignore",
          "git",
          "both",
          "git",
          "kubernetes",
          "kubernetes"
        ])
      }))

    it.effect("is valid with all that it shows behind a comment sign", () =>
      Effect.gen(function*() {
        const files = yield* FileSystem.FileSystem
        const text = yield* files.readFileString("deploy/config.yaml")
        const config = yield* load(text.replaceAll(/^# (branch|gitPath|credentials| {2,}\w+):/gm, "$1:"))
        expect(config.gitPath).toBe("clusters/prod")
        expect(Object.keys(config.credentials.ssh ?? {}).sort()).toEqual(["identity", "knownHosts", "passphraseFile"])
        expect(Object.keys(config.credentials.https ?? {}).sort()).toEqual([
          "caFile",
          "certFile",
          "keyFile",
          "passwordFile",
          "username"
        ])
      }))
  })
})

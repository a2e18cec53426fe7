import * as NodeServices from "@effect/platform-node/NodeServices"
import { expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { type Case, mistakesIn, rule } from "./samples.ts"

const dnsLabel = `it must be a DNS label: at most 63 lower-case letters, digits and "-", no "-" at either end`

const values: ReadonlyArray<Case> = [
  ["durations", `${rule}interval: 500ms\nlease: { duration: 1500ms, renew: 1d, retry: 0s }\n`, [
    `config.yaml:3:11: "interval" is "500ms"; it must be at least 1s`,
    `config.yaml:4:20: "duration" is "1500ms"; it must be whole seconds: a Lease knows nothing smaller`,
    `config.yaml:4:35: "renew" is "1d"; "d" isn't a unit of durations: write hours, "24h" for a day`,
    `config.yaml:4:46: "retry" is "0s"; it must be at least 1ms`
  ]],
  ["a very long interval", `${rule}interval: 25h\n`, [`config.yaml:3:11: "interval" is "25h"; it must be at most 24h`]],
  ["a Lease that is renewed too late", `${rule}lease: { duration: 15s, renew: 20s }\n`, [
    `config.yaml:3:32: "renew" is "20s"; it must be shorter than "duration" (15s)`
  ]],
  ["a Lease that is shorter than the default of renewing", `${rule}lease:\n  duration: 10s\n`, [
    `config.yaml:4:13: "duration" is "10s"; it must be longer than "renew" (10s by default)`
  ]],
  ["a Lease that is retried too late", `${rule}lease: { retry: 10s }\n`, [
    `config.yaml:3:17: "retry" is "10s"; it must be shorter than "renew" (10s by default)`
  ]],
  ["a window that closes before it can", `${rule}commit: { quiet: 40s }\n`, [
    `config.yaml:3:18: "quiet" is "40s"; it must be at most "maxAge" (30s by default)`
  ]],
  ["commits", `${rule}commit: { quiet: 20s, author: { name: "", email: "" }, signingKeyFile: ~/.ssh/id }\n`, [
    `config.yaml:3:39: "name" is ""; it must be a name`,
    `config.yaml:3:50: "email" is ""; it must be a mail address`,
    `config.yaml:3:72: "signingKeyFile" is "~/.ssh/id"; "~" isn't expanded: write the whole path`
  ]],
  ["a layout that puts several manifests into one file", `${rule}layout: '{namespace}.yaml'\n`, [
    `config.yaml:3:9: "layout" is "{namespace}.yaml"; it must hold {name}, for each manifest gets a file of its own`
  ]],
  ["a port", `${rule}http: { port: 65536 }\n`, [
    `config.yaml:3:15: "port" is 65536; allowed: 0 to 65535 (0 is any free port)`
  ]],
  ["a port that is wrong twice", `${rule}http: { port: -1.5 }\n`, [
    `config.yaml:3:15: "port" is -1.5; allowed: 0 to 65535 (0 is any free port)`
  ]],
  ["names", `${rule}name: Prod\nnamespace: a.b\nstateNamespace: -x\nfieldManager: kubectl\n`, [
    `config.yaml:3:7: "name" is "Prod"; ${dnsLabel}`,
    `config.yaml:4:12: "namespace" is "a.b"; ${dnsLabel}`,
    `config.yaml:5:17: "stateNamespace" is "-x"; ${dnsLabel}`,
    `config.yaml:6:15: "fieldManager" is "kubectl"; the API server gives that name a meaning of its own: choose another one`
  ]],
  ["a path above the repository", `${rule}gitPath: a/../../b\n`, [
    `config.yaml:3:10: "gitPath" is "a/../../b"; it can't hold "..": name a directory below the root of the repository`
  ]],
  ["an absolute path", `${rule}gitPath: /clusters/prod/\n`, [
    `config.yaml:3:10: "gitPath" is "/clusters/prod/"; it counts from the root of the repository and has no leading "/": write "clusters/prod"`
  ]],
  ["the root as a path", `${rule}gitPath: /\n`, [
    `config.yaml:3:10: "gitPath" is "/"; leave the key out for the whole repository`
  ]],
  ["a path of Windows", `${rule}gitPath: clusters\\prod\n`, [
    String.raw`config.yaml:3:10: "gitPath" is "clusters\\prod"; parts of a path in Git are separated by "/"`
  ]],
  ["API groups", "rules:\n  - apiGroups: ['*', core, apps/v1, Apps]\n    syncTo: ignore\n", [
    `config.yaml:2:17: "apiGroups[0]" is "*"; leave the list empty for any group`,
    `config.yaml:2:22: "apiGroups[1]" is "core"; the core group is written ""`,
    `config.yaml:2:28: "apiGroups[2]" is "apps/v1"; write the group without its version: "apps"`,
    `config.yaml:2:37: "apiGroups[3]" is "Apps"; it must be an API group such as "apps" or "snapshot.storage.k8s.io"`
  ]],
  [
    "resources",
    "rules:\n  - resources:\n      - '*'\n      - deployments/scale\n      - deployments.v1.apps\n      - my deployment\n    syncTo: ignore\n",
    [
      `config.yaml:3:9: "resources[0]" is "*"; leave the list empty for any resource`,
      `config.yaml:4:9: "resources[1]" is "deployments/scale"; a subresource can't be synced by itself: write "deployments"`,
      `config.yaml:5:9: "resources[2]" is "deployments.v1.apps"; write it without the version: "deployments.apps"`,
      `config.yaml:6:9: "resources[3]" is "my deployment"; it must be the name of a resource such as "deployments", "Deployment", "deploy" or "deployments.apps"`
    ]
  ],
  [
    "patterns",
    "rules:\n  - namespaces: ['!kube-system', 'team-[ab]', Shop]\n    names: ['{a,b}', a/b, '']\n    syncTo: ignore\n",
    [
      `config.yaml:2:18: "namespaces[0]" is "!kube-system"; there is no negation: write a rule with "syncTo: ignore" above this one`,
      `config.yaml:2:34: "namespaces[1]" is "team-[ab]"; only "*" (any characters) and "?" (one character) have a meaning here`,
      `config.yaml:2:47: "namespaces[2]" is "Shop"; it must be a namespace or a pattern of one: at most 63 lower-case letters, digits, "-", "*" and "?"`,
      `config.yaml:3:13: "names[0]" is "{a,b}"; only "*" (any characters) and "?" (one character) have a meaning here`,
      `config.yaml:3:22: "names[1]" is "a/b"; it must be the name of an object or a pattern of one: at most 253 characters, no space, "/" or "%"`,
      `config.yaml:3:27: "names[2]" is ""; it must be the name of an object or a pattern of one: at most 253 characters, no space, "/" or "%"`
    ]
  ],
  ["a label selector", "rules:\n  - labels: app in web\n    syncTo: ignore\n", [
    `config.yaml:2:13: "labels" is "app in web"; at character 8: found "web" where "(" after "in" should stand`
  ]],
  [
    "the same twice in a list",
    "rules:\n  - namespaces: [shop, shop]\n    syncTo: ignore\n  - resources: [Deployments, svc, deployments]\n    syncTo: ignore\n",
    [
      `config.yaml:2:24: "namespaces[1]" is "shop"; it is in the list already`,
      `config.yaml:4:35: "resources[2]" is "deployments"; it is in the list already`
    ]
  ],
  ["an empty list of rules", "rules: []\n", [
    `config.yaml:1:8: there are no rules, so nothing would ever be synced; the simplest is "- syncTo: kubernetes"`
  ]],
  [
    "rules that never apply",
    "rules:\n  - namespaces: [a, b]\n    syncTo: ignore\n  - syncTo: kubernetes\n  - resources: [pods]\n    syncTo: ignore\n  - namespaces: [b, a]\n    syncTo: kubernetes\n",
    [
      "config.yaml:7:5: this rule never applies: rule 1 above takes everything that it would; remove it or move it up"
    ]
  ],
  [
    "credentials that lack their other half",
    `${rule}credentials:\n  https:\n    username: me\n    certFile: /tls.crt\n`,
    [
      `config.yaml:5:15: "username": it needs "passwordFile" beside it`,
      `config.yaml:6:15: "certFile": it needs "keyFile" beside it`
    ]
  ],
  [
    "credentials in clear, none of which is shown",
    `${rule}credentials:\n  https:\n    password: word\n    passwordFile: 4711\n    keyFile: ~/key\n`,
    [
      `config.yaml:5:5: unknown key "password", did you mean "passwordFile"?`,
      `config.yaml:6:19: "passwordFile": it must be the path of a file`,
      `config.yaml:7:14: "keyFile": "~" isn't expanded: write the whole path`
    ]
  ]
]

layer(NodeServices.layer)("A wrong value is told at its place, with what is allowed:", (it) => {
  for (const [name, text, mistakes] of values)
    it.effect(name, () => mistakesIn(text).pipe(Effect.map((found) => expect(found).toEqual(mistakes))))

  const branch = (name: string, reason: string) =>
    it.effect(`the branch ${name}`, () =>
      mistakesIn(`${rule}branch: '${name}'\n`).pipe(
        Effect.map((found) => expect(found).toEqual([`config.yaml:3:9: "branch" is "${name}"; ${reason}`]))
      ))
  branch("", "leave the key out for the branch that the remote's HEAD points at")
  branch("HEAD", `"HEAD" is no branch: leave the key out for the branch that the remote's HEAD points at`)
  branch("refs/heads/main", `write the name alone, such as "main"`)
  branch("-x", `a branch can't begin with "-"`)
  branch("a b", "a branch can't hold a space or a control character")
  branch("a..b", `a branch can't hold ".."`)
  branch("a~1", `a branch can't hold "~"`)
  branch("a@{1}", `a branch can't hold "@{"`)
  branch("@", `a branch can't be named "@"`)
  branch("a//b", `a branch can't begin or end with "/" or hold "//"`)
  branch("a/", `a branch can't begin or end with "/" or hold "//"`)
  branch("a.", `a branch can't end with "."`)
  branch("a/.b", `no part of a branch can begin with "."`)
  branch("a.lock/b", `no part of a branch can end with ".lock"`)
})

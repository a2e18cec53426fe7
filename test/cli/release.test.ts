import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it, layer } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import { Command } from "effect/cli"
import { release } from "../../src/cli/release.ts"
import type { ReleaseFlags } from "../../src/cli/releaseFlags.ts"
import { type Circumstances, renderIntent, renderReport, type Report } from "../../src/cli/render/renderRelease.ts"
import { checkFlags, scopeOf } from "../../src/cli/whatToRelease.ts"
import type { Served, ServedKind } from "../../src/kubernetes/Discovery.ts"
import { load } from "../config/samples.ts"

const kindOf = (kind: string, group: string, shortName: string, namespaced: boolean): ServedKind => ({
  group,
  kind,
  plural: `${kind.toLowerCase()}s`,
  singular: kind.toLowerCase(),
  shortNames: [shortName],
  namespaced,
  versions: [{ version: "v1", verbs: new Set() }]
})

const served: Served = {
  kinds: new Map([
    ["Deployment.apps", kindOf("Deployment", "apps", "deploy", true)],
    ["Namespace", kindOf("Namespace", "", "ns", false)]
  ]),
  unknownGroups: new Set()
}

const flags: ReleaseFlags = {
  all: false,
  object: false,
  rule: Option.none(),
  kind: Option.none(),
  name: Option.none(),
  yes: true,
  output: "text"
}

const objectFlags = (kind: string, name: string): ReleaseFlags => ({
  ...flags,
  object: true,
  kind: Option.some(kind),
  name: Option.some(name)
})

const text = `gitUrl: file:///srv/git/a.git
rules:
  - { filters: [/data/a], syncTo: kubernetes }
  - { syncTo: ignore }
`

layer(Layer.merge(NodeServices.layer, NodeHttpClient.layerUndici))("The command release", (it) => {
  it.effect("wants to be told one thing to let go of", () =>
    Effect.gen(function*() {
      const one = "say what to let go of: one of --all, --rule N, and --object KIND NAMESPACE/NAME"
      const named = "an object is named so: gitops-controller release --object deployment shop/web"
      for (
        const [args, message] of [
          [[], one],
          [["--all", "--rule", "2"], one],
          [["--object"], named],
          [["--object", "deployment"], named],
          [["--all", "deployment", "shop/web"], named]
        ] as const
      ) {
        const failed = yield* Effect.flip(Command.runWith(release, { version: "0.0.0" })(args))
        assert.include(failed, { exitCode: 1, message })
      }
      yield* checkFlags(objectFlags("deploy", "shop/web"))
    }))

  it.effect("finds the object and the rule that are named, and says what is wrong with a name", () =>
    Effect.gen(function*() {
      const config = yield* load(text)
      const scope = (flags: ReleaseFlags) => scopeOf(flags, config, "config.yaml", served)
      assert.deepStrictEqual(yield* scope(objectFlags("deploy", "shop/web")), {
        _tag: "Object",
        kind: "Deployment.apps",
        object: "shop/web"
      })
      assert.deepStrictEqual(yield* scope(objectFlags("DEPLOYMENTS", "web")), {
        _tag: "Object",
        kind: "Deployment.apps",
        object: "default/web"
      })
      assert.deepStrictEqual(yield* scope(objectFlags("ns", "shop")), {
        _tag: "Object",
        kind: "Namespace",
        object: "shop"
      })
      const { rules: [, second] } = config
      assert.deepStrictEqual<unknown>(yield* scope({ ...flags, rule: Option.some(2) }), { _tag: "Rule", rule: second })
      const refused = (flags: ReleaseFlags) => Effect.map(Effect.flip(scope(flags)), ({ message }) => message)
      assert.deepStrictEqual(
        yield* Effect.forEach([
          objectFlags("deploymnt", "shop/web"),
          objectFlags("ns", "a/b"),
          objectFlags("deploy", "a/b/c"),
          { ...flags, rule: Option.some(3) },
          { ...flags, rule: Option.some(0) },
          { ...flags, rule: Option.some(1) }
        ], refused),
        [
          "the cluster serves no \"deploymnt\"; did you mean \"deployment\"?",
          "Namespace objects are in no namespace; write just the name: \"b\"",
          "\"a/b/c\" is no name of an object; write namespace/name, or just the name",
          "config.yaml has no rule 3: its rules are counted from 1, and there are 2",
          "config.yaml has no rule 0: its rules are counted from 1, and there are 2",
          "rule 1 (config.yaml:3) has filters, so no object is its own as a whole. Suspend it or take it out: " +
          "the controller then lets go of its fields by itself; or let go of whole objects with --object"
        ]
      )
    }))
})

describe("what release says", () => {
  const circumstances: Circumstances = {
    record: "state/gitops-controller.default",
    lease: "state/gitops-controller.0123",
    isAll: true,
    isTakenBack: false,
    isNamed: false
  }
  const report: Report = {
    ok: true,
    released: [{ kind: "ConfigMap", object: "shop/a" }],
    failed: [],
    removed: { record: true, lease: true }
  }

  it("names what it is about to do", () => {
    assert.deepStrictEqual(
      renderIntent([["ConfigMap", 10], ["Deployment.apps", 2]], "the cluster at https://x", circumstances).split("\n"),
      [
        "In the cluster at https://x, 12 objects will be let go of. No value changes; they are nobody's afterwards:",
        "  ConfigMap: 10",
        "  Deployment.apps: 2",
        "The record state/gitops-controller.default and the Lease state/gitops-controller.0123 go as well."
      ]
    )
  })

  it("names what was done, and what a controller would do about it", () => {
    assert.deepStrictEqual(renderReport(report, circumstances).split("\n"), [
      "1 object released, values unchanged.",
      "The record state/gitops-controller.default is removed.",
      "The Lease state/gitops-controller.0123 is removed."
    ])
    assert.include(
      renderReport(report, { ...circumstances, isNamed: true }),
      "\nGit is left as it is: its .gitops-controller.yaml still names this cluster."
    )
    const some = { ...report, removed: { record: false, lease: false } }
    assert.deepStrictEqual(renderReport(some, { ...circumstances, isAll: false, isTakenBack: true }).split("\n"), [
      "1 object released, values unchanged.",
      "A controller that runs under these rules takes them back: suspend the rule, or take it out, first."
    ])
    assert.strictEqual(renderReport({ ...some, released: [] }, circumstances), "Nothing of ours was found.")
  })

  it("lists what was not let go of, objects and whole kinds, and says that the record stays", () => {
    const failed = [
      { kind: "ConfigMap", object: "shop/b", message: "may not" },
      { kind: "Widget.example", object: "", message: "does not answer" }
    ]
    const partly = { ...report, ok: false, failed, removed: { record: false, lease: false } }
    assert.deepStrictEqual(renderReport(partly, circumstances).split("\n"), [
      "1 object released, values unchanged.",
      "",
      "Not let go of:",
      "  ConfigMap shop/b: may not",
      "  Widget.example: does not answer",
      "",
      "The record state/gitops-controller.default stays until everything is let go of: mend this, and run the same again."
    ])
  })
})

// What is no deletion takes nothing away from Git; and each time an object that is deleted for good does go, by the same controller.
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { sharedControlPlane } from "../../cluster/SharedControlPlane.ts"
import { eventually } from "../../process/Eventually.ts"
import { brokenWay, type Fault } from "./brokenWay.ts"
import { configMap, configMaps, mirroring, tells } from "./mirroring.ts"

const names = ["a", "b", "c", "d", "e"]

const isOfConfigMaps = (url: string) => /^\/api\/v1\/(namespaces\/[^/]+\/)?configmaps(\?|$)/.test(url)
const isWatch = (url: string) => /[?&]watch=(true|1)/.test(url)
const isListAsWatch = (url: string) => isWatch(url) && url.includes("sendInitialEvents=true")

const error = (status: number, reason: string, message: string): Fault => ({
  _tag: "Instead",
  status,
  body: JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", code: status, reason, message })
})

const tooOld = error(410, "Expired", "too old resource version")
const noListAsWatch = error(422, "Invalid", "sendInitialEvents is forbidden")

type Step = (url: string) => { readonly fault: Fault; readonly isLast: boolean } | undefined

const last = (fault: Fault) => ({ fault, isLast: true })
const first = (fault: Fault) => ({ fault, isLast: false })

/** What becomes of one reading of all ConfigMaps after the other. */
const steps: ReadonlyArray<Step> = [
  () => last(error(500, "InternalError", "etcdserver: leader changed")),
  (url) => isListAsWatch(url) ? last({ _tag: "Lines", count: 2, ending: "clean" }) : undefined,
  (url) => isListAsWatch(url) ? last({ _tag: "Lines", count: 2, ending: "broken" }) : undefined,
  (url) => isListAsWatch(url) ? first(noListAsWatch) : last({ _tag: "Bytes", count: 900 }),
  (url) =>
    isListAsWatch(url)
      ? first(noListAsWatch)
      : url.includes("continue=")
      ? last(tooOld)
      : first({ _tag: "Elsewhere", url: url.replace(/limit=\d+/, "limit=2") })
]

/** Breaks the reading of ConfigMaps in every way, once each; then lets it be. */
const everyFault = () => {
  let turn = 0
  return {
    plan: (url: string): Fault | undefined => {
      if (!isOfConfigMaps(url)) return undefined
      if (isWatch(url) && !isListAsWatch(url)) return turn < steps.length ? tooOld : undefined
      const next = steps[turn]?.(url)
      if (next?.isLast === true) turn++
      return next?.fault
    },
    left: Effect.sync(() => steps.length - turn)
  }
}

layer(sharedControlPlane, { excludeTestServices: true, timeout: 120_000 })("no deletion is", (it) => {
  it.effect("a list that fails or is cut in the middle", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring()
      const way = yield* brokenWay(bed.cluster.kubeconfig)
      yield* bed.apply(...names.map((name) => configMap(name)))
      yield* bed.start({ kubeconfig: way.kubeconfig })
      const { goes, path } = yield* bed.sentinel()
      for (const name of names) yield* bed.remote.has(bed.key("ConfigMap", name))
      const { left, plan } = everyFault()
      yield* way.setFault(plan)
      yield* way.breakAll
      yield* eventually("every fault was met", left, (faults) => faults === 0, { within: 60_000 })
      yield* goes
      assert.deepStrictEqual(yield* bed.remote.removed, [path])
    }), 90_000)

  it.effect(
    "a right to read that was taken away, and what went meanwhile goes when it is back",
    () =>
      Effect.gen(function*() {
        const bed = yield* mirroring({
          rules: (namespace) => [{ resources: ["configmaps", "services"], namespaces: [namespace], syncTo: "git" }]
        })
        const user = `user-of-${bed.namespace}`
        const grant = (name: string, resources: ReadonlyArray<string>) => ({
          role: {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "ClusterRole",
            metadata: { name: `${bed.namespace}-${name}` },
            rules: [{ apiGroups: ["*"], resources, verbs: ["*"] }]
          },
          binding: {
            apiVersion: "rbac.authorization.k8s.io/v1",
            kind: "ClusterRoleBinding",
            metadata: { name: `${bed.namespace}-${name}` },
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: `${bed.namespace}-${name}` },
            subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: user }]
          }
        })
        const always = grant("always", ["namespaces", "events", "leases", "customresourcedefinitions", "services"])
        const forAWhile = grant("for-a-while", ["configmaps"])
        const ofState = {
          apiVersion: "rbac.authorization.k8s.io/v1",
          kind: "RoleBinding",
          metadata: { name: "record", namespace: bed.state },
          roleRef: forAWhile.binding.roleRef,
          subjects: forAWhile.binding.subjects
        }
        yield* bed.cluster.kubectlOk(["create", "namespace", bed.state])
        yield* bed.cluster.kubectlOk(["apply", "-f", "-"], {
          stdin: JSON.stringify({
            apiVersion: "v1",
            kind: "List",
            items: [always.role, always.binding, forAWhile.role, forAWhile.binding, ofState]
          })
        })
        const way = yield* brokenWay(yield* bed.cluster.kubeconfigFor(user))
        yield* bed.apply(...names.map((name) => configMap(name)))
        yield* bed.kubectl("create", "service", "externalname", "sentinel", "--external-name=example.com")
        const controller = yield* bed.start({ kubeconfig: way.kubeconfig })
        for (const name of names) yield* bed.remote.has(bed.key("ConfigMap", name))
        const sentinel = yield* bed.remote.has(bed.key("Service", "sentinel"))
        const lost = yield* bed.remote.has(bed.key("ConfigMap", "a"))

        yield* bed.cluster.kubectlOk(["delete", "clusterrolebinding", forAWhile.binding.metadata.name])
        yield* way.breakAll
        yield* tells(controller, /configmaps.*(forbidden|may not)|may not.*configmaps/is)
        yield* bed.kubectl("delete", "configmap", "a")
        yield* bed.kubectl("delete", "service", "sentinel")
        yield* bed.remote.lacks(bed.key("Service", "sentinel"))
        assert.deepStrictEqual(yield* bed.remote.removed, [sentinel.path])

        yield* bed.cluster.kubectlOk(["apply", "-f", "-"], { stdin: JSON.stringify(forAWhile.binding) })
        yield* bed.remote.lacks(bed.key("ConfigMap", "a"), { within: 60_000 })
        assert.deepStrictEqual(yield* bed.remote.removed, [sentinel.path, lost.path])
      }),
    120_000
  )

  it.effect(
    "a rule that goes, is suspended or turns, whatever becomes of its objects then",
    () =>
      Effect.gen(function*() {
        const bed = yield* mirroring()
        const named = (names: ReadonlyArray<string>, more: object) => ({
          resources: ["configmaps"],
          namespaces: [bed.namespace],
          names,
          ...more
        })
        const sentinelOnly = named(["sentinel"], { syncTo: "git" })
        yield* bed.apply(...["alive", "gone", "paused", "turned", "ignored"].map((name) => configMap(name)))
        const controller = yield* bed.start({
          rules: [sentinelOnly, named(["alive", "gone", "paused", "turned", "ignored"], { syncTo: "git" })]
        })
        const { goes, path } = yield* bed.sentinel()
        for (const name of ["alive", "gone", "paused", "turned", "ignored"])
          yield* bed.remote.has(bed.key("ConfigMap", name))
        yield* controller.rewrite(JSON.stringify(bed.config({
          rules: [
            sentinelOnly,
            named(["paused"], { syncTo: "git", suspend: true }),
            named(["turned"], { syncTo: "kubernetes" }),
            named(["ignored"], { syncTo: "ignore" })
          ]
        })))
        yield* eventually("the rules are followed", controller.log, (log) => log.includes("rule set 2"))
        yield* bed.kubectl("delete", "configmap", "gone", "paused", "turned", "ignored")
        yield* goes
        assert.deepStrictEqual(yield* bed.remote.removed, [path])
        const turned = bed.kubectl("get", "configmap", "turned", "-o", "jsonpath={.data.value}")
        yield* eventually("what now comes from Git is made again", turned, (value) => value === "one")
      }),
    90_000
  )

  it.effect("an object that no longer has a rule's labels: its document stays as it is", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring({
        rules: (namespace) => [
          { resources: ["configmaps"], namespaces: [namespace], labels: "sync=yes", syncTo: "git" },
          { resources: ["configmaps"], namespaces: [namespace], names: ["sentinel"], syncTo: "git" }
        ]
      })
      yield* bed.apply({ ...configMap("a"), metadata: { name: "a", labels: { sync: "yes" } } })
      yield* bed.start()
      const { goes, path } = yield* bed.sentinel()
      const before = yield* bed.remote.has(bed.key("ConfigMap", "a"))
      yield* bed.kubectl("label", "configmap", "a", "sync-")
      yield* bed.kubectl("patch", "configmap", "a", "-p", `{"data":{"value":"two"}}`)
      yield* goes
      assert.deepStrictEqual(yield* bed.remote.removed, [path])
      assert.strictEqual(yield* bed.remote.text(before.path), before.text)
    }), 60_000)

  it.effect("an object made anew under its name, at once or while nobody looked", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring({ config: { commit: { quiet: "1s", maxAge: "5s" } } })
      yield* bed.apply(configMap("a"), configMap("b"))
      const controller = yield* bed.start()
      yield* bed.remote.has(bed.key("ConfigMap", "a"))
      yield* bed.remote.has(bed.key("ConfigMap", "b"))
      const anew = (name: string) =>
        bed.cluster.kubectlOk(["replace", "--force", "-n", bed.namespace, "-f", "-"], {
          stdin: JSON.stringify(configMap(name, { value: "anew" }))
        })
      const isAnew = ({ manifest }: { readonly manifest: { readonly data?: Readonly<Record<string, string>> } }) =>
        manifest.data?.["value"] === "anew"
      yield* anew("a")
      yield* bed.remote.has(bed.key("ConfigMap", "a"), isAnew)
      yield* controller.process.stop
      yield* anew("b")
      yield* bed.start()
      yield* bed.remote.has(bed.key("ConfigMap", "b"), isAnew)
      const { goes, path } = yield* bed.sentinel()
      yield* goes
      assert.deepStrictEqual(yield* bed.remote.removed, [path])
    }), 90_000)

  it.effect("a deletion that a finalizer holds, until the object is truly gone", () =>
    Effect.gen(function*() {
      const bed = yield* mirroring()
      const held = { ...configMap("held"), metadata: { name: "held", finalizers: ["example.com/hold"] } }
      yield* bed.apply(held)
      yield* bed.start()
      const { goes, path } = yield* bed.sentinel()
      const before = yield* bed.remote.has(bed.key("ConfigMap", "held"))
      yield* bed.kubectl("delete", "configmap", "held", "--wait=false")
      yield* goes
      assert.deepStrictEqual(yield* bed.remote.removed, [path])
      assert.strictEqual(yield* bed.remote.text(before.path), before.text)
      yield* bed.kubectl("patch", "configmap", "held", "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
      yield* bed.remote.lacks(bed.key("ConfigMap", "held"))
      assert.deepStrictEqual(yield* bed.remote.removed, [path, before.path])
    }), 60_000)

  it.effect(
    "an end of the controller, and what was deleted while it was down goes after its start",
    () =>
      Effect.gen(function*() {
        const bed = yield* mirroring()
        yield* bed.apply(configMap("a"), configMap("b"))
        const controller = yield* bed.start()
        const gone = yield* bed.remote.has(bed.key("ConfigMap", "a"))
        yield* bed.remote.has(bed.key("ConfigMap", "b"))
        yield* controller.process.stop
        yield* bed.kubectl("delete", "configmap", "a")
        yield* bed.start({ rules: configMaps(bed.namespace) })
        yield* bed.remote.lacks(bed.key("ConfigMap", "a"))
        assert.deepStrictEqual(yield* bed.remote.removed, [gone.path])
      }),
    60_000
  )
})

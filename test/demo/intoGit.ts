// The demo's last part: what changes in the cluster becomes a commit, as a careful colleague would have written it.
import { Effect } from "effect"
import type { StartedControlPlane } from "../cluster/StartedControlPlane.ts"
import type { Controller } from "../e2e/Controller.ts"
import { eventually } from "../process/Eventually.ts"
import { configuration, replicasAreTheClusters, someIsTheClusters } from "./application.ts"
import { seen, shown, title } from "./Story.ts"

/** What people do in their clone of the repository. */
export interface Clone {
  readonly url: string
  readonly git: (...args: ReadonlyArray<string>) => string
}

export const intoGit = Effect.fnUntraced(
  function*(cluster: StartedControlPlane, controller: Controller, { git, url }: Clone) {
    title("5. Images and ConfigMaps are the cluster's: what changes there becomes a commit")
    const kubectl = (...args: ReadonlyArray<string>) => cluster.kubectlOk([...args, "-n", "shop"])
    const pulled = Effect.sync(() => {
      git("pull", "--quiet", "origin", "main")
      return git("log", "-1", "--format=%B")
    })
    const text = configuration(url, replicasAreTheClusters + someIsTheClusters)
    yield* controller.rewrite(text)
    shown("tail -n 10 config.yaml", text.split("rules:\n")[1] ?? "")
    yield* eventually("Git names this cluster", pulled, (message) => message.includes("Gitops-Cluster:"), {
      within: 30_000
    })
    const setImage = ["set", "image", "deployment/web", "web=registry.example/shop/web:1.2.0"]
    shown(`kubectl ${setImage.join(" ")} -n shop`, yield* kubectl(...setImage))
    const create = ["create", "configmap", "banner", "--from-literal=TEXT=Free shipping until Sunday"]
    shown(
      `kubectl create configmap banner --from-literal=TEXT='Free shipping until Sunday' -n shop`,
      yield* kubectl(...create)
    )
    const start = performance.now()
    yield* eventually("a commit of both", pulled, (message) => /web/.test(message) && message.includes("banner"), {
      within: 30_000
    })
    shown("git pull && git show --format='%h %an%n%n%B'", git("show", "--format=%h %an%n%n%B"))
    const changed = git("show", "--numstat", "--format=", "HEAD", "--", "clusters/demo/shop/web.yaml").split("\t")
    if (changed[0] !== "1" || changed[1] !== "1")
      return yield* Effect.die(new Error(`one line of web.yaml should have changed: ${changed.join(" ")}`))
    seen(
      "one line of web.yaml changed, its comments and layout stayed, and the ConfigMap has a file of its own; two seconds of it waited for more",
      performance.now() - start
    )
  }
)

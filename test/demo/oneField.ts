// A part of the demo: a new rule while it runs, and from then on one field of the Deployment is the cluster's.
import { Effect } from "effect"
import type { StartedControlPlane } from "../cluster/StartedControlPlane.ts"
import type { Controller } from "../e2e/Controller.ts"
import { eventually } from "../process/Eventually.ts"
import { configuration, replicasAreTheClusters } from "./application.ts"
import { seen, shown, title } from "./Story.ts"

const read = "jsonpath={.spec.replicas} {.spec.template.spec.containers[0].image}"

export const oneField = Effect.fnUntraced(function*(cluster: StartedControlPlane, controller: Controller, url: string) {
  title("4. One field is the cluster's: a rule more, while it runs")
  const kubectl = (...args: ReadonlyArray<string>) => cluster.kubectlOk([...args, "-n", "shop"])
  yield* controller.rewrite(configuration(url, replicasAreTheClusters))
  shown("tail -n 4 config.yaml", configuration(url, replicasAreTheClusters).split("rules:\n")[1] ?? "")
  yield* eventually("the new rules", controller.log, (log) => log.includes("let go of /spec/replicas"))
  const scale = ["scale", "deployment", "web", "--replicas=5"]
  shown(`kubectl ${scale.join(" ")} -n shop`, yield* kubectl(...scale))
  const setImage = ["set", "image", "deployment/web", "web=registry.example/shop/web:0.9.0"]
  shown(`kubectl ${setImage.join(" ")} -n shop`, yield* kubectl(...setImage))
  const start = performance.now()
  const after = yield* eventually(
    "the image of Git",
    kubectl("get", "deployment", "web", "-o", read),
    (text) => text.endsWith(":1.1.0"),
    { every: 5 }
  )
  shown("kubectl get deployment web -o jsonpath={...replicas} {...image}", after)
  if (!after.startsWith("5 ")) return yield* Effect.die(new Error(`five replicas should have stayed: ${after}`))
  seen("the image went back to what Git says, and the five replicas stayed", performance.now() - start)
})

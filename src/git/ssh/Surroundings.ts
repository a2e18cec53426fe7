/** Whether we run in a pod, or at somebody's desk, where their own SSH set-up may be used. Read from the environment once. */
import { Config, Effect, Option } from "effect"

/** What a person has of their own; in a pod nothing of it is ever looked at. */
export interface Desk {
  /** The socket of an agent that holds keys. */
  readonly agent: string | undefined
  /** The folder `~/.ssh`. */
  readonly folder: string | undefined
}

const variable = (name: string) =>
  Config.option(Config.String(name)).pipe(
    Effect.map(Option.filter((text) => text !== "")),
    Effect.map(Option.getOrUndefined),
    Effect.orElseSucceed(() => undefined)
  )

/** `undefined` in a pod. */
export const desk: Effect.Effect<Desk | undefined> = Effect.gen(function*() {
  if ((yield* variable("KUBERNETES_SERVICE_HOST")) !== undefined) return undefined
  const home = yield* variable("HOME")
  return { agent: yield* variable("SSH_AUTH_SOCK"), folder: home === undefined ? undefined : `${home}/.ssh` }
})

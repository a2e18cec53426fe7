// kubectl, as a person would use it against one control plane: what tests assert through.
import { Effect, Schema } from "effect"
import { spawn } from "node:child_process"

export interface KubectlResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface KubectlOptions {
  readonly stdin?: string
  /** Whose rights to use. Default: an admin's. */
  readonly kubeconfig?: string
  readonly env?: Readonly<Record<string, string | undefined>>
}

export class KubectlFailed extends Schema.TaggedError<KubectlFailed>()("KubectlFailed", {
  args: Schema.Array(Schema.String),
  exitCode: Schema.Number,
  stderr: Schema.String
}) {
  override get message(): string {
    return `kubectl ${this.args.join(" ")} ended with ${this.exitCode}: ${this.stderr.trim()}`
  }
}

/** A live object as `kubectl -o json` prints it, with what most tests look at. */
export interface LiveObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly uid: string
    readonly resourceVersion: string
    readonly generation?: number
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly managedFields?: ReadonlyArray<
      {
        readonly manager: string
        readonly operation: string
        readonly fieldsV1: unknown
        readonly subresource?: string
      }
    >
  }
}

export interface Kubectl {
  /** Never fails: look at `exitCode`. */
  readonly kubectl: (args: ReadonlyArray<string>, options?: KubectlOptions) => Effect.Effect<KubectlResult>
  /** What it printed; fails when it does not end with 0. */
  readonly kubectlOk: (args: ReadonlyArray<string>, options?: KubectlOptions) => Effect.Effect<string, KubectlFailed>
  /** With `-o json` added, decoded. The type is the caller's word. */
  readonly kubectlJson: <A = LiveObject>(
    args: ReadonlyArray<string>,
    options?: KubectlOptions
  ) => Effect.Effect<A, KubectlFailed>
}

export const makeKubectl = (
  at: { readonly path: string; readonly kubeconfig: string; readonly cacheFolder: string }
): Kubectl => {
  const kubectl = (args: ReadonlyArray<string>, options: KubectlOptions = {}) =>
    Effect.callback<KubectlResult>((resume) => {
      const flags = ["--kubeconfig", options.kubeconfig ?? at.kubeconfig, "--cache-dir", at.cacheFolder]
      const child = spawn(at.path, [...flags, ...args], { env: { ...process.env, KUBECONFIG: "", ...options.env } })
      const out: Array<Buffer> = []
      const err: Array<Buffer> = []
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk))
      child.stderr.on("data", (chunk: Buffer) => err.push(chunk))
      child.stdin.on("error", () => {})
      child.stdin.end(options.stdin ?? "")
      child.once("error", (cause) => resume(Effect.die(cause)))
      child.once("close", (code) =>
        resume(Effect.succeed({
          exitCode: code ?? -1,
          stdout: Buffer.concat(out).toString(),
          stderr: Buffer.concat(err).toString()
        })))
      return Effect.sync(() => child.kill("SIGKILL"))
    })
  const kubectlOk = (args: ReadonlyArray<string>, options?: KubectlOptions) =>
    kubectl(args, options).pipe(
      Effect.flatMap(({ exitCode, stderr, stdout }) =>
        exitCode === 0 ? Effect.succeed(stdout) : Effect.fail(new KubectlFailed({ args: [...args], exitCode, stderr }))
      )
    )
  return {
    kubectl,
    kubectlOk,
    kubectlJson: <A>(args: ReadonlyArray<string>, options?: KubectlOptions) =>
      kubectlOk([...args, "-o", "json"], options).pipe(Effect.map((text): A => JSON.parse(text)))
  }
}

/** Flags that several commands share. */
import { Argument, Flag } from "effect/cli"

export const configFlag = Flag.String("config").pipe(
  Flag.withAlias("c"),
  Flag.withDescription("The configuration file"),
  Flag.withDefault("config.yaml")
)

export const kubeconfigFlag = Flag.String("kubeconfig").pipe(
  Flag.withDescription("A kubeconfig file (default: $KUBECONFIG, ~/.kube/config, then the pod's ServiceAccount)"),
  Flag.optional
)

export const contextFlag = Flag.String("context").pipe(
  Flag.withDescription("A context of the kubeconfig (default: its current one)"),
  Flag.optional
)

export const gitUrlArgument = Argument.String("gitUrl").pipe(
  Argument.withDescription("The repository; wins over gitUrl in the configuration file"),
  Argument.optional
)

/** Where the arguments are taken by something else. */
export const gitUrlFlag = Flag.String("git-url").pipe(
  Flag.withDescription("The repository; wins over gitUrl in the configuration file"),
  Flag.optional
)

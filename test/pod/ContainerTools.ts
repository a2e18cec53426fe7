// The programs that build images and run containers, from Debian's packages: installed where they are missing and that is possible.
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { ensurePackages, isRoot, systemProgram } from "../process/DebianPackages.ts"

/** What is looked for of each package. */
const packages: Readonly<Record<string, string>> = {
  buildah: "buildah",
  "containernetworking-plugins": "/usr/lib/cni/ptp",
  debootstrap: "debootstrap",
  iproute2: "ip",
  podman: "podman",
  runc: "runc"
}

const isThere = (name: string): boolean => {
  const program = packages[name] ?? name
  return program.startsWith("/") ? existsSync(program) : systemProgram(program) !== undefined
}

export const ensureContainerTools = Effect.suspend(() => ensurePackages(Object.keys(packages), isThere, "30 s"))

/** Why this machine can't run containers, as the end of a sentence. */
export const whyNoContainers: string | undefined = process.platform !== "linux"
  ? "this isn't Linux"
  : !isRoot()
  ? "that takes root"
  : Object.keys(packages).every(isThere) || systemProgram("apt-get") !== undefined
  ? undefined
  : `${Object.keys(packages).filter((name) => !isThere(name)).join(", ")} are missing, and apt-get to install them`

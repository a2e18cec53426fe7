// Where the peer's work trees are: no disk slows it down, as none slows us down.
import { existsSync } from "node:fs"
import { tmpdir } from "node:os"
import { relative } from "node:path"
import { temporaryFolder } from "../process/TemporaryFolder.ts"

const name = "gitops-bench-"

/** Said relative to the folder for temporary files, which may be on a disk. */
const prefix = existsSync("/dev/shm") ? relative(tmpdir(), `/dev/shm/${name}`) : name

/** A fresh folder in memory, where the system has such. Gone when its scope closes. */
export const memoryFolder = temporaryFolder(prefix)

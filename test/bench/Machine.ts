// Where a benchmark ran: figures mean nothing without it.
import { cpus, loadavg, platform, totalmem } from "node:os"

export interface Machine {
  readonly cores: number
  readonly processor: string
  readonly memoryGiB: number
  readonly system: string
  readonly node: string
  /** How many processes wanted to run in the minute before. */
  readonly load: number
}

export const thisMachine = (): Machine => ({
  cores: cpus().length,
  processor: cpus()[0]?.model.trim() ?? "unknown processor",
  memoryGiB: Math.round(totalmem() / 1024 ** 3),
  system: `${platform()} ${process.arch}`,
  node: process.version,
  load: Math.round((loadavg()[0] ?? 0) * 10) / 10
})

export const machineLine = ({ cores, load, memoryGiB, node, processor, system }: Machine): string =>
  `${cores} cores (${processor}), ${memoryGiB} GiB, ${system}, Node ${node}, load before ${load}`

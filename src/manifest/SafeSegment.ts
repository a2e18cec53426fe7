/** Which names a file or directory may have so that every system can check it out, and we read what is in it. */
import { isKustomizationName } from "./Kustomization.ts"

/** In bytes: what file systems allow. */
export const longestSegment = 255

/** On Windows, with whatever extension. */
const reserved = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)(?:\.|$)/i
const meaning = new Set(["chart.yaml", "kustomization"])

/** What would make its directory somebody else's. */
const hasMeaning = (name: string): boolean => {
  const lower = name.toLowerCase()
  return isKustomizationName(lower) || meaning.has(lower)
}

/** Of a name without control characters and without any of `/\:*?"<>|`. */
export const isSafeSegment = (name: string): boolean =>
  name !== "" && !/^[-. ]|[. ]$/.test(name) && !reserved.test(name) && !hasMeaning(name) &&
  Buffer.byteLength(name) <= longestSegment

/** How much memory the program needs to be of use, and what is said where a control group gives it less. */

const mebibyte = 2 ** 20
/** With a small repository and a few kinds; more of either takes more. */
const least = 128 * mebibyte

/**
 * Why it would be no use to start; `undefined` where there is enough.
 * @param limit in bytes, of the control group; 0 where there is none.
 */
export const memoryRefusal = (limit: number): string | undefined =>
  limit === 0 || limit >= least
    ? undefined
    : `gitops-controller may use ${Math.floor(limit / mebibyte)} MiB of memory here, and needs at least ${
      least / mebibyte
    } MiB: with less, the kernel kills it before it has held a single manifest. ` +
      "Raise the limit of its container (resources.limits.memory; deploy/ gives it 512Mi)."

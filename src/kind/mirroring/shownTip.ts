/** A tip for people. */
import type { Tip } from "../../git/Tip.ts"

/** Which commit, and who wrote it. */
export const shownTip = (tip: Pick<Tip, "author" | "commit"> | undefined): string =>
  tip?.commit === undefined ? "no commit" : `${tip.commit.slice(0, 8)} by ${tip.author === "" ? "nobody" : tip.author}`

/** What is wrong and what to do about it, for somebody who looks once. Pure. */
import type { GitFailure } from "../GitError.ts"

/** Of failures that the program itself waits out: what a person can do. */
const others: { readonly [K in GitFailure["_tag"]]?: string } = {
  RemoteError: "Look into the server's log, or ask whoever runs it",
  RemoteStalled: "See whether the server is overloaded, or a firewall or proxy in between holds its answer back"
}

/** The failure's own words, without the promise to try again, which a check doesn't keep. */
export const cureOf = ({ _tag, message }: GitFailure): string => {
  const told = message.replace(/(?:[.;]|, and) trying again$/i, "")
  const other = others[_tag]
  return other === undefined ? told : `${told}. ${other}`
}

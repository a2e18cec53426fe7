/** Text from a file, made fit to stand in the middle of a sentence: on one line, and never long. */
const longest = 60

/** In double quotes. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > longest ? `${text.slice(0, longest - 3)}...` : text)

/** Without quotes. */
export const shortened = (text: string): string => quoted(text).slice(1, -1)

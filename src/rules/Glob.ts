/** Patterns for names and namespaces: `*` stands for any run of characters, `?` for exactly one, nothing else is special. */

/** Whether the whole text matches. Takes at most pattern × text steps, whatever the pattern. */
export const matches = (pattern: string, text: string): boolean => {
  let p = 0
  let t = 0
  let star = -1
  let resume = 0
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p++
      resume = t
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p++
      t++
    } else if (star !== -1) {
      p = star + 1
      t = ++resume
    } else { return false }
  }
  while (pattern[p] === "*") p++
  return p === pattern.length
}

/** Whether the first matches every text that the second does. May say no where it can't tell. */
export const covers = (above: string, below: string): boolean =>
  above === below || (!(above.includes("?") && below.includes("*")) && matches(above, below))

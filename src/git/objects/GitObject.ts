/** The four kinds of object, and the name that each has by its content. Pure. */
import { hash } from "node:crypto"

export type ObjectType = "commit" | "tree" | "blob" | "tag"

/** The tree without entries: every repository has it, even where no pack holds it. */
export const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

/** What is hashed in front of the body. */
export const header = (type: ObjectType, size: number): string => `${type} ${size}\0`

export const objectName = (type: ObjectType, body: Uint8Array): string => {
  const front = header(type, body.length)
  const whole = Buffer.allocUnsafe(front.length + body.length)
  whole.write(front, "latin1")
  whole.set(body, front.length)
  return hash("sha1", whole, "hex")
}

/**
 * Whether the API server keeps what it was sent. Where an admission webhook or the server's own code sets another value, our entry goes on
 * holding the field: so it is no fight, and applying it again would change nothing. Pure.
 */
import type { Json } from "../../manifest/Manifest.ts"
import { says } from "./Spelling.ts"
import type { StatedField } from "./StatedFields.ts"

const unbroken = (value: Json | undefined) => typeof value === "string" ? value.replaceAll(/[\r\n]/g, "") : undefined

/** Lines of base64 become one. */
const isSameData = ({ live, stated }: StatedField) =>
  unbroken(stated) !== undefined && unbroken(stated) === unbroken(live)

/** Whether the live object, of this kind, says what was stated, perhaps in another spelling. */
export const isKept = (field: StatedField, kind: Json | undefined): boolean =>
  says(field.live, field.stated) || (kind === "Secret" && isSameData(field))

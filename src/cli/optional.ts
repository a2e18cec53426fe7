/** A flag or argument as a key of an object, which lacks it where it wasn't given. */
import { Option } from "effect"

export const optional = <K extends string>(key: K, value: Option.Option<string>): { readonly [P in K]?: string } =>
  Option.match(value, { onNone: () => ({}), onSome: (some) => ({ [key]: some }) as { readonly [P in K]: string } })

// Tells when the program's own spans end, and how long they took: stages are timed without a line of it in the program.
import { Tracer } from "effect"

/** @param onEnd called with the name of each span that has ended, and the milliseconds it took */
export const tracerOf = (onEnd: (name: string, millis: number) => void): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      const end = span.end.bind(span)
      span.end = (endTime, exit) => {
        end(endTime, exit)
        onEnd(options.name, Number(endTime - options.startTime) / 1e6)
      }
      return span
    }
  })

// A loopback port that nothing listens on now. Outside the range the system gives to outgoing connections,
// so that it stays free while a server is restarted on it. Whoever listens may still lose a race, and asks again.
import { Effect } from "effect"
import { createServer } from "node:net"

const lowest = 20_000
const highest = 32_000

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)))
  })

export const freePort: Effect.Effect<number> = Effect.promise(async () => {
  while (true) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if (await isFree(port)) return port
  }
})

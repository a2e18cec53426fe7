// `npm run soak`: the tests of chance, longer than `npm test` runs them and each time from another seed. GITOPS_SEED runs one again.
import { randomBytes } from "node:crypto"

const given = { GITOPS_SEED: randomBytes(4).toString("hex"), GITOPS_ROUNDS: "300", GITOPS_EDITS: "1000" }
for (const [name, value] of Object.entries(given)) process.env[name] ??= value
process.stdout.write(`GITOPS_SEED=${process.env["GITOPS_SEED"]} GITOPS_ROUNDS=${process.env["GITOPS_ROUNDS"]}\n`)
if (process.argv.length === 2) process.argv.push("test/e2e/EditStorm.test.ts", "/storms/")
await import("./TestRun.ts")

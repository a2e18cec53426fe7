// A test run that never ends by itself, for the test that ends it from outside.
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/cluster/hanging/*.hanging.ts"],
    globalSetup: ["test/cluster/globalSetup.ts"],
    pool: "forks",
    testTimeout: 600_000,
    hookTimeout: 120_000
  }
})

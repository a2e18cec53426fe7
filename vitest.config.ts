import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/cluster/globalSetup.ts", "test/e2e/restoring/globalSetup.ts"],
    pool: "forks",
    maxWorkers: 3, // most of their time they wait for servers
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 30_000
  }
})

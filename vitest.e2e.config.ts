import { defineConfig } from 'vitest/config'

// The real peers: one file at a time, because each starts servers and measures what arrives.
export default defineConfig({
  test: {
    // Over it, in a test of the report: a run of one test that skips everything.
    include: [process.env['E2E_INCLUDE'] ?? 'test/e2e/*.test.ts'],
    globalSetup: ['test/e2e/support/report.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    fileParallelism: false,
  },
})

import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    testTimeout: 30_000,
    setupFiles: ['test/seed.ts'],
    // Many tests start the command line: the code it compiles is kept from one start to the next.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'gateway-tests-compile-cache') },
  },
})

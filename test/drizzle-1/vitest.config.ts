import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config'
import everything from '../../vitest.config.ts'

/** Where drizzle-orm 1.0 is found. */
const home = fileURLToPath(import.meta.url)
const { test, ...rest } = everything as ViteUserConfig

/** The tests of Drizzle once more, on drizzle-orm 1.0: it stands where our code and the tests import drizzle-orm. */
export default mergeConfig(
  { ...rest, test: { ...test, include: undefined, exclude: undefined } },
  defineConfig({
    root: fileURLToPath(new URL('../..', import.meta.url)),
    plugins: [
      {
        name: 'drizzle-orm 1.0',
        enforce: 'pre',
        async resolveId(source, importer) {
          if (!/^drizzle-orm(?:\/|$)/.test(source) || importer === undefined || importer === home) return undefined
          return this.resolve(source, home, { skipSelf: true })
        },
      },
    ],
    test: {
      env: { TEST_DRIZZLE: '1.0' },
      include: [
        'test/autogenerate/cases/{sqlite,postgres,mariadb,mysql}.test.ts',
        'test/dialects/drizzle-builders/*.test.ts',
        'test/dialects/*/drizzle/*.test.ts',
        'test/dialects/drizzle-1/*.test.ts',
      ],
      // What each version is read by: `test/dialects/drizzle-1` says it of 1.0.
      exclude: [
        ...configDefaults.exclude,
        'test/dialects/*/drizzle/internals.test.ts',
        // Pools, restarts and waiting, which are ours: in the long run.
        ...(process.env.TEST_SCALE === 'long' ? [] : ['test/dialects/{mysql,postgres}/drizzle/open.test.ts']),
      ],
    },
  }),
)

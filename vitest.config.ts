import { availableParallelism } from 'node:os'
import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { clientFor } from './test/kit/sqlite-client/where-needed.ts'

/**
 * Files that are short and take long, since what they call lies beside them. Where no former run is known, vitest begins with the largest files,
 * and would end with these while the other workers have nothing left to do.
 */
const longest =
  /test\/(autogenerate\/(cases|oracle|pairs)|dialects\/conformance|faults\/(kills|rolling-update|stampede)|openwebui\/servers|repository\/(packaging|site))\//

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification): boolean => longest.test(moduleId)
    return [...sorted.filter(isLong), ...sorted.filter((each) => !isLong(each))]
  }
}

export default defineConfig({
  plugins: [{ name: 'client of SQLite', enforce: 'pre', resolveId: clientFor }],
  resolve: { conditions: ['source', 'node', 'import', 'default'] },
  ssr: {
    resolve: {
      // Without "import": these hold for `require` inside packages too, and pg's would get modules that it can't use.
      conditions: ['source', 'node'],
      externalConditions: ['source', 'node'],
    },
  },
  test: {
    include: ['test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
    // They need poolers and clusters, which `npm run test:cluster` starts.
    exclude: [
      ...configDefaults.exclude,
      ...(process.env.TEST_CLUSTER ? [] : ['test/faults/cluster/**']),
      // Of drizzle-orm 1.0: `test/drizzle-1/vitest.config.ts`.
      'test/dialects/drizzle-1/**',
    ],
    globalSetup: ['test/kit/warm-sessions.ts'],
    setupFiles: ['test/kit/setup.ts'],
    // Ends what hangs; a machine with much else to do takes its time, and full counts do anywhere. Some hooks build, make databases or drop many.
    testTimeout: process.env.TEST_SCALE === 'long' ? 14_400_000 : 600_000,
    hookTimeout: 600_000,
    // What another process or a server does in its own time. The default is one second.
    expect: { poll: { timeout: 120_000 } },
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    // What is imported stays imported for the next file: a test restores what it changes of the process.
    isolate: false,
    // One more than cores: a test that talks to a server often waits for it.
    maxWorkers: availableParallelism() + 1,
  },
})

// `npm test` and `npm run test:long`: everything, on whatever this machine can bring up. `TEST_REQUIRE=all` makes a suite
// that could not run a failure. Words after `--` go to vitest.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, install, pnpm, refuseOldNode } from './workspace.mjs'

refuseOldNode()
install()
build()

const words = process.argv.slice(2)
const long = words.includes('--long')
const scratch = mkdtempSync(join(tmpdir(), 'migrate-test-'))
const report = join(scratch, 'report.json')
const code = pnpm(
  [
    'exec',
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...words.filter((word) => word !== '--long'),
  ],
  { env: long ? { TEST_SCALE: 'long' } : {} },
)
let counts
try {
  counts = JSON.parse(readFileSync(report, 'utf8'))
} catch {
  console.error('The tests ended without a report.')
}
rmSync(scratch, { recursive: true, force: true })
const failed =
  (counts?.numFailedTests ?? 0) +
  (counts?.testResults ?? []).filter((each) => each.status === 'failed' && each.assertionResults.length === 0).length
const skipped = (counts?.numPendingTests ?? 0) + (counts?.numTodoTests ?? 0)
if (process.env.TEST_REQUIRE === 'all' && skipped > 0)
  console.error(`NOT RUN: ${skipped} tests were skipped, and TEST_REQUIRE=all asks for all.`)
const mutants = long && code === 0 ? pnpm(['run', 'test:mutants']) : 0
console.log(
  `\n${counts?.numPassedTests ?? 0} passed, ${failed + (mutants === 0 ? 0 : 1)} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
)
const refused = process.env.TEST_REQUIRE === 'all' && skipped > 0
process.exit(code !== 0 || counts === undefined || mutants !== 0 || refused ? 1 : 0)

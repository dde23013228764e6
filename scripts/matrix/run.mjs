// `npm run test:matrix`: runs the checks of cells.mjs and writes their results into docs/reference/platforms.md. Arguments choose columns and rows
// (`npm run test:matrix -- "Node 24" values`): the others keep what the page has. A row that takes long runs only where it is chosen.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { build, exitOnSignals, install, refuseUnfitMachine, root, temporaryFolder } from '../workspace.mjs'

refuseUnfitMachine()
install()
const servers = await import('../../test/kit/servers/servers.mjs')
const programs = await import('../../test/kit/servers/nodes.mjs')
const { bareStart } = await import('./bare-start.mjs')
const { columns, rows } = await import('./cells.mjs')
const { committed, write } = await import('./page.mjs')

const args = process.argv.slice(2)
const chosenOf = (all) => {
  const named = all.filter(({ name }) => args.some((arg) => name.includes(arg)))
  return named.length > 0 ? named : all.filter(({ isLong = false }) => !isLong)
}
const started = servers.startServers('postgres')
build()
const serverEnv = servers.environmentOf(await started.outcomes())
exitOnSignals()
const home = temporaryFolder('migrate-matrix-')
const buffer = { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }

/** Those of a check with vitest, on Node itself, or on this Node with programs that the other runtime runs. */
function runTests({ tests, isProgram = false }, program, { name, args: runtimeArgs = [] }) {
  const isNode = name.startsWith('Node')
  const report = join(home, 'report.json')
  rmSync(report, { force: true })
  const { stdout, stderr } = spawnSync(
    isNode ? program : process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--reporter=json', `--outputFile=${report}`, ...tests],
    {
      ...buffer,
      cwd: root,
      env: {
        ...process.env,
        ...serverEnv,
        ...(isNode ? { PATH: `${dirname(program)}${delimiter}${process.env.PATH}` } : {}),
        ...(isProgram ? { TEST_RUNTIME: [program, ...runtimeArgs].join(' ') } : {}),
      },
    },
  )
  const { numPassedTests, numPendingTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const isFailed = numFailedTests > 0 || testResults.some(({ status }) => status === 'failed')
  // With `-t` those of other names count as pending.
  const isSkipped = numPassedTests === 0 || (numPendingTests > 0 && !tests.includes('-t'))
  const failures = testResults.flatMap(({ assertionResults }) =>
    assertionResults.flatMap((each) => each.failureMessages),
  )
  return { ok: !isFailed && !isSkipped, output: `${stdout}${stderr}${failures.join('\n')}${numPendingTests} skipped` }
}

/** A command of npm in a fresh clone, by that Node. */
function inClone(npmArgs, program) {
  const clone = join(home, 'clone')
  rmSync(clone, { recursive: true, force: true })
  mkdirSync(clone)
  spawnSync('git', ['clone', '--quiet', root, clone])
  const env = { ...process.env, PATH: `${dirname(program)}${delimiter}${process.env.PATH}` }
  const { status, stdout, stderr } = spawnSync('npm', npmArgs, { ...buffer, cwd: clone, env })
  return { ok: status === 0, output: `${stdout}${stderr}` }
}

function runStart(start, program) {
  if (start === 'here') return inClone(['start'], program)
  if (start === 'tests') return inClone(['test', '--', '--servers=none'], program)
  const { code, output } = bareStart(program)
  return { ok: code === 0, output }
}

let failed = 0
try {
  for (const column of chosenOf(columns)) {
    const program = await programs[column.program](column.version)
    for (const row of chosenOf(rows)) {
      const check = row.on(column)
      const { ok, output } = check.notTried
        ? { ok: true, output: '' }
        : check.start
          ? runStart(check.start, program)
          : runTests(check, program, column)
      if (!ok) failed += 1
      const text = check.notTried ? `not tried: ${check.notTried}` : ok ? 'passed' : 'FAILED'
      console.log(`${column.name}: ${row.name}: ${text}${ok ? '' : `\n${output.slice(-6_000)}`}`)
      const results = committed()
      write({ ...results, [row.name]: { ...results[row.name], [column.name]: text } }, rows, columns)
    }
  }
} finally {
  await started.stop()
}
process.exit(failed === 0 ? 0 : 1)

// `npm test`: what a developer waits for, on the servers that this machine can bring up. `--landing` runs what has to hold before a change
// lands, `--all` every file, and `npm run test:long` every file with full counts. `TEST_REQUIRE=all` makes a server or a test that could not run a failure.
// Words after `--` go to vitest; `--servers=postgres,mysql` (or `none`) starts only these.
import { readFileSync } from 'node:fs'
import { delimiter, join, relative } from 'node:path'
import { build, exitOnSignals, install, pnpm, refuseUnfitMachine, temporaryFolder, vitest } from './workspace.mjs'

refuseUnfitMachine()
install()

const args = process.argv.slice(2)
const long = args.includes('--long')
const scopes = ['--long', '--all', '--landing']
const isOurs = (word) => scopes.includes(word) || word.startsWith('--servers=')
const { landingFiles, longFiles } = await import('../test/kit/long-files.mjs')
const { environmentOf, missing, reportOf, startServers } = await import('../test/kit/servers/servers.mjs')
// They start while the packages are built.
const servers = startServers(args.find((word) => word.startsWith('--servers='))?.slice('--servers='.length))
build()
const ownFolder = temporaryFolder('migrate-test-')
const stayOnSignals = exitOnSignals()
const { clientsIn } = await import('../test/kit/servers/clients.mjs')
const noClients = await clientsIn(join(ownFolder, 'clients'))
const outcomes = await servers.outcomes()
const env = {
  ...environmentOf(outcomes),
  PATH: [process.env.PATH ?? '', join(ownFolder, 'clients')].join(delimiter),
}

/** Those of Drizzle, which are run once more, on drizzle-orm 1.0: as test/drizzle-1/vitest.config.ts has them. */
const foldersOf1 = ['test/autogenerate/cases', 'test/dialects/drizzle-builders', 'test/dialects/drizzle-1'].concat(
  ['sqlite', 'postgres', 'mysql'].map((dialect) => `test/dialects/${dialect}/drizzle`),
)
const vitestArguments = args.filter((word) => !isOurs(word))
const paths = vitestArguments.filter((word) => /^(?:test|examples)\b/.test(word))
/** A file that is named runs. */
const isLoop = paths.length === 0 && !scopes.some((scope) => args.includes(scope))
const omitted = isLoop ? [...longFiles, ...landingFiles] : args.includes('--landing') ? longFiles : []
const exclusions = omitted.map((path) => `--exclude=${path.endsWith('.ts') ? path : `${path}/**`}`)
const isFor1 =
  (paths.length === 0 && !isLoop) ||
  paths.some((path) => foldersOf1.some((folder) => folder.includes(path) || path.includes(folder)))
const runs = []
let isEnded = false
// From here on a signal ends vitest, and what was run is reported.
stayOnSignals()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => (isEnded = true))
/** What depends on the driver, once more on those that are taken only where they are named. */
const ofDrivers = [
  ...['postgres', 'mysql'].map((dialect) => `test/dialects/${dialect}/connection`),
  ...['postgres', 'mysql', 'mariadb'].map((server) => `test/dialects/conformance/${server}`),
  ...['kills', 'network', 'server-death'].map((folder) => `test/faults/${folder}`),
]
const further = { TEST_POSTGRES_DRIVER: 'pg', TEST_MYSQL_DRIVER: 'mariadb' }
const planned = [
  { own: [] },
  ...(isFor1 ? [{ own: ['--config=test/drizzle-1/vitest.config.ts', '--passWithNoTests'] }] : []),
  ...(long && paths.length === 0 ? [{ own: ofDrivers, drivers: further }] : []),
]
for (const { own, drivers } of planned) {
  if (isEnded) break
  const file = join(ownFolder, `report-${runs.length}.json`)
  const code = await vitest(
    [...own, ...exclusions, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...vitestArguments],
    {
      ...env,
      ...drivers,
      ...(long ? { TEST_SCALE: 'long' } : isLoop ? { TEST_SCALE: 'loop' } : {}),
    },
  )
  runs.push({ code, counts: countsIn(file) })
}
function countsIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    console.error('The tests ended without a report.')
    return undefined
  }
}
const isFailed = ({ status }) => status === 'failed'
const isWhole = runs.every(({ counts }) => counts !== undefined)
const sumOf = (name) => runs.reduce((sum, { counts }) => sum + (counts?.[name] ?? 0), 0)
const results = runs.flatMap(({ counts }) => counts?.testResults ?? [])
const code = runs.find((each) => each.code !== 0)?.code ?? 0
const mutants = long && code === 0 ? pnpm(['run', 'test:mutants'], { env }) : 0
await servers.stop()

const all = process.env.TEST_REQUIRE === 'all'
const lacking = missing(outcomes).length
const skipped = sumOf('numPendingTests') + sumOf('numTodoTests')
const skippedNames = results.flatMap(({ assertionResults }) =>
  assertionResults.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ fullName }) => fullName),
)
const firstLines = ([message = '']) => message.replaceAll(/\s+/g, ' ').slice(0, 400)
// What vitest ends with beside its tests: an error that no test waited for, or no report at all.
const failedRuns = runs.filter(({ code, counts }) => code !== 0 && !counts?.testResults.some(isFailed))
const failedNames = results
  .filter(isFailed)
  .flatMap(({ name, message, assertionResults }) => {
    const file = relative(process.cwd(), name)
    const tests = assertionResults.filter(isFailed)
    // Without one it is what the file does beside its tests.
    return tests.length === 0
      ? [`${file}: ${message.split('\n', 1)}`]
      : tests.map(({ fullName, failureMessages }) => `${file}: ${fullName}\n    ${firstLines(failureMessages)}`)
  })
  .concat(
    failedRuns.map(({ code }) => `vitest ended with ${code} beside its tests: see "Errors" or its last lines above.`),
  )
if (omitted.length > 0) console.log('\n`npm test -- --all` runs the files of test/kit/long-files.mjs too.')
const failed = failedNames.length + (mutants === 0 ? 0 : 1) + (all ? lacking : 0)
console.log(`\nServers\n${reportOf(outcomes)}`)
for (const reason of noClients) console.log(`  NOT RUN: what needs the server's own client: ${reason}`)
if (all && lacking > 0) console.error(`NOT RUN: ${lacking} servers, and TEST_REQUIRE=all asks for all.`)
const { whyNotLoaded } = await import('../test/kit/sqlite-client/client.mjs')
for (const driver of ['better-sqlite3', 'better-sqlite3-multiple-ciphers']) {
  const why = whyNotLoaded(driver)
  if (why !== undefined) console.log(`  NOT RUN: what needs ${driver}: ${why}`)
}
// Once more at the end: what a log keeps of a long run is often its last lines only.
for (const name of failedNames) console.log(`  FAILED: ${name}`)
for (const name of skippedNames.slice(0, 20)) console.log(`  NOT RUN: ${name}`)
if (skippedNames.length > 20) console.log(`  NOT RUN: ${skippedNames.length - 20} more`)
if (all && skipped > 0) console.error(`NOT RUN: ${skipped} tests were skipped, and TEST_REQUIRE=all asks for all.`)
console.log(`\n${sumOf('numPassedTests')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exit(code !== 0 || !isWhole || failed > 0 || (all && skipped > 0) ? 1 : 0)

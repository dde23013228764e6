// `npm run test:mutants [-- name …]`: proves that the tests see defects. Each defect of the lists `mutants.ts` beside the tests is
// put into a copy of the sources, alone, and the test that it names has to fail there, after it has passed without the defect. With
// names, only the defects whose name or file has one of them in it.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { environmentOf, missing, reportOf, startServers } from '../test/kit/servers/servers.mjs'
import { exitOnSignals, refuseUnfitMachine, root, temporaryFolder } from './workspace.mjs'

refuseUnfitMachine()

const workers = 2
const testMs = 15_000
const runMs = 150_000
/** Made by builds and runs; the copies make their own. */
const leftOut = new Set(['.git', '.turbo', '.cache', '.vite', '.vite-temp', 'coverage', 'dist', 'bench', 'docs'])

const filters = process.argv.slice(2).filter((word) => word !== '--')
const mutants = (await readMutants()).filter(
  ({ name, file }) => filters.length === 0 || filters.some((word) => name.includes(word) || file.includes(word)),
)
refuseUnfit()

const servers = startServers()
const outcomes = await servers.outcomes()
if (missing(outcomes).length > 0) console.error(reportOf(outcomes))

const children = new Set()
// Before their folder is removed.
process.on('exit', () => {
  for (const child of children) kill(child)
})
exitOnSignals()
const home = temporaryFolder('migrate-mutants-')

const copies = Array.from({ length: Math.min(workers, mutants.length) }, (_, at) =>
  copyTree(join(home, String(at + 1))),
)
const startedAt = performance.now()
const broken = await unmutatedFailures(copies[0])
if (broken.length > 0) {
  for (const line of broken) console.error(line)
  console.error('These tests fail without a defect: fix them first.')
  console.log(`\n0 passed, ${broken.length} failed`)
  process.exit(1)
}

const widths = ['name', 'file'].map((part) => Math.max(...mutants.map((mutant) => mutant[part].length)))
const results = []
let shown = 0
let next = 0
await Promise.all(
  copies.map(async (copy) => {
    for (let at = next++; at < mutants.length; at = next++) {
      results[at] = await verdictOf(copy, mutants[at])
      for (; results[shown] !== undefined; shown += 1) console.log(row(mutants[shown], results[shown]))
    }
  }),
)
const failed = results.filter(({ verdict }) => verdict !== 'ok').length
const seconds = Math.round((performance.now() - startedAt) / 1000)
await servers.stop()
console.log(`\n${mutants.length} defects in ${seconds} s, each alone, each against one test`)
console.log(`${mutants.length - failed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)

/** The list is TypeScript, which not every Node that this runs on can load. */
async function readMutants() {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: [join(root, 'test/kit/mutants/list.ts')],
    bundle: true,
    format: 'esm',
    write: false,
  })
  const { mutants } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`
  )
  return mutants
}

/** A defect that cannot be put in proves nothing: the list has to follow the sources. */
function refuseUnfit() {
  const problems = mutants.flatMap(({ name, file, find, replace }) => {
    const path = join(root, file)
    if (!existsSync(path)) return [`${name}: ${file} is not there`]
    const count = readFileSync(path, 'utf8').split(find).length - 1
    if (count !== 1) return [`${name}: ${file} has its text ${count} times, not once: ${find.trim()}`]
    return find === replace ? [`${name}: nothing is changed`] : []
  })
  const names = mutants.map(({ name }) => name)
  problems.push(...names.filter((name, at) => names.indexOf(name) !== at).map((name) => `${name} is there twice`))
  if (mutants.length === 0) problems.push(`no defect is called ${filters.join(' or ')}`)
  if (problems.length === 0) return
  for (const line of problems) console.error(line)
  console.log(`\n0 passed, ${problems.length} failed`)
  process.exit(1)
}

/** The sources with links of their own: `@org/…` leads to the packages of the copy, everything else to what is installed. */
function copyTree(folder) {
  const tree = join(folder, 'tree')
  mkdirSync(join(folder, 'tmp'), { recursive: true })
  mkdirSync(join(tree, 'node_modules'), { recursive: true })
  for (const entry of readdirSync(root)) {
    if (entry === 'node_modules' || entry === 'data' || leftOut.has(entry)) continue
    cpSync(join(root, entry), join(tree, entry), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !leftOut.has(basename(path)),
    })
  }
  for (const entry of readdirSync(join(root, 'node_modules'))) {
    if (!leftOut.has(entry)) symlinkSync(join(root, 'node_modules', entry), join(tree, 'node_modules', entry))
  }
  return { tree, tmp: join(folder, 'tmp') }
}

/** Runs every named test once; gives a line for each that does not pass or does not exist. */
async function unmutatedFailures(copy) {
  const tests = mutants.map(({ test }) => test)
  const files = [...new Set(tests.map(([file]) => file))]
  const names = [...new Set(tests.map(([, name]) => name))]
  const { testResults, output } = await vitest(copy, files, names, [`--maxWorkers=${workers}`], 10 * runMs)
  const lines = tests.flatMap(([file, name]) => {
    const ran = ranOf(testResults, copy, file, name)
    if (ran.length === 0) return [`${file}: no test is called "${name}", or its file does not load`]
    return ran
      .filter(({ status }) => status !== 'passed')
      .map((test) => `${file}: ${test.fullName}\n${firstLine(test)}`)
  })
  if (lines.length > 0 && testResults === undefined) lines.push(output)
  return [...new Set(lines)]
}

async function verdictOf(copy, { file, find, replace, test: [testFile, name] }) {
  const path = join(copy.tree, file)
  const text = readFileSync(path, 'utf8')
  writeFileSync(
    path,
    text.replace(find, () => replace),
  )
  try {
    const { testResults, late } = await vitest(copy, [testFile], [name], ['--bail=1'], runMs)
    const ran = ranOf(testResults, copy, testFile, name)
    const [failedTest] = ran.filter(({ status }) => status === 'failed')
    if (failedTest !== undefined) return { verdict: 'ok', test: failedTest.fullName.trim() }
    if (late) return { verdict: 'STUCK', test: name }
    return { verdict: ran.length === 0 ? 'DOES NOT LOAD' : 'SURVIVED', test: name }
  } finally {
    writeFileSync(path, text)
  }
}

/** The tests of a file that a name means, those left out by it not among them. */
function ranOf(testResults, copy, file, name) {
  const tests = testResults?.find((each) => each.name === join(copy.tree, file))?.assertionResults ?? []
  return tests.filter(({ status, fullName }) => (status === 'passed' || status === 'failed') && fullName.includes(name))
}

function firstLine({ failureMessages }) {
  return `  ${failureMessages[0]?.split('\n')[0] ?? 'without a message'}`
}

function vitest({ tree, tmp }, files, names, options, limit) {
  const report = join(tmp, 'report.json')
  rmSync(report, { force: true })
  const pattern = names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
  const vitestFile = join(tree, 'node_modules/vitest/vitest.mjs')
  const args = [
    vitestFile,
    'run',
    ...files,
    `--testNamePattern=${pattern}`,
    '--reporter=json',
    `--outputFile=${report}`,
    `--testTimeout=${testMs}`,
  ]
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...args, ...options], {
      cwd: tree,
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      // Nothing that a defect leaves in a temporary folder may be found by anybody else; random cases are the same each time.
      env: {
        ...process.env,
        ...environmentOf(outcomes),
        TMPDIR: tmp,
        TMP: tmp,
        TEMP: tmp,
        TEST_SCALE: '',
        TEST_SEED: '1',
      },
    })
    children.add(child)
    let output = ''
    let late = false
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += part))
    const timer = setTimeout(() => {
      late = true
      kill(child)
    }, limit)
    child.on('close', () => {
      clearTimeout(timer)
      children.delete(child)
      resolve({
        testResults: existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : undefined,
        late,
        output,
      })
    })
  })
}

/** With the workers that it started. */
function kill(child) {
  try {
    if (process.platform === 'win32') child.kill('SIGKILL')
    else process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

function row({ name, file }, { verdict, test }) {
  return `${verdict.padEnd(8)}  ${name.padEnd(widths[0])}  ${file.padEnd(widths[1])}  ${test}`
}

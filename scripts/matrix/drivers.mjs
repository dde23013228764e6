// `npm run test:drivers`: the whole conformance suite and all values on each driver and target, into docs/reference/drivers.md. Arguments choose columns
// (`npm run test:drivers -- "SQLite: D1" MariaDB`); `--values` runs the values alone, `--only=<part of a title>` those tests, and writes nothing.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { exitOnSignals, install, refuseUnfitMachine, root, temporaryFolder } from '../workspace.mjs'

refuseUnfitMachine()
install()
const servers = await import('../../test/kit/servers/servers.mjs')
const programs = await import('../../test/kit/servers/nodes.mjs')
const { groups, ownPackages, sameValues, tables } = await import('./driver-columns.mjs')
const { committed, withColumn, write } = await import('./drivers-page.mjs')

const args = process.argv.slice(2)
const isValues = args.includes('--values')
const only = isValues ? 'no such test' : args.find((word) => word.startsWith('--only='))?.slice('--only='.length)
const chosen = args.filter((word) => !word.startsWith('--'))
const isChosen = (table, { name }) =>
  chosen.length === 0 || chosen.some((word) => `${table.name}: ${name}`.includes(word))
/** The first column of a table is run for its values too. */
const needed = new Set(
  tables.flatMap((table) => {
    const columns = table.columns.filter((column) => isChosen(table, column))
    return columns.length === 0 ? [] : [table.columns[0], ...columns].map(({ target }) => target)
  }),
)
const ofServers = ['postgres', 'mariadb', 'mysql', 'postgres-next'].filter((name) => needed.has(name))
const started = servers.startServers(ofServers.length === 0 ? 'none' : ofServers.join(','))
const serverEnv = servers.environmentOf(await started.outcomes())
const external =
  'better-sqlite3 better-sqlite3-multiple-ciphers bun:sqlite postgres pg @electric-sql/pglite mysql2 mariadb'.split(' ')
exitOnSignals()
const home = temporaryFolder('migrate-drivers-')

/** In a bundle the files of the kit still find what is beside them. */
const keepLocations = {
  name: 'files of the kit',
  setup({ onLoad }) {
    onLoad({ filter: /test\/kit\/.*\.(ts|mjs)$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: path.endsWith('.ts') ? 'ts' : 'js',
    }))
  },
}

/** The program with the sources of the packages; the packages of its driver come beside it. */
async function bundle() {
  const { build } = await import('esbuild')
  const outdir = join(home, 'bundle')
  await build({
    entryPoints: [join(root, 'test/dialects/conformance/columns/program.ts')],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What is imported at its first use is so here too: not every driver is there.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['source'],
    external,
    plugins: [keepLocations],
    logLevel: 'error',
  })
  return outdir
}

async function folderOf({ npm, candidates }, name) {
  if (npm !== undefined) return programs.npmPackage(npm, name)
  const found = candidates.find((path) => existsSync(path))
  if (found === undefined) throw new Error(`${name} is not installed`)
  return found
}

async function programFor(column, bundled, at) {
  const folder = join(home, `column-${at}`)
  rmSync(folder, { recursive: true, force: true })
  for (const [name, where] of Object.entries({ ...ownPackages, ...column.packages })) {
    const link = join(folder, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(await folderOf(where, name), link)
  }
  cpSync(bundled, folder, { recursive: true })
  return join(folder, 'program.mjs')
}

async function report(column, program, part) {
  const { runtime, target, driver } = column
  const runs = runtime === undefined ? process.execPath : await programs[runtime.program](runtime.version)
  const request = {
    target,
    driver,
    randomModels: 100,
    seed: Number(process.env.TEST_SEED ?? 1),
    sqliteClient: pathToFileURL(join(root, 'test/kit/sqlite-client/client.mjs')).href,
    ...(part === undefined ? {} : { only: part }),
  }
  const child = spawn(runs, [program, JSON.stringify(request)], {
    env: { ...process.env, ...serverEnv },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const stop = () => child.kill()
  process.once('exit', stop)
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    out += text
  })
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  process.off('exit', stop)
  if (code !== 0) throw new Error(`${column.name}: the program ended with ${code}`)
  return JSON.parse(out.trim().split('\n').at(-1))
}

/** Differences of values that neither side refused. */
function compared(reference, facts) {
  const differing = facts.filter(({ answer }, at) => answer !== reference[at]?.answer)
  const silent = differing.filter((fact) => !fact.isRefused && !reference[facts.indexOf(fact)].isRefused)
  for (const fact of silent)
    console.log(
      `  ${fact.about}: ${fact.answer.slice(0, 200)}, and not ${reference[facts.indexOf(fact)].answer.slice(0, 200)}`,
    )
  const loud = differing.filter((fact) => !silent.includes(fact))
  for (const fact of loud)
    console.log(
      `  ${fact.about}: ${fact.answer.slice(0, 80)}, the other ${reference[facts.indexOf(fact)].answer.slice(0, 80)}`,
    )
  const byOne = loud.filter((fact) => fact.isRefused !== reference[facts.indexOf(fact)].isRefused)
  const byBoth = loud.length - byOne.length
  const parts = [
    `${facts.length - differing.length} alike`,
    ...(byOne.length > 0 ? [`${byOne.length} refused by one of them`] : []),
    ...(byBoth > 0 ? [`${byBoth} refused by both with other errors`] : []),
    ...(silent.length > 0 ? [`${silent.length} FAILED`] : []),
  ]
  return { text: parts.join(', '), isFailed: silent.length > 0 }
}

let failed = 0
try {
  const bundled = await bundle()
  for (const table of tables) {
    let reference
    for (const [at, column] of table.columns.entries()) {
      const isFirst = at === 0
      if (!isChosen(table, column) && !(isFirst && table.columns.some((each) => isChosen(table, each)))) continue
      const isForFacts = !isChosen(table, column)
      const began = Date.now()
      const program = await programFor(column, bundled, `${table.name}-${at}`)
      const { groups: found, facts } = await report(column, program, isForFacts ? 'no such test' : only)
      if (isFirst) reference = facts
      if (isForFacts) continue
      const { text, isFailed } = compared(reference, facts)
      const wrong = Object.values(found).flatMap((group) => Object.keys(group.failed))
      failed += wrong.length + (isFailed ? 1 : 0)
      console.log(`${table.name}: ${column.name}: ${Math.round((Date.now() - began) / 1000)} s`)
      for (const [name, group] of Object.entries(found))
        console.log(
          `  ${name}: ${group.passed} passed, ${Object.keys(group.unsupported).length} unsupported, ${Object.keys(group.failed).length} failed`,
        )
      console.log(`  ${sameValues}: ${text}`)
      if (only !== undefined && !isValues) continue
      const ordered = isValues ? undefined : Object.fromEntries(groups.map((name) => [name, found[name]]))
      write(withColumn(committed(tables), table.name, column.name, { groups: ordered, row: sameValues, text }), tables)
    }
  }
} finally {
  await started.stop()
}
process.exit(failed === 0 ? 0 : 1)

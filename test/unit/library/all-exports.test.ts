import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { afterAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const file = join(root, `test/node_modules/.cache/sweep-${process.pid}.mjs`)
const folder = mkdtempSync(join(tmpdir(), 'sweep-'))
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  rmSync(file, { force: true })
})

// `@org/migrate-core/dialect` is not swept: dialect packages call it with what our own functions gave. `@org/migrate-schema/zod` exports schemas of zod.
/** Functions that are not called, with the reason. */
const without = {
  'core.MigrateError': 'a class: it is called with `new`',
  'node.makeFile': 'makes the file that it is asked for',
  'node.holdFile': 'makes the file that it is asked for',
  'node.runProgram': 'runs the program that it is asked to run',
  'node.writeBackupFile': 'makes the file that it is asked for',
  'node.writeCached': 'makes the file that it is asked for',
  'jsonText.parseJson': 'throws as JSON.parse does',
  'jsonText.stringifyJson': 'throws as JSON.stringify does',
}
/** Functions without arguments, and those for which every value is right. */
const takesAnything = new Set([
  ...['smallint', 'integer', 'bigint', 'boolean', 'text', 'real', 'double', 'date', 'json', 'uuid', 'now'].map(
    (name) => `core.${name}`,
  ),
  'core.isMigrateError',
  'client.uuid',
  'client.literal',
  'node.importCompiled',
  // It takes no argument.
  'compare.createDriftReader',
])
/** Far more than any call takes, on a machine that has other work too. */
const limitMs = 5_000

interface Report {
  readonly at: number
  readonly name: string
  readonly label: string
  readonly count: number
  readonly outcome?: string
}

/** Calls from one on; gives where it hung, or nothing once all calls have ended. */
function sweep(from: number, ended: (report: Report) => void): Promise<Report | undefined> {
  const worker = new Worker(file, { workerData: { from, without: Object.keys(without) } })
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined
    const stop = (end: () => void): void => {
      clearTimeout(timer)
      void worker.terminate().then(end)
    }
    worker.on('error', reject)
    worker.on('message', (report: Report | 'end') => {
      clearTimeout(timer)
      if (report === 'end') stop(() => resolve(undefined))
      else if (report.outcome === undefined) timer = setTimeout(() => stop(() => resolve(report)), limitMs)
      else ended(report)
    })
  })
}

test('a public function that is called with wrong input refuses it with a code, at once, and writes nothing', async () => {
  mkdirSync(join(root, 'test/node_modules/.cache'), { recursive: true })
  await build({
    entryPoints: [fileURLToPath(new URL('sweep/caller.ts', import.meta.url))],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'node',
    conditions: ['source'],
    external: ['better-sqlite3', 'better-sqlite3-multiple-ciphers', 'oxc-transform', 'jiti', 'oxc-resolver'],
    banner: {
      js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url)",
    },
    logLevel: 'error',
  })
  const reports: Report[] = []
  const hung: string[] = []
  const before = process.cwd()
  process.chdir(folder)
  try {
    for (let from = 0; ; ) {
      const stuck = await sweep(from, (report) => reports.push(report))
      if (stuck === undefined) break
      hung.push(`${stuck.name} with ${stuck.label}`)
      from = stuck.at + 1
    }
  } finally {
    process.chdir(before)
  }
  const named = ({ name, label, count, outcome }: Report): string => `${name} with ${label} (${count}): ${outcome}`
  expect(hung).toEqual([])
  expect(reports.filter(({ outcome }) => outcome?.startsWith('raw')).map(named)).toEqual([])
  // A symbol is no argument of anything.
  const taken = reports.filter(({ label, outcome }) => label === 'a symbol' && outcome === 'done')
  expect([...new Set(taken.map(({ name }) => name))].filter((name) => !takesAnything.has(name))).toEqual([])
  expect(new Set(reports.map(({ name }) => name)).size).toBeGreaterThan(85)
  expect(readdirSync(folder)).toEqual([])
})

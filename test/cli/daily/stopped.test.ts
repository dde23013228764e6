// A command that is stopped at some moment, whichever, leaves what its next call makes whole; of two at once the result is that of one. The moments of
// a run are spread over the time that it takes.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { counts, sampleOf } from '../../kit/scale.ts'
import { revision, twoRevisions, untimed } from '../project.ts'
import { cleanDesks, configOf, type Desk, onDatabases } from './kit.ts'

cleanDesks()

type Files = Readonly<Record<string, string>>

interface Command {
  readonly files: Files
  readonly sql?: string
  /** What is typed before. */
  readonly before?: readonly (readonly string[])[]
  /** What is put into the project after that. */
  readonly more?: Files
  readonly args: (at: Desk) => readonly string[]
  /** What is typed next where it was not finished: the same, unless that would do more. */
  readonly next?: (at: Desk) => readonly string[]
}

const accounts = (more = ''): string => `import { column, integer, table, text, varchar } from '@org/migrate-core'
export const accounts = table('accounts', {
  id: column(integer(), { nullable: false }),
  name: column(text()),
  locale: column(varchar(12), { nullable: false, default: 'en' }),
  ${more}
}, { primaryKey: ['id'] })
`
const age = 'age: column(integer()),'
const notes = `export const notes = table('notes', { id: column(integer(), { nullable: false }), title: column(varchar(40)) }, { primaryKey: ['id'] })\n`
const declared = "autogenerate: { schema: './schema.ts' },\n  seed: './seeds',"
const files = {
  ...twoRevisions,
  'migrate.config.ts': configOf(declared),
  'schema.ts': accounts(age) + notes,
  'seeds/1.ts':
    "export default async (db) => { if ((await db.query('SELECT id FROM accounts WHERE id = 2')).length === 0) await db.execute('INSERT INTO accounts (id, name) VALUES (2, ?)', ['two']) }\n",
}
const atHead = [['upgrade']]
const nameOf = ({ env }: Desk): string =>
  env.APP_URL === undefined ? 'app.db' : new URL(env.APP_URL).pathname.slice(1)
const always =
  (...args: readonly string[]) =>
  () =>
    args

const commands: Readonly<Record<string, Command>> = {
  upgrade: { files, args: always('upgrade') },
  'upgrade --report': { files, args: always('upgrade', '--report', 'run.html') },
  'upgrade with a snapshot': {
    files: { ...files, 'migrate.config.ts': configOf("snapshot: './schema.sql',") },
    args: always('upgrade'),
  },
  'upgrade --plan': {
    files,
    before: [['plan', '--out', 'plan.json']],
    args: always('upgrade', '--plan', 'plan.json'),
    next: always('upgrade'),
  },
  downgrade: { files, before: atHead, args: always('downgrade', 'a1') },
  'downgrade --last-run': {
    files,
    before: [['upgrade', 'a1'], ['upgrade']],
    args: always('downgrade', '--last-run'),
    next: always('downgrade', 'a1'),
  },
  'plan --out': { files, args: always('plan', '--out', 'plan.json') },
  dev: { files, args: always('dev', '-m', 'wider') },
  'revision --autogenerate': { files, before: atHead, args: always('revision', '--autogenerate', '-m', 'wider') },
  merge: {
    files: { ...files, 'migrations/c1_c.ts': revision('c1', 'a1', "  op.addColumn('accounts', 'c', integer())") },
    args: always('merge', 'heads', '-m', 'both'),
  },
  'revision --amend': {
    files: { ...files, 'schema.ts': accounts(age) },
    before: [['dev', '-m', 'wider']],
    more: { 'schema.ts': accounts(age) + notes },
    args: always('revision', '--amend'),
  },
  push: {
    files: { 'migrate.config.ts': configOf(declared), 'schema.ts': accounts(age) + notes },
    args: always('push'),
  },
  reset: { files, before: [['upgrade', 'a1']], args: (at) => ['reset', '--confirm', nameOf(at)] },
  seed: { files, before: atHead, args: always('seed') },
  'pull --out': { files, before: atHead, args: always('pull', '--out', 'pulled.ts') },
  'erd --out': { files, before: atHead, args: always('erd', '--format', 'svg', '--out', 'schema.svg') },
  'report --out': { files, args: always('report', '--out', 'report.html') },
  test: { files, args: always('test') },
  squash: { files, args: always('squash', 'a1:b1', '--rev-id', 's1') },
  'squash --prune': {
    files,
    before: [['upgrade'], ['squash', 'a1:b1', '--rev-id', 's1'], ['upgrade']],
    args: always('squash', '--prune'),
  },
  init: { files: { 'schema.ts': accounts() }, args: always('init', '--dialect', 'sqlite', '--schema', 'schema.ts') },
  adopt: {
    files: { 'migrate.config.ts': configOf() },
    sql: 'CREATE TABLE accounts (id integer NOT NULL PRIMARY KEY, name varchar(40))',
    args: always('adopt'),
  },
  stamp: { files, args: always('stamp', 'head') },
}

/** A time, an id, how long something took, and a checksum are others in each run. */
const same = (text: string): string =>
  untimed(text)
    .replace(/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*Z?/g, 'TIME')
    .replace(/(?<![0-9a-z])[0-9a-f]{64}(?![0-9a-z])/g, 'CHECKSUM')
    .replace(/(?<![0-9a-z])[0-9a-f]{12}(?![0-9a-z])/g, 'ID')
const textOf = (at: Desk, name: string): string => readFileSync(join(at.project.folder, name), 'utf8')

const isHidden = (name: string): boolean => /(?:^|\/)\./.test(name)
const filesOf = (at: Desk): readonly string[] =>
  readdirSync(at.project.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/node_modules|app\.db/.test(join(entry.parentPath, entry.name)))
    .map((entry) => join(entry.parentPath, entry.name).slice(at.project.folder.length + 1))
    .toSorted()
const hiddenFiles = (at: Desk): readonly string[] => filesOf(at).filter(isHidden)

/** Files with their text, but pages, of which it says whether they are whole; tables with their rows; and where the history is. */
async function stateOf(at: Desk): Promise<unknown> {
  const texts = filesOf(at).flatMap((name) => {
    if (isHidden(name)) return []
    if (!name.endsWith('.html'))
      return [
        [same(name), same(textOf(at, name).replaceAll(at.project.folder, 'FOLDER').replaceAll(nameOf(at), 'NAME'))],
      ]
    return [[name, /^<!doctype html>(?:.|\n)*<\/html>\s*$/i.test(textOf(at, name))]]
  })
  const rows = (await at.tables()).map(
    async (name) => [name, same(JSON.stringify(await at.sql(`SELECT * FROM ${name} ORDER BY id`)))] as const,
  )
  const { state, heads, interrupted, drift } = at.json('status')
  return { texts, rows: await Promise.all(rows), status: same(JSON.stringify({ state, heads, interrupted, drift })) }
}

async function prepared(open: (files: Files) => Promise<Desk>, { files, sql, before = [], more = {} }: Command) {
  const at = await open(files)
  if (files['migrate.config.ts'] === undefined) rmSync(join(at.project.folder, 'migrate.config.ts'))
  if (sql !== undefined) await at.sql(sql)
  mkdirSync(join(at.project.folder, 'migrations'), { recursive: true })
  for (const args of before) {
    const { code, stderr } = at.run(...args)
    expect(code, `${args.join(' ')}: ${stderr}`).toBe(0)
  }
  at.project.put(more)
  return at
}

type Open = (files: Files) => Promise<Desk>
const codeOf = (text: string): unknown =>
  (JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') as { error?: { code: string } }).error?.code

/** At a part of the time that it takes, then its next call. */
async function stopped(open: Open, command: Command, ms: number, signal: 'SIGINT' | 'SIGKILL', expected: unknown) {
  const at = await prepared(open, command)
  const run = at.project.start(command.args(at), { env: at.env })
  await sleep(ms)
  run.signal(signal)
  const { code, signal: by, stderr } = await run.ended
  const label = `${signal} after ${Math.round(ms)} ms: ${stderr}`
  // Before it heeds signals, while Node starts, it ends by Ctrl-C as any program does.
  if (code === null) expect(by, label).toBe(signal)
  else expect([0, 130], label).toContain(code)
  expect(stderr, label).not.toMatch(/^\s+at /m)
  const isWhole = hiddenFiles(at).length === 0 && JSON.stringify(await stateOf(at)) === JSON.stringify(expected)
  if (code !== 0 && !isWhole) {
    const second = at.run(...(command.next ?? command.args)(at))
    expect(second.code, `${label}\nand then: ${second.stderr}${second.stdout}`).toBe(0)
  }
  // What a killed process was writing is read by none of the later ones.
  if (signal === 'SIGINT') expect(hiddenFiles(at), label).toEqual([])
  expect(await stateOf(at), label).toEqual(expected)
}

/** One of them does it; the other one has nothing to do, or is refused with a code. */
async function atOnce(open: Open, command: Command, expected: unknown) {
  const at = await prepared(open, command)
  const runs = [1, 2].map(() => at.project.start([...command.args(at), '--json'], { env: at.env }))
  const ends = await Promise.all(runs.map(({ ended }) => ended))
  const output = ends.map(({ stdout, stderr }) => `${stdout}${stderr}`).join('\n---\n')
  expect(
    ends.map(({ code }) => code),
    output,
  ).toContain(0)
  for (const { code, stdout } of ends) if (code !== 0) expect(codeOf(stdout), output).toMatch(/^(?!INTERNAL)[A-Z_]+$/)
  expect(hiddenFiles(at)).toEqual([])
  expect(await stateOf(at), output).toEqual(expected)
}

onDatabases('a command that is stopped, and two at once', (open, server) => {
  const every = server === 'sqlite' ? 1 : counts.stoppedCommandEvery
  test.each(sampleOf(Object.entries(commands), every, () => 'command'))('%s', async (_title, command) => {
    const at = await prepared(open, command)
    const began = performance.now()
    const { code, stderr } = await at.project.start(command.args(at), { env: at.env }).ended
    const took = performance.now() - began
    expect(code, stderr).toBe(0)
    const expected = await stateOf(at)
    for (let part = 1; part <= counts.stoppedMoments; part += 1) {
      const ms = (took * part) / (counts.stoppedMoments + 1)
      await stopped(open, command, ms, part % 2 === 1 ? 'SIGKILL' : 'SIGINT', expected)
    }
    await atOnce(open, command, expected)
  })
})

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { revision } from '../project.ts'
import { keys, onTerminal } from '../terminal.ts'
import { cleanDesks, configOf, type Desk, desk, onEachDatabase } from './kit.ts'

cleanDesks()

/** A declared table with an id, a title, and more. */
const notes = (more = ''): string => `import { column, integer, table, text, varchar } from '@org/migrate-core'
export const notes = table('notes', {
  id: column(integer(), { nullable: false }),
  title: column(varchar(40)),
  ${more}
}, { primaryKey: ['id'] })
`
const config = configOf("autogenerate: { schema: './schema.ts' }, seed: './seeds',")
const files = {
  'migrate.config.ts': config,
  'schema.ts': notes(),
  'seeds/1.ts':
    'export default async (db) => { await db.execute(\'INSERT INTO "notes" ("id", "title") VALUES (1, ?)\', ["seeded"]) }\n',
}
const body = 'body: column(varchar(40), { nullable: false }),'

const revisions = ({ project }: Desk): readonly string[] => {
  const folder = join(project.folder, 'migrations')
  return existsSync(folder)
    ? readdirSync(folder)
        .map((name) => name.replace(/^\d{8}T\d{6}_[0-9a-f]+_/, ''))
        .toSorted()
    : []
}
const errorOf = (at: Desk, ...args: readonly string[]) =>
  at.json('dev', ...args).error as { code: string; message: string; remedy: string }

onEachDatabase('migrate dev', (open) => {
  test('applies what is pending, writes and applies what differs, and seeds what was empty', async () => {
    const at = await open(files)
    const first = at.run('dev')
    expect(first.code, first.stderr).toBe(0)
    expect(first.stdout).toMatch(/: 1 revision written, 1 revision applied, 1 seed run, now at [0-9a-f]{12}\n$/)
    expect(first.stderr).toMatch(/created \S+_create_table_notes\.ts\n {2}create table notes\n/)
    expect(await at.sql('SELECT title FROM notes')).toEqual([{ title: 'seeded' }])
    expect(at.run('dev').stdout).toMatch(/: as declared, now at [0-9a-f]{12}\n$/)

    at.project.put({ 'schema.ts': notes(body) })
    const refused = errorOf(at)
    expect(refused).toMatchObject({
      code: 'REVISION_INCOMPLETE',
      message: expect.stringMatching(/^Rows need a value, and nothing was written:\n {2}notes\.body: /),
    })
    expect(errorOf(at, '--fill', "notes.bode='x'")).toMatchObject({
      message: '--fill names notes.bode, and no row needs a value there',
      remedy: 'What needs a value here: --fill "notes.body=<SQL>".',
    })
    expect(revisions(at)).toEqual(['create_table_notes.ts'])
    const filled = at.run('dev', '--fill', "notes.body='x'", '-m', 'notes get a body')
    expect(filled.code, filled.stderr).toBe(0)
    expect(revisions(at)).toEqual(['create_table_notes.ts', 'notes_get_a_body.ts'])
    expect(await at.sql('SELECT title, body FROM notes')).toEqual([{ title: 'seeded', body: 'x' }])

    at.project.put({ 'schema.ts': notes() })
    expect(errorOf(at, '--fill', "notes.body='gone'")).toMatchObject({ code: 'DATA_LOSS' })
    expect(revisions(at)).toHaveLength(2)
    expect(await at.sql('SELECT body FROM notes')).toEqual([{ body: 'x' }])
    // The downgrade brings the column back, and its rows need a value then.
    expect(errorOf(at, '--allow-destructive')).toMatchObject({ code: 'REVISION_INCOMPLETE' })
    const dropped = at.run('dev', '--allow-destructive', '--fill', "notes.body='gone'")
    expect(dropped.code, dropped.stderr).toBe(0)
    expect(await at.sql('SELECT * FROM notes')).toEqual([{ id: expect.anything(), title: 'seeded' }])
    expect(at.run('check').code).toBe(0)
    // The seed inserts: a second run of it would have failed.
    expect(at.json('dev')).toMatchObject({ ok: true, files: [], applied: [], seeds: [] })
  })
})

describe('migrate dev', () => {
  test("applies a colleague's revision first, and writes nothing where that was all", async () => {
    const at = desk(files)
    at.run('dev')
    const [file = ''] = readdirSync(join(at.project.folder, 'migrations'))
    const [, id = ''] = file.split('_')
    at.project.put({
      'migrations/b1_size.ts': revision('b1', id, "  op.addColumn('notes', 'size', integer())"),
      'schema.ts': notes('size: column(integer()),'),
    })
    const { code, stdout, stderr } = at.run('dev')
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/: 1 revision applied, now at b1\n$/)
    expect(revisions(at)).toHaveLength(2)
  })

  test('asks before a conversion that changes values, and writes no revision without the answer', async () => {
    const at = desk(files)
    at.run('dev')
    await at.sql("UPDATE notes SET title = '007'")
    at.project.put({ 'schema.ts': notes().replace('varchar(40)', 'integer()') })
    expect(errorOf(at)).toMatchObject({
      code: 'DATA_LOSS',
      message:
        'The revision would lose for good:\n  column notes.title: 1 value changed by the conversion, not preserved (the spelling of texts that are numbers)',
    })
    expect(revisions(at)).toHaveLength(1)
    const allowed = at.run('dev', '--allow-destructive')
    expect(allowed.code, allowed.stderr).toBe(0)
    expect(await at.sql('SELECT title FROM notes')).toEqual([{ title: 7 }])
  })

  test('is refused on a protected database, and where no schema is declared', () => {
    const at = desk(files)
    const remote = errorOf(at, '--url', 'mysql://app@db.invalid/app', '--allow-destructive')
    expect(remote).toMatchObject({ code: 'DATABASE_PROTECTED' })
    expect(remote.message).toBe(
      '`migrate dev` does not run on mysql://app@db.invalid/app: it is on db.invalid, not on this machine',
    )
    expect(errorOf(at, '--url', 'mysql://app@127.0.0.1:1/app').code).toBe('DATABASE_UNREACHABLE')
    at.project.put({ 'migrate.config.ts': configOf() })
    expect(errorOf(at)).toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/does not say where the schema is declared/),
    })
    expect(revisions(at)).toEqual([])
    expect(existsSync(at.project.database)).toBe(false)
  })

  test('killed behind the file and before its end, the next call applies that revision and writes no other', async () => {
    const gate = `beforeRevision: async () => {
      const { existsSync, writeFileSync } = await import('node:fs')
      writeFileSync('inside', '')
      while (!existsSync('gate')) await new Promise((resolve) => setTimeout(resolve, 20))
    },`
    const at = desk({ ...files, 'migrate.config.ts': config.replace('seed:', `${gate} seed:`) })
    const killed = at.project.start(['dev'])
    while (!existsSync(join(at.project.folder, 'inside'))) await setTimeout(20)
    await killed.kill()
    expect(revisions(at)).toEqual(['create_table_notes.ts'])
    at.project.put({ gate: '' })
    expect(at.json('dev')).toMatchObject({
      ok: true,
      files: [],
      applied: [expect.stringMatching(/^main:/)],
      seeds: ['1.ts'],
    })
    expect(revisions(at)).toEqual(['create_table_notes.ts'])
    expect(await at.sql('SELECT title FROM notes')).toEqual([{ title: 'seeded' }])
  })

  test('a revision that rows refuse names its file, and is applied by the next call', async () => {
    const at = desk({ ...files, 'seeds/1.ts': 'export default async (db) => { await db.query("SELECT 1") }\n' })
    at.run('dev')
    await at.sql("INSERT INTO notes (id, title) VALUES (1, 'same'), (2, 'same')")
    at.project.put({
      'schema.ts': notes().replace(
        "primaryKey: ['id']",
        "primaryKey: ['id'], uniques: [{ name: 'u', columns: ['title'] }]",
      ),
    })
    const { code, stderr } = at.run('dev', '-m', 'unique')
    expect(code).toBe(1)
    expect(stderr).toMatch(/do +Correct the rows, or the revision in \S+_unique\.ts; then call `migrate dev` again\.\n/)
    await at.sql("UPDATE notes SET title = 'other' WHERE id = 2")
    expect(at.json('dev')).toMatchObject({ ok: true, files: [], applied: [expect.stringMatching(/^main:/)] })
  })

  test('an empty database gets its seeds from the call that comes to them: the one before failed there', () => {
    const seed = files['seeds/1.ts'].replace(
      '{ await',
      "{ if (!(await import('node:fs')).existsSync('ready')) throw new Error('not yet'); await",
    )
    const at = desk({ ...files, 'seeds/1.ts': seed })
    expect(at.run('dev').stderr).toContain('not yet')
    expect(revisions(at)).toEqual(['create_table_notes.ts'])
    at.project.put({ ready: '' })
    expect(at.json('dev')).toMatchObject({ ok: true, files: [], applied: [], seeds: ['1.ts'] })
    expect(at.json('dev')).toMatchObject({ ok: true, files: [], applied: [], seeds: [] })
  })

  test('three at once, one revision is written and all end well', async () => {
    const at = desk(files)
    const ended = await Promise.all([0, 1, 2].map(() => at.project.start(['dev']).ended))
    expect(
      ended.map(({ code }) => code),
      ended.map(({ stderr }) => stderr).join('\n'),
    ).toEqual([0, 0, 0])
    expect(revisions(at)).toEqual(['create_table_notes.ts'])
    expect(await at.sql('SELECT title FROM notes')).toEqual([{ title: 'seeded' }])
  })
})

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await setTimeout(50)
}

// The system knows there when a process began.
describe.runIf(existsSync('/proc/self/stat'))('a process that was killed while it wrote a revision', () => {
  const [, start = ''] = /^\d+ \(.*\) (?:\S+ ){19}(\d+) /s.exec(readFileSync('/proc/self/stat', 'utf8')) ?? []
  const holderOf = /waiting for process (\d+), which writes a revision here \((.*)\)/

  test('holds nothing, also where another process has its number by now', async () => {
    const at = desk({ ...files, 'seeds/1.ts': 'export default () => new Promise((end) => setTimeout(end, 60_000))\n' })
    const killed = at.project.start(['dev'])
    await until(() => killed.output().includes('[1/1]'))
    const second = at.project.start(['dev'])
    await until(() => holderOf.test(second.output()))
    const [, , file = ''] = holderOf.exec(second.output()) ?? []
    const [, location = ''] = readFileSync(file, 'utf8').split('\n')
    second.signal('SIGINT')
    await second.ended
    killed.signal('SIGKILL')
    await killed.ended
    at.project.put({ 'seeds/1.ts': files['seeds/1.ts'] })
    // This process lives, and began at another time.
    writeFileSync(file, [process.pid, location, '1'].join('\n'))
    expect(at.run('dev').code).toBe(0)
    writeFileSync(file, [process.pid, location, start].join('\n'))
    for (const command of [['dev'], ['revision', '-m', 'x']]) {
      expect(at.project.json([...command, '--lock-wait', '300ms'])).toMatchObject({
        error: {
          code: 'LOCKED',
          message: expect.stringMatching(/^process \d+ writes a revision in .*, remove .*\.lock\.$/),
        },
      })
    }
    expect(at.run('dev', '--lock-wait', '0').code).toBe(4)
    const third = at.project.start(['dev'])
    await until(() => holderOf.test(third.output()))
    rmSync(file)
    expect((await third.ended).code).toBe(0)
  })
})

describe('migrate dev --watch', () => {
  test('runs again at each change of the schema, survives a mistake in it, and ends at Ctrl-C', async () => {
    const at = desk(files)
    const watching = at.project.start(['dev', '--watch'])
    const rounds = (): number => watching.output().split('watching ').length - 1
    await until(() => rounds() === 1)
    expect(revisions(at)).toEqual(['create_table_notes.ts'])
    at.project.put({ 'schema.ts': 'export const notes = (\n' })
    await until(() => rounds() === 2)
    expect(watching.output()).toMatch(/error: CONFIG_FAILED/)
    at.project.put({ 'schema.ts': notes('size: column(integer()),') })
    await until(() => rounds() === 3)
    expect(revisions(at)).toEqual(['add_column_notes_size.ts', 'create_table_notes.ts'])
    watching.signal('SIGINT')
    expect((await watching.ended).code).toBe(0)
    expect((await at.sql("SELECT name FROM pragma_table_info('notes')")).map(({ name }) => name)).toContain('size')
  })

  test('is refused where no file declares the schema', () => {
    const at = desk({
      ...files,
      'migrate.config.ts': configOf("autogenerate: { schema: { from: 'command', command: 'true' } },"),
    })
    expect(errorOf(at, '--watch')).toMatchObject({
      code: 'USAGE',
      message: 'the schema is declared by no file that could be watched',
    })
  })
})

describe('on a terminal', () => {
  test('dev asks for values and for the name', async () => {
    const at = desk(files)
    at.run('dev')
    at.project.put({ 'schema.ts': notes(body) })
    await onTerminal(
      at.project.folder,
      'dev',
      ['rows need a value of notes.body, as an SQL expression', `'typed'${keys.enter}`],
      ['What does the revision do?', keys.enter],
    )
    expect(await at.sql('SELECT body FROM notes')).toEqual([{ body: 'typed' }])
  })

  test('reset asks for the name of the database, and drops nothing for another one', async () => {
    const at = desk(files)
    at.run('dev')
    await at.sql("UPDATE notes SET title = 'mine'")
    const question = 'Type its name to confirm: app.db'
    const refused = await onTerminal(at.project.folder, 'reset', [question, `app${keys.enter}`])
    expect(refused).toContain('Nothing was dropped: app is not the name.')
    expect(await at.sql('SELECT title FROM notes')).toEqual([{ title: 'mine' }])
    await onTerminal(at.project.folder, 'reset', [question, `app.db${keys.enter}`])
    expect(await at.sql('SELECT title FROM notes')).toEqual([{ title: 'seeded' }])
  })
})

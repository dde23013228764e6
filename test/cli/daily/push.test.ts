import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createMigrator } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'
import { revision } from '../project.ts'
import { keys, onTerminal } from '../terminal.ts'
import { cleanDesks, configOf, type Desk, desk, holdTable, onDatabases, onEachDatabase } from './kit.ts'

cleanDesks()

const column = (name: string, more = ''): string => `  ${name}: column(varchar(40)${more}),\n`
const tableText = (name: string, columns: string, more = ''): string =>
  `export const ${name} = table('${name}', {\n  id: column(integer(), { nullable: false }),\n${columns}}, { primaryKey: ['id']${more} })\n`
const schemaOf = (...tables: readonly string[]): string =>
  `import { column, integer, table, varchar } from '@org/migrate-core'\n${tables.join('')}`
const notes = (columns = column('title'), more = ''): string => tableText('notes', columns, more)
const tags = tableText('tags', column('name'))

const config = configOf("autogenerate: { schema: './schema.ts' },")
const files = { 'migrate.config.ts': config, 'schema.ts': schemaOf(notes()) }

const revisions = ({ project }: Desk): readonly string[] => {
  const folder = join(project.folder, 'migrations')
  return existsSync(folder) ? readdirSync(folder).map((name) => name.replace(/^[0-9a-f]+_/, '')) : []
}
const errorOf = (at: Desk, ...args: readonly string[]) =>
  at.json(...args).error as { code: string; message: string; remedy: string; details: unknown }
const done = (at: Desk, ...args: readonly string[]): string => {
  const { code, stdout, stderr } = at.run(...args)
  expect(code, stderr).toBe(0)
  return `${stderr}${stdout}`
}
const nameOf = ({ env }: Desk): string =>
  env.APP_URL === undefined ? 'app.db' : new URL(env.APP_URL).pathname.slice(1)
const directions = async (at: Desk): Promise<readonly unknown[]> =>
  (await at.sql('SELECT direction FROM migrate_history ORDER BY id')).map(({ direction }) => direction)

onEachDatabase('migrate push', (open) => {
  test('what a downgrade preserved of a revision that is recorded on a pushed database is set aside, and named', async () => {
    const at = await open(files)
    done(at, 'revision', '--autogenerate', '-m', 'notes', '--rev-id', 'a1')
    done(at, 'upgrade')
    await at.sql("INSERT INTO notes (id, title) VALUES (1, 'old')")
    done(at, 'downgrade', 'base')
    done(at, 'push')
    expect(done(at, 'upgrade')).toContain(
      '1 value is preserved of a1, and no step restores it after this stamp: `migrate preserved restore a1` does.',
    )
    expect(at.json('status')).toMatchObject({ preserved: 1, superseded: 1 })
    done(at, 'preserved', 'restore', 'a1')
    expect(await at.sql('SELECT id, title FROM notes')).toEqual([{ id: 1, title: 'old' }])
  })

  test('a prototype is pushed until its first revision, which is recorded and not run', async () => {
    const at = await open(files)
    const first = at.run('push')
    expect(first.code, first.stderr).toBe(0)
    expect(first.stdout).toMatch(/: 1 change pushed in /)
    expect(first.stderr).toMatch(/- create table notes\n +CREATE TABLE /)
    expect(revisions(at)).toEqual([])
    await at.sql("INSERT INTO notes (id, title) VALUES (1, 'kept')")
    expect(at.run('push').stdout).toMatch(/: as declared\n$/)

    const wider = schemaOf(notes(column('headline') + column('body', ', { nullable: false }')), tags)
    at.project.put({ 'schema.ts': wider })
    expect(errorOf(at, 'push')).toMatchObject({ code: 'RENAME_UNANSWERED' })
    const renamed = ['push', '--rename', 'notes.title:headline'] as const
    expect(errorOf(at, ...renamed)).toMatchObject({ code: 'REVISION_INCOMPLETE' })
    expect(at.run(...renamed, '--dry-run').stdout).toContain('fill notes.body in rows without a value')
    expect(await at.tables()).toEqual(['notes'])
    done(at, ...renamed, '--fill', "notes.body='x'")
    expect(await at.sql('SELECT headline, body FROM notes')).toEqual([{ headline: 'kept', body: 'x' }])
    expect(await at.tables()).toEqual(['notes', 'tags'])
    expect(await directions(at)).toEqual(['push', 'push'])

    at.project.put({ 'schema.ts': schemaOf(notes(column('headline')), tags) })
    const lost = errorOf(at, 'push')
    expect(lost).toMatchObject({ code: 'DATA_LOSS', message: expect.stringContaining('the values of notes.body') })
    expect(at.run('push', '--dry-run').stdout).toContain('destructive: loses the values of notes.body')
    expect(await at.sql('SELECT body FROM notes')).toEqual([{ body: 'x' }])
    done(at, 'push', '--allow-destructive')
    expect(await at.sql('SELECT * FROM notes')).toEqual([{ id: expect.anything(), headline: 'kept' }])

    at.project.put({ 'migrations/.keep': '' })
    expect(at.json('status')).toMatchObject({ state: 'atHead', pending: 0, pushedAt: expect.stringMatching(/^20/) })
    expect(at.run('status').stdout).toMatch(/pushed +20\S+Z, and no revision recorded since\n/)
    expect(at.run('history').stdout).toMatch(/^20\S+Z pushed, and no revision recorded since\n/)
    expect(at.run('doctor').stdout).toMatch(/warning +push: The database was pushed at \S+, and no revision/)
    const checked = at.run('check')
    expect(checked.code).toBe(3)
    expect(checked.stdout).toMatch(/note \(pushed\): The database was pushed at /)
    expect(checked.stdout).toMatch(
      /problem \(model differs\): What the revisions make differs from the declared schema/,
    )
    expect(checked.stdout).not.toMatch(/\(drift\)/)

    const written = at.run('revision', '--autogenerate', '-m', 'first')
    expect(written.code, written.stderr).toBe(0)
    expect(written.stderr).toMatch(
      /was pushed at \S+: the declared schema is compared with what the revisions make\.\n/,
    )
    expect(written.stdout).toMatch(/ {2}create table notes\n {2}create table tags\n/)
    expect(errorOf(at, 'plan')).toMatchObject({ code: 'NOT_AT_HEAD', details: { state: 'pushed', pending: 1 } })
    const upgraded = at.run('upgrade')
    expect(upgraded.code, upgraded.stderr).toBe(0)
    expect(upgraded.stdout).toMatch(/: 1 revision recorded, now at [0-9a-f]{12}\n$/)
    expect(await at.sql('SELECT headline FROM notes')).toEqual([{ headline: 'kept' }])
    expect(await directions(at)).toEqual(['stamp'])
    expect(at.run('upgrade').stdout).toMatch(/: up to date at /)
    expect(at.run('check').code).toBe(0)
    expect(at.json('status')).not.toHaveProperty('pushedAt')
    expect(errorOf(at, 'push')).toMatchObject({
      code: 'DATABASE_PROTECTED',
      message: expect.stringMatching(/: it has a history, at [0-9a-f]{12}$/),
    })
    done(at, 'dev')
    done(at, 'downgrade', 'base')
    expect(await at.tables()).toEqual([])
    done(at, 'upgrade')
    expect(await at.tables()).toEqual(['notes', 'tags'])
  })
})

test('a database that was pushed is not loaded, until it is reset', () => {
  const at = desk({
    ...files,
    'migrate.config.ts': configOf("snapshot: './schema.sql', autogenerate: { schema: './schema.ts' },"),
  })
  done(at, 'push')
  done(at, 'revision', '--autogenerate', '-m', 'notes')
  done(at, 'upgrade', '--url', 'sqlite:other.db')
  expect(errorOf(at, 'load')).toMatchObject({
    code: 'DATABASE_PROTECTED',
    message: expect.stringMatching(/: it was pushed at 20\S+, and no revision was recorded since$/),
    remedy: 'Name an empty database; or run `migrate reset`, which drops what was pushed and upgrades.',
  })
  // The advice: each of its halves.
  expect(done(at, 'load', '--url', 'sqlite:empty.db')).toMatch(/: 1 revision recorded, /)
  expect(done(at, 'reset', '--confirm', 'app.db')).toMatch(/: 1 object dropped, 1 revision applied, /)
})

onDatabases('migrate push', (open, server) => {
  // Elsewhere the revision is one transaction, and nothing of it is left.
  const interrupted = server === 'mysql' ? [server] : []
  test.each(interrupted)('an interrupted revision is finished or taken back first, on %s', async () => {
    const at = await open({
      ...files,
      'migrations/a1.ts': revision(
        'a1',
        null,
        "  op.addColumn('notes', 'stars', integer())\n  op.createIndex('notes', 'u', ['title'], { unique: true })",
      ),
    })
    await at.sql(
      "CREATE TABLE notes (id int PRIMARY KEY, title varchar(40)); INSERT INTO notes VALUES (1, 'one'), (2, 'one')",
    )
    expect(at.run('upgrade').code).toBe(1)
    for (const args of [['push'], ['push', '--dry-run']] as const) {
      expect(errorOf(at, ...args)).toMatchObject({
        code: 'REVISION_INTERRUPTED',
        message: expect.stringMatching(
          /^Revision a1 is interrupted: its upgrade started at 20\S+ and has not finished\.$/,
        ),
        remedy: 'Finish it with `migrate resume`, or take back what is done of it with `migrate resume --revert`.',
      })
    }
    done(at, 'resume', '--revert')
    expect(done(at, 'push', '--allow-destructive')).toMatch(/changes? pushed|as declared/)
    expect(await at.sql('SELECT id, title FROM notes ORDER BY id')).toEqual([
      { id: 1, title: 'one' },
      { id: 2, title: 'one' },
    ])
  })

  test('revisions that make something else are neither run nor recorded; reset clears the push', async () => {
    const at = await open({
      ...files,
      'migrations/a1.ts': revision(
        'a1',
        null,
        `  op.createTable('notes', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('title', varchar(60))
    t.primaryKey(['id'])
  })`,
      ),
    })
    done(at, 'push')
    await at.sql("INSERT INTO notes (id, title) VALUES (1, 'kept')")
    const refused = errorOf(at, 'upgrade')
    expect(refused).toMatchObject({ code: 'NOT_AT_HEAD', details: { state: 'pushed', pending: 1 } })
    expect(refused.message).toMatch(/the pending revisions make something else: 1 difference\.\n {2}table notes: /)
    expect(refused.remedy).toMatch(/^Run `migrate reset`/)
    expect(await at.sql('SELECT title FROM notes')).toEqual([{ title: 'kept' }])
    expect(at.json('status')).toMatchObject({ pending: 1, pushedAt: expect.any(String) })
    const { code, stdout, stderr } = at.run('reset', '--confirm', nameOf(at))
    expect(code, stderr).toBe(0)
    expect(stdout).toMatch(/: 1 object dropped, 1 revision applied, now at a1\n$/)
    expect(await at.sql('SELECT title FROM notes')).toEqual([])
    expect(await directions(at)).toEqual(['up'])
  })

  test('two at once make the changes once', async () => {
    const at = await open({ ...files, 'schema.ts': schemaOf(notes(), tags) })
    const ended = await Promise.all([0, 1].map(() => at.project.start(['push'], { env: at.env }).ended))
    for (const { code, stderr } of ended) expect(code, stderr).toBe(0)
    expect(await at.tables()).toEqual(['notes', 'tags'])
    expect(await directions(at)).toEqual(['push'])
  })

  // A session of SQLite cannot be kept waiting from outside.
  test.for(server === 'sqlite' ? [] : (['SIGINT', 'SIGKILL'] as const))(
    'interrupted in the middle by %s, the next push continues from what is there',
    async (signal) => {
      const at = await open(files)
      done(at, 'push')
      await at.sql("INSERT INTO notes (id, title) VALUES (1, 'kept')")
      at.project.put({ 'schema.ts': schemaOf(tags, notes(column('title') + column('body') + column('mood'))) })
      const held = holdTable(at, server, 'notes')
      while ((await held.readers()) === 0) await setTimeout(50)
      const running = at.project.start(['push'], { env: at.env })
      while ((await held.waiting()) === 0) await setTimeout(50)
      running.signal(signal)
      // On a busy machine the statements would be done before the process hears of it.
      while (signal === 'SIGINT' && !running.output().includes('SIGINT: stopping')) await setTimeout(20)
      await held.release()
      const { code, stderr } = await running.ended
      if (signal === 'SIGINT')
        expect({ code, stderr }).toMatchObject({ code: 130, stderr: expect.stringMatching(/ABORTED: Stopped in the/) })
      // Where DDL commits by itself the interrupted push has its record.
      expect((await directions(at)).every((each) => each === 'push')).toBe(true)
      done(at, 'push')
      expect(await at.sql('SELECT title, body, mood FROM notes')).toEqual([{ title: 'kept', body: null, mood: null }])
      expect(await at.tables()).toEqual(['notes', 'tags'])
      expect(at.run('push').stdout).toMatch(/: as declared\n$/)
      done(at, 'dev', '-m', 'first')
      expect(at.json('status')).toMatchObject({ state: 'atHead' })
    },
  )
})

describe('migrate push', () => {
  test('is refused on a protected database, where no schema is declared, and where another tool has migrated', async () => {
    const at = desk(files)
    const remote = ['push', '--url', 'postgres://app@db.invalid/app', '--allow-destructive'] as const
    expect(errorOf(at, ...remote)).toMatchObject({
      code: 'DATABASE_PROTECTED',
      message: '`migrate push` does not run on postgres://app@db.invalid/app: it is on db.invalid, not on this machine',
    })
    expect(errorOf(at, 'push', '--url', 'mysql://app@127.0.0.1:1/app').code).toBe('DATABASE_UNREACHABLE')
    at.project.put({ 'migrate.config.ts': configOf() })
    expect(errorOf(at, 'push').code).toBe('USAGE')
    expect(existsSync(at.project.database)).toBe(false)
    at.project.put({ 'migrate.config.ts': config })
    await at.sql('CREATE TABLE __drizzle_migrations (id INTEGER PRIMARY KEY, hash TEXT NOT NULL, created_at NUMERIC)')
    expect(errorOf(at, 'push')).toMatchObject({
      code: 'DATABASE_PROTECTED',
      message: expect.stringMatching(/: drizzle-kit has migrated it$/),
      remedy: 'Take the database over with `migrate adopt`.',
    })
    expect(await at.tables()).toEqual(['__drizzle_migrations'])
  })

  test('on a terminal it asks before something is lost, and for the values that rows need', async () => {
    const at = desk(files)
    done(at, 'push')
    await at.sql("INSERT INTO notes (id, title) VALUES (1, 'kept')")
    at.project.put({ 'schema.ts': schemaOf(notes('')) })
    const loses = 'The push would lose for good:'
    const left = await onTerminal(at.project.folder, 'push', [loses, keys.enter])
    expect(left).toContain('ABORTED')
    expect(await at.sql('SELECT title FROM notes')).toEqual([{ title: 'kept' }])
    const dropped = await onTerminal(at.project.folder, 'push', [loses, `${keys.down}${keys.enter}`])
    expect(dropped).toContain('1 change pushed')
    at.project.put({ 'schema.ts': schemaOf(notes(column('size', ', { nullable: false }'))) })
    const filled = await onTerminal(at.project.folder, 'push', ['rows need a value of notes.size', `'s'${keys.enter}`])
    expect(filled).toMatch(/changes? pushed/)
    expect(await at.sql('SELECT * FROM notes')).toEqual([{ id: 1, size: 's' }])
  })

  test('a conversion asks where it changes values, and names how many', async () => {
    const at = desk(files)
    done(at, 'push')
    await at.sql("INSERT INTO notes (id, title) VALUES (1, '007'), (2, '8')")
    at.project.put({ 'schema.ts': schemaOf(notes('  title: column(integer()),\n')) })
    const loss =
      'column notes.title: 1 value changed by the conversion, not preserved (the spelling of texts that are numbers)'
    expect(errorOf(at, 'push')).toMatchObject({
      code: 'DATA_LOSS',
      message: `The push would lose for good:\n  ${loss}`,
    })
    expect(at.run('push', '--dry-run').stdout).toContain(`destructive: ${loss}\n`)
    await at.sql("UPDATE notes SET title = '7' WHERE id = 1")
    done(at, 'push')
    expect(await at.sql('SELECT title FROM notes')).toEqual([{ title: 7 }, { title: 8 }])
  })

  test('a table without rows needs no value for a new column', async () => {
    const at = desk(files)
    done(at, 'push')
    at.project.put({ 'schema.ts': schemaOf(notes(column('title') + column('size', ', { nullable: false }'))) })
    done(at, 'push')
    await expect(at.sql('INSERT INTO notes (id, size) VALUES (1, NULL)')).rejects.toThrow(/NOT NULL/)
  })

  test('rows that refuse a change leave the database as it was', async () => {
    const at = desk(files)
    done(at, 'push')
    await at.sql("INSERT INTO notes (id, title) VALUES (1, 'same'), (2, 'same')")
    at.project.put({
      'schema.ts': schemaOf(tags, notes(column('title'), ", uniques: [{ name: 'u', columns: ['title'] }]")),
    })
    const refused = errorOf(at, 'push')
    expect(refused).toMatchObject({
      code: 'BLOCKING_ROWS',
      remedy: 'Correct the declared schema or the rows, and run `migrate push` again.',
    })
    expect(await at.tables()).toEqual(['notes'])
    expect(await directions(at)).toEqual(['push'])
    await at.sql("UPDATE notes SET title = 'other' WHERE id = 2")
    done(at, 'push')
    expect(await at.tables()).toEqual(['notes', 'tags'])
  })

  test('killed in the middle nothing is changed, and the next push makes the changes', async () => {
    const gate = `processOperations: async (changes) => {
      const { existsSync, writeFileSync } = await import('node:fs')
      if (existsSync('once')) {
        writeFileSync('inside', '')
        while (!existsSync('gate')) await new Promise((resolve) => setTimeout(resolve, 20))
      }
      writeFileSync('once', '')
      return changes
    },`
    const at = desk({
      ...files,
      'migrate.config.ts': config.replace("schema: './schema.ts'", `schema: './schema.ts', ${gate}`),
    })
    const killed = at.project.start(['push'])
    while (!existsSync(join(at.project.folder, 'inside'))) await setTimeout(20)
    await killed.kill()
    expect(await at.tables()).toEqual([])
    at.project.put({ gate: '' })
    done(at, 'push')
    expect(await at.tables()).toEqual(['notes'])
  })

  test('what was shown is made, or nothing', async () => {
    const gate = `processOperations: async (changes) => {
      const { existsSync, writeFileSync } = await import('node:fs')
      if (existsSync('gate')) return changes
      writeFileSync('gate', '')
      return changes.slice(0, 1)
    },`
    const at = desk({
      ...files,
      'schema.ts': schemaOf(notes(), tags),
      'migrate.config.ts': config.replace("schema: './schema.ts'", `schema: './schema.ts', ${gate}`),
    })
    expect(errorOf(at, 'push')).toMatchObject({ code: 'PLAN_STALE', remedy: 'Run `migrate push` again.' })
    expect(await at.tables()).toEqual([])
    done(at, 'push')
    expect(await at.tables()).toEqual(['notes', 'tags'])
  })

  test('a service is not started on what was pushed, whichever way it asks', async () => {
    const at = desk({
      ...files,
      'migrations/a1.ts': revision('a1', null, "  op.createTable('notes', (t) => { t.column('id', integer()) })"),
    })
    done(at, 'push')
    const migrator = createMigrator({
      dialect: sqliteDialect({ url: at.project.database }),
      tiers: [graph(join(at.project.folder, 'migrations'))],
    })
    for (const mode of ['apply', 'verify', 'wait'] as const) {
      const refused = await migrator.ensure({ mode }).catch((error: unknown) => error)
      expect(refused).toMatchObject({ code: 'NOT_AT_HEAD', details: { state: 'pushed', pending: 1 } })
    }
    await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'NOT_AT_HEAD' })
    expect(await at.tables()).toEqual(['notes'])
    expect(await directions(at)).toEqual(['push'])
  })

  test('a revision that writes rows is not recorded: a push has not written them', () => {
    const at = desk({
      ...files,
      'migrations/a1.ts': revision(
        'a1',
        null,
        `  op.createTable('notes', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('title', varchar(40))
    t.primaryKey(['id'])
  })
  op.insertRows('notes', [{ id: 1, title: 'a' }])`,
      ),
    })
    done(at, 'push')
    expect(errorOf(at, 'upgrade').message).toMatch(/a1 writes rows: insert 1 row into notes/)
  })

  test('a stamp takes the place of the push', async () => {
    const at = desk({
      ...files,
      'migrations/a1.ts': revision('a1', null, "  op.createTable('x', (t) => { t.column('id', integer()) })"),
    })
    done(at, 'push')
    done(at, 'stamp', 'a1')
    expect(await directions(at)).toEqual(['stamp'])
    expect(at.json('status')).not.toHaveProperty('pushedAt')
  })
})

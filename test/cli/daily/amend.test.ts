import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { revision } from '../project.ts'
import { cleanDesks, configOf, type Desk, desk, onEachDatabase } from './kit.ts'

cleanDesks()

/** A declared table with an id, a title, and more. */
const notes = (more = ''): string => `import { column, integer, table, varchar } from '@org/migrate-core'
export const notes = table('notes', {
  id: column(integer(), { nullable: false }),
  title: column(varchar(40)),
  ${more}
}, { primaryKey: ['id'] })
`
const size = 'size: column(integer()),'
const declared = "autogenerate: { schema: './schema.ts' },"
const files = { 'migrate.config.ts': configOf(declared), 'schema.ts': notes() }

const folderOf = ({ project }: Desk): string => join(project.folder, 'migrations')
/** Every file of the folder, hidden ones too. */
const names = (at: Desk): readonly string[] => readdirSync(folderOf(at)).toSorted()
const lastText = (at: Desk): string => readFileSync(join(folderOf(at), names(at).at(-1) ?? ''), 'utf8')
const errorOf = (at: Desk, ...args: readonly string[]) =>
  at.json('revision', '--amend', ...args).error as { code: string; message: string; remedy: string }

/** A database with two generated revisions and a row; the second one adds `size`. */
async function twoRevisionsOn(at: Desk): Promise<string> {
  expect(at.run('dev').code).toBe(0)
  at.project.put({ 'schema.ts': notes(size) })
  expect(at.run('dev', '-m', 'size').code).toBe(0)
  await at.sql("INSERT INTO notes (id, title, size) VALUES (1, 'first', 7)")
  const [, id = ''] = (names(at).at(-1) ?? '').split('_')
  return id
}

onEachDatabase('migrate revision --amend', (open) => {
  test('generates the last revision again, applies it, and keeps the rows', async () => {
    const at = await open(files)
    const id = await twoRevisionsOn(at)
    const before = names(at)
    at.project.put({ 'schema.ts': notes(`${size} colour: column(varchar(9)),`) })
    const amended = at.run('revision', '--amend')
    expect(amended.code, amended.stderr).toBe(0)
    expect(amended.stdout).toMatch(new RegExp(`: ${id} amended, now at ${id}\n$`))
    expect(names(at)).toEqual(before)
    expect(lastText(at)).toMatch(/^\/\*\*\n \* size — /)
    expect(lastText(at)).toContain("'colour'")
    expect(await at.sql('SELECT id, title, size, colour FROM notes')).toEqual([
      { id: expect.anything(), title: 'first', size: expect.anything(), colour: null },
    ])
    expect(at.run('check').code).toBe(0)
    expect(at.run('revision', '--amend').stdout).toMatch(/ is as declared: nothing was amended\n$/)
  })
})

describe('migrate revision --amend', () => {
  test('is refused on a protected database, and beside what it would not heed', () => {
    const at = desk(files)
    expect(errorOf(at, '--url', 'mysql://app@db.invalid/app')).toMatchObject({
      code: 'DATABASE_PROTECTED',
      message: expect.stringMatching(/^`migrate revision --amend` does not run on /),
    })
    expect(errorOf(at, '--rev-id', 'a1', '--head', 'b1').message).toMatch(/^--head, --rev-id does not go with --amend/)
    expect(errorOf(at, '--no-database').remedy).toBe('Leave --no-database out.')
    expect(errorOf(at).message).toBe('there is no revision to amend')
  })

  test('is refused for several heads, a merge, and for what was written by hand', async () => {
    const at = desk(files)
    const id = await twoRevisionsOn(at)
    const file = `migrations/${names(at).at(-1)}`
    const text = lastText(at)
    at.project.put({ [file]: `${text}// mine\n`, 'schema.ts': notes(`${size} colour: column(varchar(9)),`) })
    expect(errorOf(at).message).toMatch(/_size\.ts is not exactly what was generated on this machine/)
    expect(lastText(at)).toBe(`${text}// mine\n`)
    at.project.put({ [file]: text })
    const [, first = ''] = (names(at)[0] ?? '').split('_')
    at.project.put({ 'migrations/b1_side.ts': revision('b1', first, '') })
    expect(errorOf(at).message).toBe(
      `there are several heads, ${[id, 'b1'].toSorted().join(', ')}, and --amend is for the only one`,
    )
    at.run('merge', 'heads', '--rev-id', 'm1')
    expect(errorOf(at).message).toMatch(/^m1 joins .*: a merge has nothing to amend$/)
  })

  test('is refused where another database has it, or cannot be asked', async () => {
    const databases = (audit: string): string =>
      `export default { migrations: './migrations', ${declared} databases: { main: { url: 'sqlite:./app.db' }, audit: { url: '${audit}', protected: false } } }\n`
    const at = desk({ ...files, 'migrate.config.ts': databases('sqlite:./audit.db') })
    at.run('dev', '--database', 'main')
    const [, id = ''] = (names(at)[0] ?? '').split('_')
    at.run('upgrade', '--database', 'audit')
    at.project.put({ 'schema.ts': notes(size) })
    const text = lastText(at)
    expect(errorOf(at, '--database', 'main').message).toBe(`the database audit has ${id}`)
    at.run('downgrade', 'base', '--database', 'audit')
    at.project.put({ 'migrate.config.ts': databases('mysql://app@127.0.0.1:1/app') })
    expect(errorOf(at, '--database', 'main')).toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      remedy: expect.stringMatching(/^Make that database reachable/),
    })
    expect(lastText(at)).toBe(text)
    at.project.put({ 'migrate.config.ts': databases('sqlite:./audit.db') })
    expect(at.run('revision', '--amend', '--database', 'main').code).toBe(0)
  })

  test('another history in the same file is another database', () => {
    const tables = "{ version: 'v', history: 'h', preserved: 'p', journal: 'j', lock: 'l' }"
    const databases = `main: { url: 'sqlite:./app.db' }, audit: { url: 'sqlite:./app.db', tables: ${tables} }`
    const at = desk({
      ...files,
      'migrate.config.ts': `export default { migrations: './migrations', ${declared} databases: { ${databases} } }\n`,
    })
    at.run('dev', '--database', 'main')
    const [, id = ''] = (names(at)[0] ?? '').split('_')
    expect(at.run('stamp', 'head', '--database', 'audit').code).toBe(0)
    at.project.put({ 'schema.ts': notes(size) })
    expect(errorOf(at, '--database', 'main').message).toBe(`the database audit has ${id}`)
  })

  test('is refused for what the upstream branch has', async () => {
    const at = desk({ ...files, '.gitignore': 'node_modules\napp.db*\n' })
    const git = (...args: readonly string[]): void => {
      const identity = ['-c', 'user.name=Ann', '-c', 'user.email=x@example.com', '-c', 'commit.gpgsign=false']
      const { status, stderr } = spawnSync('git', [...identity, ...args], { cwd: at.project.folder, encoding: 'utf8' })
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
    }
    at.run('dev')
    const [, id = ''] = (names(at)[0] ?? '').split('_')
    at.project.put({ 'schema.ts': notes(size) })
    git('init', '-q', '-b', 'main')
    git('add', '.')
    git('commit', '-qm', 'notes')
    git('branch', 'work')
    git('checkout', '-q', 'work')
    git('branch', '-q', '--set-upstream-to', 'main')
    expect(errorOf(at).message).toBe(`${id} is in the upstream branch @{upstream}, and other people have it`)
    git('checkout', '-q', '--orphan', 'other')
    git('commit', '-qm', 'without the history of main')
    git('checkout', '-q', 'work')
    git('branch', '-q', '--set-upstream-to', 'other')
    expect(errorOf(at)).toMatchObject({
      message: expect.stringMatching(/^the branch @\{upstream\} .* cannot be read/),
      remedy: 'Fetch the history of that branch with git, then repeat it.',
    })
    const withoutGit = at.project.json(['revision', '--amend'], { env: { PATH: '/none' } })
    expect(withoutGit.error).toMatchObject({ remedy: 'Install git, or put it on the PATH.' })
    git('branch', '-q', '--unset-upstream')
    expect(at.run('revision', '--amend').code).toBe(0)
  })

  test('without a terminal a loss is refused before anything is changed', async () => {
    const at = desk(files)
    await twoRevisionsOn(at)
    const text = lastText(at)
    at.project.put({ 'schema.ts': notes(size).replace('title: column(varchar(40)),', '') })
    expect(errorOf(at).code).toBe('DATA_LOSS')
    expect(lastText(at)).toBe(text)
    expect(await at.sql('SELECT size FROM notes')).toEqual([{ size: 7 }])
  })

  test('a column of the revision that has another name now is a loss too, and no rename', async () => {
    const at = desk(files)
    await twoRevisionsOn(at)
    const text = lastText(at)
    at.project.put({ 'schema.ts': notes('length: column(integer()),') })
    const refused = errorOf(at)
    expect([refused.code, refused.message]).toEqual([
      'DATA_LOSS',
      'The revision would lose for good:\n  the values of notes.size',
    ])
    expect(refused.remedy).toMatch(/^If it was renamed, make a new revision behind /)
    expect(lastText(at)).toBe(text)
    expect(await at.sql('SELECT size FROM notes')).toEqual([{ size: 7 }])
    expect(at.run('revision', '--autogenerate', '--rename', 'notes.size:length', '-m', 'length').code).toBe(0)
    expect(at.run('upgrade').code).toBe(0)
    expect(await at.sql('SELECT length FROM notes')).toEqual([{ length: 7 }])
    at.project.put({ 'schema.ts': notes('length: column(integer()), width: column(integer()),') })
    expect(at.run('dev', '-m', 'width').code).toBe(0)
    await at.sql('UPDATE notes SET width = 3')
    at.project.put({ 'schema.ts': notes('length: column(integer()), breadth: column(integer()),') })
    expect(at.run('revision', '--amend', '--allow-destructive').code).toBe(0)
    expect(await at.sql('SELECT breadth FROM notes')).toEqual([{ breadth: null }])
  })

  test('a name that the revision gave is given otherwise, and nothing is lost', async () => {
    const at = desk(files)
    expect(at.run('dev').code).toBe(0)
    await at.sql("INSERT INTO notes (id, title) VALUES (1, 'first')")
    at.project.put({ 'schema.ts': notes().replace('title:', 'heading:') })
    expect(at.run('dev', '-m', 'heading', '--rename', 'notes.title:heading').code).toBe(0)
    at.project.put({ 'schema.ts': notes().replace('title:', 'caption:') })
    const amended = at.run('revision', '--amend', '--rename', 'notes.title:caption')
    expect(amended.code, amended.stderr).toBe(0)
    expect(await at.sql('SELECT caption FROM notes')).toEqual([{ caption: 'first' }])
  })

  test('a column that the revision made with its table is a loss of the rows where it has another name', async () => {
    const at = desk(files)
    expect(at.run('dev').code).toBe(0)
    await at.sql("INSERT INTO notes (id, title) VALUES (1, 'first')")
    at.project.put({ 'schema.ts': notes().replace('title:', 'caption:') })
    const refused = errorOf(at)
    expect([refused.code, refused.message]).toEqual([
      'DATA_LOSS',
      'The revision would lose for good:\n  the rows of notes, which have a value of column notes.title',
    ])
    expect(await at.sql('SELECT title FROM notes')).toEqual([{ title: 'first' }])
  })

  test('what an earlier downgrade of the revision has preserved is a loss too', async () => {
    const at = desk(files)
    await twoRevisionsOn(at)
    const text = lastText(at)
    expect(at.run('downgrade', '-1').code).toBe(0)
    at.project.put({ 'schema.ts': notes('length: column(integer()),') })
    expect(errorOf(at)).toMatchObject({
      code: 'DATA_LOSS',
      message: 'The revision would lose for good:\n  the values of notes.size',
    })
    expect(lastText(at)).toBe(text)
    at.project.put({ 'schema.ts': notes(`${size} colour: column(varchar(9)),`) })
    const amended = at.run('revision', '--amend')
    expect(amended.code, amended.stderr).toBe(0)
    expect(await at.sql('SELECT size FROM notes')).toEqual([{ size: 7 }])
  })

  test('rows that an earlier downgrade has preserved are a loss where the table, or a column of it, has another name', async () => {
    const at = desk(files)
    expect(at.run('dev').code).toBe(0)
    await at.sql("INSERT INTO notes (id, title) VALUES (1, 'first')")
    expect(at.run('downgrade', 'base').code).toBe(0)
    at.project.put({ 'schema.ts': notes().replace('title:', 'caption:') })
    expect(errorOf(at).message).toBe(
      'The revision would lose for good:\n  the rows of notes, which have a value of column notes.title',
    )
    at.project.put({ 'schema.ts': notes().replace("table('notes'", "table('papers'") })
    expect(errorOf(at).message).toBe('The revision would lose for good:\n  the table notes and its rows')
    expect(at.run('revision', '--amend', '--allow-destructive').code).toBe(0)
    expect(await at.sql('SELECT count(*) AS n FROM papers')).toEqual([{ n: 0 }])
  })

  /** Stops in a hook of the configuration until there is a file `gate`. */
  const gate = (hook: string): string => `${hook}: async () => {
    const { existsSync, writeFileSync } = await import('node:fs')
    if (!existsSync('armed')) return
    writeFileSync('inside', '')
    while (!existsSync('gate')) await new Promise((resolve) => setTimeout(resolve, 20))
  },`
  const onFile =
    "newFiles: { hooks: [{ exec: 'sh', args: ['-c', 'test -e armed || exit 0; touch inside; while ! test -e gate; do sleep 0.05; done'] }] },"

  test.each([
    ['before it is reverted, or applied', gate('beforeRevision')],
    ['behind the new text', onFile],
  ])('killed %s, the next call finishes it, and nothing is lost', async (_when, more) => {
    const at = desk({ ...files, 'migrate.config.ts': configOf(`${declared} ${more}`) })
    const id = await twoRevisionsOn(at)
    at.project.put({ 'schema.ts': notes(`${size} colour: column(varchar(9)),`), armed: '' })
    const before = lastText(at)
    const killed = at.project.start(['revision', '--amend'])
    while (!existsSync(join(at.project.folder, 'inside'))) await setTimeout(20)
    await killed.kill()
    const copy = names(at).find((name) => name.endsWith('.before')) ?? ''
    expect(readFileSync(join(folderOf(at), copy), 'utf8')).toBe(before)
    at.project.put({ gate: '' })
    const amended = at.run('revision', '--amend')
    expect(amended.code, amended.stderr).toBe(0)
    expect(lastText(at)).toContain("'colour'")
    expect(names(at).some((name) => name.endsWith('.before'))).toBe(false)
    expect(await at.sql('SELECT size, colour FROM notes')).toEqual([{ size: 7, colour: null }])
    expect(at.json('current')).toMatchObject({ revisions: [{ revision: id }] })
  })

  test('rows that refuse the new text keep the old one beside it, and the next call finishes', async () => {
    const at = desk(files)
    await twoRevisionsOn(at)
    await at.sql("INSERT INTO notes (id, title) VALUES (2, 'first')")
    const before = lastText(at)
    at.project.put({
      'schema.ts': notes(size).replace(
        "primaryKey: ['id']",
        "primaryKey: ['id'], uniques: [{ name: 'u', columns: ['title'] }]",
      ),
    })
    const refused = errorOf(at)
    const copy = names(at).find((name) => name.endsWith('.before')) ?? ''
    expect(refused.remedy).toContain(`The text of before is in ${join(folderOf(at), copy)}.`)
    expect(readFileSync(join(folderOf(at), copy), 'utf8')).toBe(before)
    await at.sql("UPDATE notes SET title = 'other' WHERE id = 2")
    expect(at.run('revision', '--amend').code).toBe(0)
    expect(await at.sql('SELECT size FROM notes ORDER BY id')).toEqual([{ size: 7 }, { size: null }])
    expect(names(at)).toHaveLength(2)
  })

  test('what would be empty is refused', async () => {
    const at = desk(files)
    await twoRevisionsOn(at)
    at.project.put({ 'schema.ts': notes() })
    const { message, remedy } = errorOf(at)
    expect(message).toMatch(/^nothing differs from what the revisions before /)
    expect(remedy).toMatch(/^Run `migrate downgrade -1`, and remove /)
  })

  test('called twice at once, the second call waits and finds nothing to amend', async () => {
    const at = desk(files)
    await twoRevisionsOn(at)
    at.project.put({ 'schema.ts': notes(`${size} colour: column(varchar(9)),`) })
    const both = await Promise.all([1, 2].map(() => at.project.start(['revision', '--amend']).ended))
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect(both.map(({ stdout }) => / amended, now/.test(stdout)).toSorted()).toEqual([false, true])
    expect(await at.sql('SELECT size, colour FROM notes')).toEqual([{ size: 7, colour: null }])
  })
})

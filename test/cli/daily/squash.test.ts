import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { revision } from '../project.ts'
import { cleanDesks, configOf, type Desk, desk, onEachDatabase } from './kit.ts'

cleanDesks()

const accounts = `  op.createTable('accounts', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('mail', varchar(40))
    t.primaryKey(['id'])
  })`
const roles = `  op.createTable('roles', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(20), { nullable: false })
    t.primaryKey(['id'])
  })
  op.insertRows('roles', [{ id: 1, name: 'admin' }, { id: 2, name: 'guest' }, { id: 3, name: 'robot' }], { key: ['id'] })`
const changes = `  op.renameColumn('accounts', 'mail', 'email')
  op.addColumn('accounts', 'role', integer())
  op.renameColumn('roles', 'name', 'title')
  op.deleteRows('roles', [{ id: 3 }], { key: ['id'] })`
const files = {
  'migrate.config.ts': configOf(''),
  'migrations/a1_accounts.ts': revision('a1', null, accounts),
  'migrations/b1_roles.ts': revision('b1', 'a1', roles),
  'migrations/c1_changes.ts': revision('c1', 'b1', changes),
  'migrations/d1_more.ts': revision('d1', 'c1', "  op.addColumn('accounts', 'name', text())"),
}
const step = (body: string) => `  op.run('fill', { up: async (db) => { await db.query("${body}") }, down: 'none' })`
const folderOf = (at: Desk): string => join(at.project.folder, 'migrations')
const written = (at: Desk): readonly string[] => readdirSync(folderOf(at)).filter((name) => name.includes('squash'))
const squash = (at: Desk, ...args: readonly string[]) => at.run('squash', 'base:c1', '--rev-id', 's1', ...args)

onEachDatabase('squash', (open) => {
  test('writes one revision, proven equal; databases behind it record it, an empty one starts with it', async () => {
    const at = await open(files)
    at.run('upgrade', 'c1')
    const result = squash(at)
    expect(result.code, result.stderr).toBe(0)
    expect(result.stderr).toContain('proven equal on')
    const [file = ''] = written(at)
    const text = readFileSync(join(folderOf(at), file), 'utf8')
    expect(text).toContain("export const replaces: readonly string[] = [\n  'a1',\n  'b1',\n  'c1',\n]")
    expect(text).toContain("t.column('email'")
    expect(text).not.toContain('robot')
    const replaces = ['a1', 'b1', 'c1']
    expect(at.run('history').stdout).toContain('<base> -> s1 (replaces a1:c1, 3 revisions) (current)')
    expect(at.run('status').stdout).toContain(
      's1 replaces a1:c1, 3 revisions: they are applied, and the next upgrade records that',
    )
    expect(at.run('upgrade')).toMatchObject({ code: 0 })
    expect(at.json('history').revisions).toMatchObject([{ revision: 'd1' }, { revision: 's1', replaces }])
    expect(at.run('history', '--verbose').stdout).toMatch(/replaces +a1, b1, c1/)
    expect(at.json('status').tiers).toMatchObject([{ squashed: [{ revision: 's1', replaces, state: 'applied' }] }])
    expect(at.run('current').stdout).toContain('d1')
    expect(await at.sql('SELECT revision FROM migrate_history ORDER BY id')).toMatchObject(
      ['a1', 'b1', 'c1', 's1', 'd1'].map((id) => ({ revision: id })),
    )
    expect(at.run('squash', '--prune')).toMatchObject({ code: 0 })
    expect(readdirSync(folderOf(at)).toSorted()).toEqual(['d1_more.ts', file].toSorted())
    expect(at.run('downgrade', 'base', '--allow-data-loss')).toMatchObject({ code: 0 })
    expect(await at.tables()).toEqual([])
    expect(at.run('upgrade')).toMatchObject({ code: 0 })
    expect(await at.sql('SELECT title FROM roles ORDER BY id')).toMatchObject([{ title: 'admin' }, { title: 'guest' }])
  })
})

describe('squash', () => {
  test('says that there is no downgrade to compare where the range has none', () => {
    const irreversible = "  op.sql('CREATE TABLE by_hand (id integer)')"
    const at = desk({ ...files, 'migrations/c1_changes.ts': revision('c1', 'b1', irreversible) })
    const result = squash(at)
    expect(result.code, result.stderr).toBe(0)
    expect(result.stderr).toContain('proven equal on sqlite: schema and rows\n')
    expect(result.stderr).toContain('no downgrade to compare: ')
  })

  test('leaves a database inside the range to be brought through it before its pending revisions are tested', () => {
    const at = desk(files)
    at.run('upgrade', 'b1')
    squash(at)
    const refused = at.run('test')
    expect(refused).toMatchObject({ code: at.run('upgrade').code })
    expect(refused.stderr).toContain('error: INSIDE_SQUASH')
    expect(at.run('upgrade', 'c1')).toMatchObject({ code: 0 })
    expect(at.run('test')).toMatchObject({ code: 0 })
  })

  test('refuses to prune while a database is inside the range', () => {
    const at = desk(files)
    at.run('upgrade', 'b1')
    squash(at)
    const refused = at.run('squash', '--prune')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain('inside the range that s1 replaces')
    expect(readdirSync(folderOf(at))).toHaveLength(5)
    expect(at.run('upgrade').stderr).toContain('INSIDE_SQUASH')
    expect(at.run('status').stdout).toContain(
      's1 replaces a1:c1, 3 revisions: a part of them is applied; run `migrate upgrade c1`',
    )
    expect(at.run('upgrade', 'c1').code).toBe(0)
    expect(at.run('upgrade').code).toBe(0)
  })

  test.each([
    ['a branch', 'migrations/x1_branch.ts', revision('x1', 'b1', ''), 'x1, which is outside, follows b1'],
    [
      'a dependsOn',
      'migrations/x1_needs.ts',
      revision('x1', null, '').replace('dependsOn: readonly string[] = []', "dependsOn: readonly string[] = ['b1']"),
      'x1, which is outside, depends on b1',
    ],
  ])('refuses %s that crosses the edge, by name', (_what, name, text, why) => {
    const at = desk({ ...files, [name]: text })
    const refused = squash(at)
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(why)
    expect(written(at)).toEqual([])
  })

  test('names the dialects for which only op.on has a branch', () => {
    const branches = `${roles}
  op.on({ postgres: (on) => on.sql('SELECT 1'), otherwise: () => undefined })`
    const at = desk({ ...files, 'migrations/b1_roles.ts': revision('b1', 'a1', branches) })
    const result = squash(at)
    expect(result.code, result.stderr).toBe(0)
    expect(result.stderr).toContain(
      'op.on of the range has a branch for postgres, where the squashed revision is not proven: add --on <url>',
    )
  })

  test('without a terminal each data step has to be decided', () => {
    const at = desk({
      ...files,
      'migrations/c1_changes.ts': revision('c1', 'b1', step("INSERT INTO roles (id, name) VALUES (9, 'made')")),
    })
    const refused = squash(at)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('c1/fill')
    // What it makes on an empty database would be missing.
    const unequal = squash(at, '--only-old-rows', 'c1/fill')
    expect(unequal.stderr).toContain('SQUASH_UNEQUAL')
    expect(unequal.stderr).toContain('roles, id 9: the row is missing')
    expect(written(at)).toEqual([])
    const preserving = squash(at, '--keep', 'fill')
    expect(preserving.code, preserving.stderr).toBe(0)
    at.run('squash', '--prune')
    expect(readdirSync(folderOf(at))).toContain('c1_changes.ts')
    expect(at.run('upgrade').code).toBe(0)
  })

  test('imports a data step that stays from the folder that its file lies in', () => {
    const at = desk({
      'migrate.config.ts': configOf('').replace(
        "migrations: './migrations'",
        "migrations: ['./migrations', './older/work', './older/deep']",
      ),
      'older/work/a1_accounts.ts': files['migrations/a1_accounts.ts'],
      'older/work/b1_roles.ts': files['migrations/b1_roles.ts'],
      'older/deep/c1_changes.ts': revision('c1', 'b1', step("INSERT INTO roles (id, name) VALUES (9, 'robot')")),
      'migrations/d1_more.ts': files['migrations/d1_more.ts'],
    })
    const result = squash(at, '--keep', 'fill')
    expect(result.code, result.stderr).toBe(0)
    const [file = ''] = result.stdout.match(/\S*squash\S*\.ts/) ?? []
    expect(relative(at.project.folder, file)).toMatch(/^migrations|^older/)
    expect(readFileSync(file, 'utf8')).toContain(
      `from './${relative(dirname(file), join(at.project.folder, 'older/deep/c1_changes.ts'))}'`.replace(
        "'./..",
        "'..",
      ),
    )
    expect(at.run('squash', '--prune')).toMatchObject({ code: 0 })
    expect(existsSync(join(at.project.folder, 'older/deep/c1_changes.ts'))).toBe(true)
    expect(existsSync(join(at.project.folder, 'older/work/b1_roles.ts'))).toBe(false)
    expect(at.run('upgrade')).toMatchObject({ code: 0 })
  })

  test('replaces a range in the middle, which alters what is below it, and is replaced itself once it is ordinary', async () => {
    const at = desk(files)
    at.run('upgrade', 'a1')
    await at.sql("INSERT INTO accounts (id, mail) VALUES (1, 'ada@example.com')")
    const result = at.run('squash', 'b1:c1', '--rev-id', 's1', '-m', 'middle')
    expect(result.code, result.stderr).toBe(0)
    expect(at.run('squash', '--prune')).toMatchObject({ code: 0 })
    expect(at.run('upgrade').stdout).toContain('2 revisions applied')
    expect(await at.sql('SELECT email, role FROM accounts')).toEqual([{ email: 'ada@example.com', role: null }])
    expect(await at.sql('SELECT title FROM roles ORDER BY id')).toEqual([{ title: 'admin' }, { title: 'guest' }])
    expect(at.run('squash', 'a1:d1').stderr).toContain('s1 is squashed itself')
    const file = join(folderOf(at), readdirSync(folderOf(at)).find((name) => name.includes('s1_middle')) ?? '')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/export const replaces[\s\S]*?\n\]/, ''))
    at.project.put({
      'migrations/d1_more.ts': files['migrations/d1_more.ts'].replaceAll("'c1'", "'s1'").replace('"c1"', '"s1"'),
    })
    const whole = at.run('squash', 'a1:d1', '--rev-id', 's2')
    expect(whole.code, whole.stderr).toBe(0)
    expect(at.run('squash', '--prune')).toMatchObject({ code: 0 })
    expect(at.run('upgrade')).toMatchObject({ code: 0 })
    expect(at.json('status')).toMatchObject({ state: 'atHead', revision: ['s2'] })
  })

  test('prunes a revision in SQL with its folder', () => {
    const at = desk({
      'migrate.config.ts': configOf(''),
      'migrations/a1_accounts/up.sql':
        '-- revision: a1\n-- revises: base\nCREATE TABLE accounts (id INTEGER PRIMARY KEY NOT NULL)',
      'migrations/b1_more.ts': revision('b1', 'a1', "  op.addColumn('accounts', 'name', text())"),
    })
    const result = at.run('squash', 'a1:b1', '--rev-id', 's1')
    expect(result.code, result.stderr).toBe(0)
    expect(at.run('squash', '--prune')).toMatchObject({ code: 0 })
    expect(readdirSync(folderOf(at))).toEqual(written(at))
  })
})

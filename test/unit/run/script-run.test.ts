import { join } from 'node:path'
import { bytes, integer, type Plan, text } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { driverText } from '../../kit/script-text.ts'
import { skipWhereTextsAreCut } from '../../kit/sqlite-client/needs-driver.ts'
import { keyed, nothing } from '../preserved/kit.ts'
import { executeIn, migratorOn, rowsOf, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

const schema = (file: string): unknown =>
  rowsOf(file, "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name, type")

const chain = line(
  (op) => {
    op.createTable('t', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('b', bytes())
      t.column('s', text())
      t.primaryKey(['id'])
    })
    op.insertRows(
      't',
      [
        { id: 9223372036854775807n, b: Buffer.from([0, 255]), s: "it's; -- \u0000 😀" },
        { id: 2, b: null, s: null },
      ],
      { key: ['id'] },
    )
  },
  (op) => {
    op.alterTable('t', (t) => {
      t.alterColumn('s', { default: 'x?y' })
      t.addColumn('c', text())
      t.createIndex('t_c', ['c'])
    })
  },
)

test('a plan with bytes and big numbers is JSON, frozen, and runs from its JSON', async () => {
  const file = join(folder.path, 'json.db')
  const migrator = migratorOn(file, chain)
  const plan = await migrator.plan()
  const copy = JSON.parse(JSON.stringify(plan)) as Plan
  expect(copy).toEqual(plan)
  const walk = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(walk))
  expect(walk(plan)).toBe(true)
  for await (const _ of migrator.run(copy));
  expect(rowsOf(file, 'SELECT CAST(id AS TEXT) AS id, hex(b) AS b FROM t ORDER BY rowid')).toEqual([
    { id: '2', b: '' },
    { id: '9223372036854775807', b: '00FF' },
  ])
})

test('a script leaves what an online run leaves, and online continues and downgrades from there', async (context) => {
  skipWhereTextsAreCut(context)
  const online = join(folder.path, 'online.db')
  const offline = join(folder.path, 'offline.db')
  await migratorOn(online, chain).upgrade()
  executeIn(offline, driverText(await migratorOn(offline, chain).script()))
  expect(schema(offline)).toEqual(schema(online))
  const rows = 'SELECT id, hex(b) AS b, hex(s) AS s, c FROM t ORDER BY id'
  expect(rowsOf(offline, rows)).toEqual(rowsOf(online, rows))
  expect(rowsOf(offline, 'SELECT * FROM migrate_version')).toEqual([{ version_num: 'r2' }])
  expect(await migratorOn(offline, chain).status()).toMatchObject({ state: 'atHead', pending: 0 })
  await migratorOn(offline, chain).downgrade('r1')
  await migratorOn(online, chain).downgrade('r1')
  expect(schema(offline)).toEqual(schema(online))
  await migratorOn(offline, chain).downgrade('base')
  expect(rowsOf(offline, "SELECT name FROM sqlite_master WHERE name = 't'")).toEqual([])
})

test('a script of a downgrade that would preserve rows stops before it drops them: it preserves none', async () => {
  const file = join(folder.path, 'preserved.db')
  const migrator = migratorOn(file, line(nothing, keyed('t', 'v')))
  await migrator.upgrade()
  const down = driverText(await migrator.script('r1', { from: 'current' }))
  expect(down).toContain('DROP TABLE')
  executeIn(file, "INSERT INTO t VALUES (1, 'x')")
  expect(() => executeIn(file, down)).toThrow('t holds values')
  expect(rowsOf(file, 'SELECT * FROM t')).toHaveLength(1)
  const lossy = await migrator.script('r1', { from: 'current', allowDataLoss: true })
  executeIn(file, driverText(lossy))
  expect(rowsOf(file, "SELECT name FROM sqlite_master WHERE name = 't'")).toEqual([])
})

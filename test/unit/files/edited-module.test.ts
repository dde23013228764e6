import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMigrator } from '@org/migrate-core'
import { graph } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rowsOf } from '../run/kit.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edited-module-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const header = "const revision = 'aaaaaaaaaaaa'\nconst downRevision = null\n"
const upgrade = (column: string): string =>
  `function upgrade(op) { op.createTable('notes', (t) => { t.column('${column}', { kind: 'text' }) }) }\n`
const asModule = (column: string): string => `${header}${upgrade(column)}export { revision, downRevision, upgrade }\n`
const asCommonJs = (column: string): string =>
  `${header}${upgrade(column)}module.exports = { revision, downRevision, upgrade }\n`

// A server of development: its process lives on while the author corrects the file.
test.each([
  ['mjs', asModule],
  ['ts', asModule],
  ['cjs', asCommonJs],
])('what runs is the file as it is now, also where this process imported it before: %s', async (kind, text) => {
  const file = join(folder, 'a.db')
  const revision = join(folder, `aaaaaaaaaaaa_notes.${kind}`)
  const migrator = createMigrator({ dialect: sqliteDialect({ url: `sqlite:${file}` }), tiers: [graph(folder)] })
  writeFileSync(revision, text('titel'))
  expect((await migrator.plan()).steps).toHaveLength(1)
  writeFileSync(revision, text('title'))
  await migrator.upgrade()
  expect(rowsOf(file, "SELECT name FROM pragma_table_info('notes')")).toEqual([{ name: 'title' }])
  // And back: the first text is not what this process runs for good.
  await migrator.downgrade('base')
  writeFileSync(revision, text('titel'))
  await migrator.upgrade()
  expect(rowsOf(file, "SELECT name FROM pragma_table_info('notes')")).toEqual([{ name: 'titel' }])
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  column,
  createMigrator,
  type Exports,
  graphOf,
  integer,
  readDeclared,
  revisions,
  table,
  text,
} from '@org/migrate-core'
import type { Dialect } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { afterAll, expect, it } from 'vitest'
import { describeOn } from '../kit/servers.ts'

const compare = (dialect: Dialect, exports: Exports) =>
  createMigrator({ dialect, tiers: [graphOf(revisions([]))] }).compare(readDeclared(exports))
const key = column(integer(), { nullable: false })

describeOn('postgres', 'the names of system columns', (fresh) => {
  it.each(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid'])(
    '%s is refused with the reason, before a file is written',
    async (name) => {
      const dialect = postgresDialect({ url: (await fresh()).url })
      await expect(compare(dialect, { t: table('t', { id: key, [name]: column(text()) }) })).rejects.toMatchObject({
        code: 'INVALID_NAME',
        message: `the column name t.${name} is reserved: every table of PostgreSQL has a system column of this name`,
      })
    },
  )

  it('in other letters are free', async () => {
    const dialect = postgresDialect({ url: (await fresh()).url })
    const { changes } = await compare(dialect, {
      t: table('t', { id: key, XMIN: column(text()), oid: column(text()) }),
    })
    expect(changes.map(({ describe }) => describe)).toEqual(['create table t'])
  })
})

const folder = mkdtempSync(join(tmpdir(), 'reserved-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it.each([
  ['a table', { t: table('sqlite_t', { id: key }) }, 'sqlite_t'],
  ['a table in other letters', { t: table('SQLite_t', { id: key }) }, 'SQLite_t'],
  ['an index', { t: table('t', { id: key }, { indexes: [{ name: 'sqlite_i', columns: ['id'] }] }) }, 'sqlite_i'],
])('sqlite: the name of %s that begins with sqlite_ is refused with the reason', async (_, exports, name) => {
  await expect(compare(sqliteDialect({ url: join(folder, 'a.db') }), exports)).rejects.toMatchObject({
    code: 'INVALID_NAME',
    message: `the name ${name} is reserved: names that begin with sqlite_ are for SQLite itself`,
  })
})

import { compare } from '@org/migrate-autogenerate'
import { column, integer, type Revision, readDeclared, table } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'

const columns = 400

test('many columns that may each be one of many others are listed, although a call takes fewer arguments', async () => {
  const wide = (prefix: string) =>
    table('wide', Object.fromEntries(Array.from({ length: columns }, (_, at) => [`${prefix}${at}`, column(integer())])))
  const before = {
    revision: 'r1',
    downRevision: null,
    upgrade: (op) => op.createTable(wide('old_')),
  } satisfies Revision
  const migrator = migratorOf(sqliteDialect({ url: ':memory:' }), [before])
  await migrator.upgrade()
  const { unanswered } = await compare(migrator, readDeclared({ wide: wide('new_') }))
  expect(unanswered).toHaveLength(columns ** 2)
})

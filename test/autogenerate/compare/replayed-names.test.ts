import { compare } from '@org/migrate-autogenerate'
import { column, integer, readDeclared, table } from '@org/migrate-core'
import { loadedItself, type SchemaModel, type UnloadedDialect, withFreeNames } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, test } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'

/** SQLite, which reports the tables of each model whose names are collected. */
function reporting(dialect: UnloadedDialect, collect: (tables: readonly string[]) => void): UnloadedDialect {
  const namesIn = ({ tables }: SchemaModel): Iterable<string> => {
    collect([...tables.keys()])
    return []
  }
  return {
    ...dialect,
    async load() {
      const loaded = await dialect.load()
      const compiler = withFreeNames(loaded.compiler, { namesIn, requireFree: () => [] })
      return { ...loaded, compiler, load: loadedItself }
    },
  }
}

test('the names of a schema are collected once for a replay, and not for each of its revisions', async () => {
  const tables = ['a', 'b', 'c', 'd'].map((name) => table(name, { id: column(integer()) }))
  const collected: (readonly string[])[] = []
  const dialect = reporting(sqliteDialect({ url: ':memory:' }), (names) => collected.push(names))
  const migrator = migratorOf(
    dialect,
    line(...tables.map((each) => (op: { createTable: (of: typeof each) => void }) => op.createTable(each))),
  )
  const declared = readDeclared(Object.fromEntries(tables.map((each) => [each.name, each])))
  const { changes } = await compare(migrator, declared, { from: 'replay', server: false })
  expect(changes).toEqual([])
  expect(collected).toEqual([[]])
})

import { type OwnType, pull, renderDeclarations } from '@org/migrate-autogenerate'
import { emptySchema, type TableModel } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, test } from 'vitest'
import { sqliteFiles } from '../materialise/kit.ts'
import { readBack, withoutRevisions } from './kit.ts'

const databaseOf = sqliteFiles()

const everything: TableModel = {
  ref: { schema: 'audit', name: 'default' },
  columns: [
    {
      name: 'id',
      type: { kind: 'integer', bits: 64 },
      nullable: false,
      identity: { mode: 'byDefault', sequence: 'own' },
    },
    {
      name: 'a b',
      type: { kind: 'varchar', length: 20 },
      nullable: true,
      native: { sqlite: 'NAME' },
      default: { kind: 'literal', value: null },
    },
    { name: '__proto__', type: { kind: 'enum', name: 'mood', schema: 'public', values: ['sad'] }, nullable: true },
    { name: 'twice', type: { kind: 'text' }, nullable: true, generated: { expression: 'a || b', stored: true } },
  ],
  constraints: [
    { kind: 'primaryKey', name: 'own_key', columns: ['id'], deferrable: 'deferred' },
    { kind: 'unique', columns: ['a b'], nullsNotDistinct: true },
    { kind: 'check', expression: '`id` > 0' },
    { kind: 'foreignKey', columns: ['id'], references: { table: { name: 'orgs' }, columns: [] }, match: 'full' },
  ],
  indexes: [
    {
      name: 'i',
      unique: false,
      elements: [
        { column: 'a b', order: 'desc', prefixLength: 3 },
        { expression: 'lower("a b")', nulls: 'first' },
      ],
    },
  ],
  options: { fillfactor: '70' },
  comment: 'first\nsecond */ line',
  rowSecurity: { enabled: true, forced: true },
  policies: [{ name: 'p', as: 'permissive', for: 'all', to: ['me', 'you'], using: 'true' }],
}

test('everything that table(…) declares is written, is read back as it was, and compiles', async () => {
  const dialect = await postgresDialect({ url: 'postgres://localhost/none' }).load()
  const schema = { ...emptySchema, tables: new Map([['audit.default', everything]]) }
  const { text, undeclared } = renderDeclarations({ dialect, schema, lineWidth: 120 })
  expect(undeclared).toEqual([])
  expect([...(await readBack(text)).schema.tables.values()]).toEqual([everything])
  // It is a module of this folder: its types and its style are checked with those of the tests.
  await expect(text).toMatchFileSnapshot('./everything.ts')
})

test('types of the project are written in its own words', async () => {
  const database = databaseOf()
  await database.sql('CREATE TABLE prices (amount DECIMAL(12, 2), note TEXT)')
  const renderType = ({ kind }: { readonly kind: string }): OwnType | undefined =>
    kind === 'decimal' ? { code: 'money()', imports: { './types.ts': ['money'] } } : undefined
  const { text } = await pull(withoutRevisions(database.url), { renderType })
  expect(text).toContain(
    "import { column, table, text } from '@org/migrate-core'\nimport { money } from './types.ts'\n",
  )
  expect(text).toContain('amount: column(money()),')
})

test('an empty database gives a module that exports nothing', async () => {
  const { text, tables } = await pull(withoutRevisions(databaseOf().url))
  expect(tables).toEqual([])
  expect(text.trimEnd().split('\n').at(-1)).toBe('export {}')
})

import { readSchema, renderDeclarations } from '@org/migrate-autogenerate'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, test } from 'vitest'
import { sqliteFiles } from '../materialise/kit.ts'
import { missingIn, pulled, undeclaredLines } from './kit.ts'
import { rich } from './rich-schemas.ts'

const databaseOf = sqliteFiles()
async function databaseWith(...statements: readonly string[]) {
  const database = databaseOf()
  for (const statement of statements) await database.sql(statement)
  return database
}

describe('SQLite: what is pulled', () => {
  test('a rich schema, read back, differs in nothing, and makes the same tables', async () => {
    const { url } = await databaseWith(...rich.sqlite)
    const { declared, differences, tables, ...declarations } = await pulled(url)
    expect(differences).toEqual([])
    expect(tables).toEqual(
      [
        ['!', 'unnamed'],
        ['1st', 'table1st'],
        ['class', 'classTable'],
        ['date', 'dateTable'],
        ['orgs', 'orgs'],
        ['user-accounts', 'userAccounts'],
        ['user_accounts', 'userAccounts2'],
      ].map(([table, name]) => ({ table: { name: table }, name })),
    )
    expect(undeclaredLines({ ...declarations, tables })).toEqual([
      'table | user_accounts | its columns are declared in another order: JavaScript puts names that are whole numbers first',
      'table | words | a virtual table',
      'view | active_orgs | table(…) declares no views',
      'trigger | orgs.touched | table(…) declares no triggers',
    ])
    const rest = await missingIn(databaseOf().url, declared, url)
    expect(rest).toEqual(['create view active_orgs', 'create trigger touched on orgs'])
  })

  test('what `readSchema` gives is declared as it is, with a line for each part that is not', async () => {
    const { url } = await databaseWith(
      'CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, mail TEXT UNIQUE ON CONFLICT REPLACE)',
      'CREATE VIRTUAL TABLE docs USING fts5(body)',
    )
    const { undeclared } = renderDeclarations(await readSchema(sqliteDialect({ url })))
    expect(undeclared).toEqual([
      {
        kind: 'constraint',
        table: 'users',
        name: 'unique',
        why: 'declared without UNIQUE ("mail") ON CONFLICT REPLACE',
      },
      { kind: 'table', name: 'docs', why: 'a virtual table' },
    ])
  })

  test('the module as it is written', async () => {
    const { url } = await databaseWith(
      "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL DEFAULT 'x', CONSTRAINT named CHECK (name <> ''))",
      'CREATE TABLE posts (author INTEGER REFERENCES users (id) ON DELETE CASCADE, title TEXT)',
      'CREATE INDEX posts_title ON posts (title) WHERE title IS NOT NULL',
    )
    expect(
      (await pulled(url)).text,
    ).toBe(`// Written by \`migrate pull\`. From here on, edit it: \`migrate revision --autogenerate\` writes the revisions.
import { column, expression, integer, table, text, varchar } from '@org/migrate-core'

export const posts = table(
  'posts',
  {
    author: column(integer()),
    title: column(text()),
  },
  {
    indexes: [{ name: 'posts_title', columns: ['title'], where: expression('title IS NOT NULL') }],
    foreignKeys: [
      { columns: ['author'], references: { table: 'users', columns: ['id'] }, onDelete: 'cascade' },
    ],
  },
)

export const users = table(
  'users',
  {
    id: column(integer(), { nullable: false }),
    name: column(varchar(40), { nullable: false, default: 'x' }),
  },
  { primaryKey: ['id'], checks: [{ name: 'named', expression: expression("name <> ''") }] },
)
`)
  })
})

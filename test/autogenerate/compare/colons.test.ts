import { diffSchemas, readSource } from '@org/migrate-autogenerate'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, it } from 'vitest'
import { answersOf } from '../../../apps/cli/src/autogenerate/answers.ts'

const dialect = sqliteDialect({ url: ':memory:' })
const read = (text: string) => readSource(dialect, { kind: 'sql', texts: [{ file: 'schema.sql', text }] })

async function renamed(before: string, after: string, ...rename: readonly string[]) {
  const { changes } = await diffSchemas({
    dialect: await dialect.load(),
    from: (await read(before)).schema,
    to: await read(after),
    answers: answersOf({ rename, renames: true }, { schema: {} }, undefined),
  })
  return changes.flatMap((change) => (change.kind === 'operation' ? [change.operation] : []))
}

it('a colon of an answer may belong to the old name or to the new one', async () => {
  expect(
    await renamed(
      'CREATE TABLE "a:b" (id integer, "c:d" text)',
      'CREATE TABLE "a:e" (id integer, "c:f" text)',
      'a:b:a:e',
      'a:e.c:d:c:f',
    ),
  ).toEqual([
    { kind: 'renameTable', table: { name: 'a:b' }, to: 'a:e' },
    { kind: 'renameColumn', table: { name: 'a:e' }, column: 'c:d', to: 'c:f' },
  ])
})

it('an answer that means two renames is refused', async () => {
  await expect(
    renamed(
      'CREATE TABLE t (id integer, a text, "a:b" text)',
      'CREATE TABLE t (id integer, "b:c" text, c text)',
      't.a:b:c',
    ),
  ).rejects.toThrow('The answer t.a:b:c means two renames: t.a to b:c, and t.a:b to c.')
})

it('an answer with colons that fits nothing is refused as it was given', async () => {
  await expect(
    renamed('CREATE TABLE t (id integer, a text)', 'CREATE TABLE t (id integer, b text)', 't.a:b', 't.x:y:z'),
  ).rejects.toThrow('The answer t.x:y:z fits nothing: t.x:y is not gone')
})

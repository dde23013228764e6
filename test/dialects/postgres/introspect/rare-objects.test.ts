import type { Session } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOn } from '../../../kit/servers.ts'

/** All that an inspection sends, as one text. */
async function queriesOf(url: string): Promise<string> {
  const dialect = postgresDialect({ url })
  const session = await dialect.connection.connect({ purpose: 'inspect' })
  const texts: string[] = []
  const recorded = Object.create(session, {
    query: {
      value: (...args: Parameters<Session['query']>) => {
        texts.push(args[0])
        return session.query(...args)
      },
    },
  }) as Session
  try {
    const request = { tables: [{ name: 't' }], referrers: true, whole: true }
    await (session.dialect ?? dialect).introspection.schema(recorded, request)
  } finally {
    await session.close()
  }
  return texts.join('\n')
}

const rare = [
  ['views', 'CREATE VIEW v AS SELECT 1 AS x', 'pg_get_viewdef('],
  ['enums', "CREATE TYPE mood AS ENUM ('sad')", 'v.enumlabel'],
  ['sequences', 'CREATE SEQUENCE s', 'AS owner_column'],
  ['sequences of identities', 'ALTER TABLE t ADD COLUMN n int GENERATED ALWAYS AS IDENTITY', 'q.relacl'],
  ['indexes', 'CREATE INDEX i ON t (a)', 'pg_get_indexdef('],
  ['policies', 'CREATE POLICY p ON t', 'w.polqual'],
  [
    'triggers',
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
    'pg_get_triggerdef(',
  ],
  ['heirs', 'CREATE TABLE h () INHERITS (t)', 'heirs (oid)'],
] as const

describeOn('postgres', 'what an inspection asks the server', (createDatabase) => {
  it.each(rare)('is not about %s where there are none', async (_what, statement, text) => {
    const { url, sql } = await createDatabase()
    await sql('CREATE TABLE t (a int NOT NULL)')
    expect((await queriesOf(url)).includes(text)).toBe(false)
    await sql(statement)
    expect((await queriesOf(url)).includes(text)).toBe(true)
  })
})

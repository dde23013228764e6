import { createMigrator, graphOf, revisions } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOn } from '../../../kit/servers.ts'

const running = (name: string, body: string, returns = 'trigger'): string =>
  `CREATE FUNCTION ${name} RETURNS ${returns} LANGUAGE plpgsql AS $$ BEGIN ${body} END $$`

/** A statement for each revision, and the columns that the history has to hold of it. */
const steps: readonly (readonly [sql: string, columns: Readonly<Record<string, readonly string[] | null>>])[] = [
  ['CREATE TABLE Plain (a int)', { plain: ['a'] }],
  ['CREATE TABLE "Mixed" (a int)', { Mixed: ['a'] }],
  ['ALTER TABLE pLAIN ADD COLUMN b int', { plain: ['a', 'b'] }],
  ['ALTER TABLE "Mixed" RENAME TO other', { Mixed: null, other: ['a'] }],
  ['CREATE INDEX plain_a ON plain (a)', {}],
  ['INSERT INTO plain (a) VALUES (1)', {}],
  [running('by_row()', 'CREATE TABLE by_row (y int); RETURN NEW;'), {}],
  ['CREATE TRIGGER by_row BEFORE INSERT ON other FOR EACH ROW EXECUTE FUNCTION by_row()', {}],
  ['INSERT INTO other (a) VALUES (1)', { by_row: ['y'] }],
  ['DROP TABLE by_row', { by_row: null }],
  [running('made(int)', 'CREATE TABLE made (x int); RETURN $1;', 'int'), {}],
  ['ALTER TABLE plain ADD CONSTRAINT above CHECK (made(a) > 0)', { made: ['x'] }],
  ['CREATE TABLE child (c int) INHERITS (plain)', { child: ['a', 'b', 'c'] }],
  ['ALTER TABLE plain ADD COLUMN d int', { plain: ['a', 'b', 'd'], child: ['a', 'b', 'c', 'd'] }],
  ['DROP TABLE child', { child: null }],
  [running('by_ddl()', 'ALTER TABLE other ADD COLUMN IF NOT EXISTS e int;', 'event_trigger'), {}],
  ["CREATE EVENT TRIGGER by_ddl ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION by_ddl()", {}],
  ['CREATE INDEX plain_b ON plain (b)', { other: ['a', 'e'] }],
  ['DROP EVENT TRIGGER by_ddl', {}],
  ['DROP TABLE other, plain', { other: null, plain: null }],
]

for (const server of ['postgres', 'postgres-next'] as const) {
  describeOn(server, 'SQL of an author', (createDatabase) => {
    it('is recorded with every table that it changes, also those that only functions or children bring in', async () => {
      const database = await createDatabase()
      const chain = revisions(
        steps.map(([sql], at) => ({
          revision: `r${at + 10}`,
          downRevision: at === 0 ? null : `r${at + 9}`,
          upgrade: (op) => op.sql(sql),
        })),
      )
      await createMigrator({ dialect: postgresDialect({ url: database.url }), tiers: [graphOf(chain)] }).upgrade()
      const rows = await database.sql('SELECT columns_after FROM migrate_history ORDER BY id')
      const recorded = rows.map((row) => Object.fromEntries(JSON.parse(String(row.columns_after))))
      expect(recorded).toEqual(steps.map(([, columns]) => columns))
    })
  })
}

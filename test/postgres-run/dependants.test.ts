import { createMigrator, graphOf, type OperationRecorder, revisions, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOn } from '../kit/servers.ts'

describeOn('postgres', 'what the server refuses since something depends on it', (fresh) => {
  const cases: Readonly<Record<string, readonly [by: string, says: string]>> = {
    'a policy': [
      `CREATE POLICY own ON t USING (a > 1)`,
      'change column t.a: type failed: cannot alter type of a column used in a policy definition (policy own on table t depends on column "a")',
    ],
    'a function': [
      `CREATE FUNCTION first(t) RETURNS integer LANGUAGE sql BEGIN ATOMIC SELECT $1.a; END`,
      'change column t.a: type failed: cannot alter type of a column used by a function or procedure (function first(t) depends on column "a")',
    ],
  }
  for (const [what, [made, message]] of Object.entries(cases)) {
    it(`${what} is named`, async () => {
      const db = await fresh()
      await db.sql(`CREATE TABLE t (a integer); ${made}`)
      const upgrade = (op: OperationRecorder): void => {
        op.alterTable('t', (t) => t.alterColumn('a', { type: text() }))
      }
      const migrator = createMigrator({
        dialect: postgresDialect({ url: db.url }),
        tiers: [graphOf(revisions([{ revision: 'r1', downRevision: null, upgrade }]))],
      })
      await expect(migrator.upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED', message })
    })
  }
})

import { makeSnapshot, proveOnCopy, readSource, stairway } from '@org/migrate-autogenerate'
import { createMigrator, graphOf, revisions } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, test } from 'vitest'

const dialect = postgresDialect({ url: 'pglite:memory://' })
const migrator = createMigrator({ dialect, tiers: [graphOf(revisions([]))] })

/** PGlite is one database, inside of this process. */
test.each([
  [
    'The program has no database to make its schema in',
    () => readSource(dialect, { kind: 'program', make: async () => undefined }),
  ],
  ['The revisions cannot be tested', () => stairway({ migrator })],
  ['The plan cannot be tested on a copy', () => proveOnCopy({ migrator })],
  ['The snapshot cannot be made', () => makeSnapshot(migrator)],
] as const)('%s: where no database can be made, it is one error', async (failed, call) => {
  const why = `no database can be made beside ${dialect.connection.database}`
  await expect(call()).rejects.toMatchObject({ code: 'SHADOW_REFUSED', details: { why }, message: `${failed}: ${why}` })
})

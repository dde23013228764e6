import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMigrateError } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { longRun } from '../../../kit/scale.ts'
import { describeOnEach, familyOf } from '../../../kit/servers.ts'
import { executeIn } from '../../../unit/run/kit.ts'
import type { DatabaseCase, DatabaseName } from './database-case.ts'
import { inRevisions } from './in-revisions.ts'
import { shaped } from './shaped.ts'

interface RevisionDatabase {
  readonly dialect: UnloadedDialect
  readonly sql: (text: string) => unknown
}

async function followed(advice: string, each: DatabaseCase, { dialect, sql }: RevisionDatabase): Promise<void> {
  const given = each.given ?? (() => {})
  const upgrade = (...chain: readonly Recorded[]) =>
    migratorOf(dialect, line(...chain), { transaction: 'revision' }).upgrade()
  await upgrade(given)
  if (each.rows !== undefined) await sql(each.rows)
  let error: unknown
  try {
    await upgrade(given, each.wrong)
  } catch (thrown) {
    error = thrown
  }
  if (!isMigrateError(error)) throw new Error(`${each.code} was not thrown, but ${String(error)}`, { cause: error })
  expect({ code: error.code, remedy: error.remedy }).toEqual({
    code: each.code,
    remedy: expect.stringMatching(shaped(advice)),
  })
  expect((await upgrade(given, each.right)).applied).toEqual(['main:r2'])
}

/** What one server of a dialect has proved is run on the other in the long run alone. */
const isProved = (name: DatabaseName, { on }: DatabaseCase): boolean =>
  !longRun && ((name === 'postgres-next' && on.includes('postgres')) || (name === 'mysql' && on.includes('mariadb')))

const casesOn = (name: DatabaseName): readonly (readonly [string, DatabaseCase])[] =>
  Object.entries(inRevisions).flatMap(([advice, cases]) =>
    cases.filter((each) => each.on.includes(name) && !isProved(name, each)).map((each) => [advice, each] as const),
  )

const home = mkdtempSync(join(tmpdir(), 'advice-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('sqlite: an advice about a revision works when it is followed', () => {
  test.each(casesOn('sqlite'))('%s', async (advice, each) => {
    const file = join(mkdtempSync(join(home, 'x-')), 'app.db')
    await followed(advice, each, { dialect: sqliteDialect({ url: file }), sql: (text) => executeIn(file, text) })
  })
})

describeOnEach(
  ['postgres', 'postgres-next', 'mariadb', 'mysql'],
  'an advice about a revision works when it is followed',
  (createDatabase, server) => {
    test.each(casesOn(server))('%s', async (advice, each) => {
      const { url, sql } = await createDatabase()
      await followed(advice, each, {
        dialect: familyOf(server) === 'mysql' ? mysqlDialect({ url }) : postgresDialect({ url }),
        sql,
      })
    })
  },
)

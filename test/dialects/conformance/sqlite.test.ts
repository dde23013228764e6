import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SubjectDatabase } from '@org/migrate-conformance'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { drizzleOf, toDrizzle } from '@org/migrate-drizzle/sqlite'
import Database from 'better-sqlite3'
import { afterAll, describe } from 'vitest'
import { declaredItem } from './drizzle.ts'
import { expectCommitted } from './matrix.ts'
import { testConformance } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'migrate-conformance-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

async function open(): Promise<SubjectDatabase> {
  const file = join(folder, `${files++}.db`)
  const client = new Database(file)
  return {
    dialect: sqliteDialect({ url: `sqlite:${file}` }),
    sql: async (text) => {
      const statement = client.prepare(text)
      if (statement.reader) return statement.safeIntegers().all() as Record<string, unknown>[]
      statement.run()
      return []
    },
    close: async () => {
      client.close()
    },
  }
}

describe('sqlite', () => {
  testConformance({
    flavour: 'sqlite',
    open,
    transactional: true,
    onOutcome: (outcome) => expectCommitted('SQLite', undefined, outcome),
    drizzle: (db) =>
      drizzleOf(db).transaction(async (inner) => {
        await inner.insert(toDrizzle(declaredItem)).values({ id: 90, name: 'out' })
        throw new Error('out of the transaction')
      }),
  })
})

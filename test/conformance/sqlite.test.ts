import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { drizzleOf, toDrizzle } from '@org/migrate-drizzle/sqlite'
import Database from 'better-sqlite3'
import { afterAll, describe } from 'vitest'
import { onlyCase, runSeed } from '../kit/random.ts'
import { counts } from '../kit/scale.ts'
import { declaredItem } from './item.ts'
import type { SubjectDatabase } from './subject.ts'
import { features, fragments } from './subjects.ts'
import { conformance } from './suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'migrate-conformance-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const only = onlyCase()
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
  conformance({
    name: 'SQLite',
    open,
    fragments: fragments.sqlite,
    transactional: true,
    drizzle: (db) =>
      drizzleOf(db).transaction(async (inner) => {
        await inner.insert(toDrizzle(declaredItem)).values({ id: 90, name: 'out' })
        throw new Error('out of the transaction')
      }),
    random: features.sqlite,
    randomModels: { count: counts.randomModels, seed: runSeed(), ...(only === undefined ? {} : { only }) },
  })
})

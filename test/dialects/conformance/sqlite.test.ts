import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SubjectDatabase } from '@org/migrate-conformance'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { drizzleOf, toDrizzle } from '@org/migrate-drizzle/sqlite'
import Database from 'better-sqlite3'
import { afterAll, describe } from 'vitest'
import { longRun } from '../../kit/scale.ts'
import { sqliteVersion } from '../../kit/sqlite-client/needs-driver.ts'
import { declaredItem } from './drizzle.ts'
import { expectCommitted } from './matrix.ts'
import { testConformance } from './run.ts'

const folder = mkdtempSync(join(tmpdir(), 'migrate-conformance-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0

/** A client of its own driver for the dialect; the test's own is another one. */
type DialectOn = (file: string) => { readonly dialect: UnloadedDialect; close(): void }

async function open(dialectOn: DialectOn): Promise<SubjectDatabase> {
  const file = join(folder, `${files++}.db`)
  const client = new Database(file)
  const { dialect, close } = dialectOn(file)
  return {
    dialect,
    sql: async (text) => {
      const statement = client.prepare(text)
      if (statement.reader) return statement.safeIntegers().all() as Record<string, unknown>[]
      statement.run()
      return []
    },
    close: async () => {
      close()
      client.close()
    },
  }
}

const drivers: readonly (readonly [driver: string, DialectOn])[] = [
  [
    'the driver that is installed',
    (file) => ({ dialect: sqliteDialect({ url: `sqlite:${file}` }), close: () => undefined }),
  ],
  [
    'libsql',
    (file) => ({ dialect: sqliteDialect({ url: `sqlite:${file}`, driver: 'libsql' }), close: () => undefined }),
  ],
  [
    'an open client',
    (file) => {
      const client = new Database(file)
      return { dialect: sqliteDialect({ driver: client }), close: () => void client.close() }
    },
  ],
]

/** libsql has a SQLite of its own: 3.45 in its version 0.5. */
async function libsqlVersion(): Promise<number> {
  const session = await sqliteDialect({ url: 'sqlite::memory:', driver: 'libsql' }).connection.connect({
    purpose: 'run',
  })
  try {
    const [row] = await session.query('SELECT sqlite_version() AS version')
    return Number(String(row?.version).split('.', 2).join('.'))
  } finally {
    await session.close()
  }
}
const versionOfLibsql = await libsqlVersion()

describe.each(drivers)('sqlite with %s', (name, dialectOn) => {
  testConformance({
    flavour: 'sqlite',
    open: () => open(dialectOn),
    transactional: true,
    select: (tests) =>
      longRun || name === drivers[0]?.[0]
        ? tests
        : tests.filter(({ title }) => !/^(operations|names|random)/.test(title)),
    onOutcome: (outcome) => expectCommitted('SQLite', name === 'libsql' ? versionOfLibsql : sqliteVersion, outcome),
    drizzle: (db) =>
      drizzleOf(db).transaction(async (inner) => {
        await inner.insert(toDrizzle(declaredItem)).values({ id: 90, name: 'out' })
        throw new Error('out of the transaction')
      }),
  })
})

import { createRequire } from 'node:module'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import type { Random } from '../../../kit/random.ts'
import { hasDriver } from '../../../kit/sqlite-client/client.mjs'
import type { Ground } from '../../ensure/ground.ts'
import type { DatabaseAccess } from './access.ts'

const Libsql = createRequire(new URL('../../../../packages/dialect-sqlite/package.json', import.meta.url))(
  'libsql',
) as typeof Database

const settings = {
  recursive_triggers: [0, 1],
  reverse_unordered_selects: [0, 1],
  case_sensitive_like: [0, 1],
  legacy_alter_table: [0, 1],
  foreign_keys: [0, 1],
  full_column_names: [0, 1],
  short_column_names: [0, 1],
  ignore_check_constraints: [0, 1],
  count_changes: [0, 1],
  cell_size_check: [0, 1],
  trusted_schema: [0, 1],
  automatic_index: [0, 1],
  busy_timeout: [0, 777],
  synchronous: [0, 1, 2],
  temp_store: [0, 2],
  cache_size: [10, -2000],
  cache_spill: [0, 1],
  writable_schema: [0, 1],
  empty_result_callbacks: [0, 1],
  locking_mode: ['normal'],
} as const

/** What the pages of a new file are. */
export async function layOut(ground: Ground, from: Random): Promise<string> {
  const encoding = from.pick(['UTF-8', 'UTF-16le', 'UTF-16be'])
  const [page, vacuum, journal] = [
    from.pick([512, 4096, 65_536]),
    from.pick([0, 1, 2]),
    from.pick(['persist', 'delete', 'truncate']),
  ]
  const db = new Database(ground.url.replace('sqlite:', ''))
  db.exec(`PRAGMA encoding = '${encoding}'; PRAGMA page_size = ${page}; PRAGMA auto_vacuum = ${vacuum}`)
  db.exec('CREATE TABLE first (a); DROP TABLE first')
  db.pragma(`journal_mode = ${journal}`)
  db.close()
  return `${encoding}, pages of ${page}, auto_vacuum ${vacuum}, ${journal}`
}

interface Statements {
  prepare(sql: string): { all(): readonly object[] }
  exec(sql: string): unknown
}

interface OpenClient extends Statements {
  close(): unknown
}

/** Two copies of SQLite in one process undo each other's locks: https://www.sqlite.org/howtocorrupt.html#multiple_copies_of_sqlite_linked_into_the_same_application */
class OneCopy {
  #close: (() => void) | undefined
  #copy: string | undefined
  changed: string | undefined

  use(copy: string, close?: () => void): void {
    if (copy !== this.#copy) this.end()
    this.#copy = copy
    if (close !== undefined) this.#close = close
  }

  end(): void {
    this.#close?.()
    this.#close = undefined
  }
}

function clientAccess(
  name: string,
  copy: string,
  from: Random,
  copies: OneCopy,
  open: () => OpenClient,
): DatabaseAccess {
  let client: OpenClient | undefined
  const set = Object.entries(settings).flatMap(([setting, values]) =>
    from.chance(0.3) ? [[setting, String(from.pick<string | number>(values))] as const] : [],
  )
  const shown = (of: OpenClient, setting: string): string => {
    try {
      return of
        .prepare(`PRAGMA ${setting}`)
        .all()
        .map((row) => Object.values(row).join())
        .join()
    } catch (error) {
      return String(error)
    }
  }
  const read = (of: OpenClient): string =>
    Object.keys(settings)
      .map((setting) => `${setting} ${shown(of, setting)}`)
      .join('; ')
  let before = ''
  const check = (): string | undefined => {
    const now = client === undefined ? before : read(client)
    return now === before ? undefined : `${before}\n became\n${now}`
  }
  return {
    name: `${name} with ${set.map(([setting, value]) => `${setting} ${value}`).join(', ')}`,
    dialect: () => {
      copies.use(copy)
      if (client === undefined) {
        const connection = open()
        for (const [setting, value] of set) {
          try {
            connection.exec(`PRAGMA ${setting} = ${value}`)
          } catch {
            // better-sqlite3 is defensive.
          }
        }
        before = read(connection)
        client = connection
        copies.use(copy, () => {
          copies.changed ??= check()
          client = undefined
          connection.close()
        })
      }
      return sqliteDialect({ driver: client })
    },
    check: async () => copies.changed ?? check(),
  }
}

export function sqliteAccesses(
  ground: Ground,
  from: Random,
): { readonly accesses: readonly DatabaseAccess[]; readonly copies: OneCopy } {
  const { url } = ground
  const file = url.replace('sqlite:', '')
  const copies = new OneCopy()
  const named = (
    name: 'better-sqlite3' | 'better-sqlite3-multiple-ciphers' | 'libsql' | 'node:sqlite',
  ): DatabaseAccess => ({
    name,
    dialect: (): UnloadedDialect => {
      copies.use(name)
      return sqliteDialect({ url, driver: name })
    },
    check: async () => undefined,
  })
  onTestFinished(() => copies.end())
  const builtin = process.getBuiltinModule?.('node:sqlite') as
    | { DatabaseSync: new (file: string) => OpenClient }
    | undefined
  const ofBetter = (): OpenClient => {
    const db = new Database(file)
    if (from.chance(0.5)) db.defaultSafeIntegers(true)
    if (from.chance(0.5)) db.unsafeMode(true)
    return db
  }
  const better = [
    named('better-sqlite3'),
    named('better-sqlite3-multiple-ciphers'),
    clientAccess('client of better-sqlite3', 'better-sqlite3', from, copies, ofBetter),
  ]
  const ofNode = (Client: new (file: string) => OpenClient): readonly DatabaseAccess[] => [
    named('node:sqlite'),
    clientAccess('client of node:sqlite', 'node:sqlite', from, copies, () => new Client(file)),
  ]
  return {
    copies,
    accesses: [
      ...(hasDriver ? better : []),
      named('libsql'),
      clientAccess('client of libsql', 'libsql', from, copies, () => new Libsql(file) as unknown as OpenClient),
      ...(builtin === undefined ? [] : ofNode(builtin.DatabaseSync)),
    ],
  }
}

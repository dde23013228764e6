import { handleOf } from './driver-handle.ts'
import type { Binding, Database, OpenHandle } from './handle.ts'
import { namedCode } from './named-code.ts'
import type { PreparedStatement } from './statement.ts'

/** What is used of `bun:sqlite`: https://bun.com/docs/runtime/sqlite. */
interface BunStatement {
  readonly columnNames: readonly string[]
  /** Absent before Bun 1.2. */
  readonly declaredTypes?: readonly (string | null)[]
  values(...values: readonly Binding[]): unknown[][] | null
  /** Absent before Bun 1.2. */
  safeIntegers?(on: boolean): unknown
  run(...values: readonly Binding[]): { readonly changes: number; readonly lastInsertRowid: number | bigint }
}

export interface BunDatabase {
  readonly inTransaction: boolean
  prepare(sql: string): BunStatement
  exec(sql: string): void
  close(): void
}

interface BunSqlite {
  readonly Database: new (
    file: string,
    options: { readonly readwrite: boolean; readonly create: boolean; readonly safeIntegers: boolean },
  ) => BunDatabase
}

const named = <T>(work: () => T): T => namedCode('errno', work)

class Prepared implements PreparedStatement {
  readonly #statement: BunStatement
  readonly #numbers: boolean
  readonly reader: boolean

  constructor(statement: BunStatement, bigints: boolean) {
    statement.safeIntegers?.(true)
    this.#statement = statement
    this.#numbers = !bigints
    this.reader = statement.columnNames.length > 0
  }

  columns() {
    const { columnNames, declaredTypes = [] } = this.#statement
    return columnNames.map((name, at) => ({ name, type: declaredTypes[at] ?? null }))
  }

  rows(values: readonly Binding[], first: boolean) {
    const rows = named(() => this.#statement.values(...values)) ?? []
    const answer = first ? rows.slice(0, 1) : rows
    if (!this.#numbers) return answer
    return answer.map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)))
  }

  run(values: readonly Binding[]) {
    return named(() => this.#statement.run(...values))
  }
}

/** The database that Bun brings along. */
export function adopt(db: BunDatabase): Database {
  let isOpen = true
  return handleOf({
    isOpen: () => isOpen,
    isInTransaction: () => db.inTransaction,
    prepare: (text, bigints) =>
      new Prepared(
        named(() => db.prepare(text.sql)),
        bigints,
      ),
    exec: (sql) => named(() => db.exec(sql)),
    close() {
      isOpen = false
      db.close()
    },
  })
}

/** The name is no literal of an `import`: a bundler for Node would look for the module. */
const moduleName = 'bun:sqlite'

export async function load(): Promise<OpenHandle> {
  const { Database: Client } = (await import(/* webpackIgnore: true */ /* @vite-ignore */ moduleName)) as BunSqlite
  return (file, { fileMustExist = false }) => {
    const db = named(() => new Client(file, { readwrite: true, create: !fileMustExist, safeIntegers: true }))
    // Bun leaves both as SQLite has them.
    db.exec('PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 0')
    return adopt(db)
  }
}

import type { Database, Statement } from './handle.ts'
import { DriverStatement, type PreparedStatement, readStatement, type StatementText } from './statement.ts'

/** A handle as a driver has it that doesn't use the words of better-sqlite3. */
interface OwnHandle extends Pick<Database, 'function' | 'backup'> {
  isOpen(): boolean
  isInTransaction(): boolean
  prepare(text: StatementText, bigints: boolean): PreparedStatement
  exec(sql: string): void
  close(): void
}

/** The handle in the words of better-sqlite3. */
export function handleOf({ isOpen, isInTransaction, prepare, exec, close, ...optional }: OwnHandle): Database {
  let bigints = false
  const statementOf = (sql: string): Statement => {
    const text = readStatement(sql)
    return new DriverStatement(prepare(text, bigints), text)
  }
  return {
    ...optional,
    get open() {
      return isOpen()
    },
    get inTransaction() {
      return isOpen() && isInTransaction()
    },
    prepare: statementOf,
    exec,
    pragma(source, { simple = false } = {}) {
      const statement = statementOf(`PRAGMA ${source}`)
      return simple ? statement.pluck().get() : statement.all()
    },
    defaultSafeIntegers(on) {
      bigints = on
    },
    close() {
      if (isOpen()) close()
    },
  }
}

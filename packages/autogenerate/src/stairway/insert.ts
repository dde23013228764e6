import type { InputRow, TableRows } from '@org/migrate-core'
import {
  type Dialect,
  type FaultKind,
  nameOfKey,
  type SchemaModel,
  type Session,
  type TableRef,
} from '@org/migrate-core/dialect'
import { compileOperations, executeStatement, record } from '@org/migrate-core/internal'

/** A database whose test rows are written. */
export interface RowTarget {
  readonly dialect: Dialect
  readonly session: Session
  readonly schema: SchemaModel
}

/** Faults of the database, not of the row. */
const ending: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'connection',
  'permission',
  'busy',
  'deadlock',
  'full',
  'readOnly',
  'corrupt',
])

/** Inserts rows as `op.insertRows` does; in a savepoint, so that the transaction lasts. */
async function insert(
  { dialect, session, schema }: RowTarget,
  table: TableRef,
  rows: readonly InputRow[],
): Promise<void> {
  const { operations } = record({
    revision: 'testRows',
    dialect: dialect.name,
    build: (op) => op.insertRows(table, rows),
  })
  const written = dialect.model.asWritten?.(schema) ?? schema
  const { groups } = compileOperations(dialect, written, operations)
  await session.savepoint(async () => {
    for (const { statements } of groups) for (const each of statements) await executeStatement(session, each)
  })
}

/** What the server refuses of a row; throws what has nothing to do with it. */
export const tryInsert = (target: RowTarget, table: TableRef, row: InputRow): Promise<unknown> =>
  tryWrite(target, () => insert(target, table, [row]))

export async function tryWrite(target: RowTarget, write: () => Promise<unknown>): Promise<unknown> {
  try {
    await write()
    return undefined
  } catch (error) {
    if (ending.has(target.dialect.errors.kindOf(error))) throw error
    return error
  }
}

/** Runs work in a transaction that is committed, or rolled back for a trial. */
export async function inTransaction<T>(
  session: Session,
  end: 'commit' | 'rollback',
  work: () => Promise<T>,
): Promise<T> {
  const scope = await session.begin()
  let result: T
  try {
    result = await work()
  } catch (error) {
    await scope.rollback().catch(() => undefined)
    throw error
  }
  await scope[end]()
  return result
}

/** Inserts the rows of an author. Gives the lines of what the server refused. */
export async function insertTestRows(target: RowTarget, rows: TableRows): Promise<readonly string[]> {
  const refs = new Map([...target.schema.tables].map(([key, { ref }]) => [nameOfKey(key), ref]))
  try {
    return await inTransaction(target.session, 'commit', async () => {
      const refused: string[] = []
      for (const [name, each] of Object.entries(rows)) {
        const ref = refs.get(name)
        if (ref === undefined) {
          refused.push(`${name}: there is no such table`)
          continue
        }
        for (const [at, row] of each.entries()) {
          const error = await tryInsert(target, ref, row)
          if (error !== undefined) refused.push(`${name}, row ${at + 1}: ${messageOf(error)}`)
        }
      }
      return refused
    })
  } catch (error) {
    // Foreign keys that are checked at the end of the transaction.
    if (target.dialect.errors.kindOf(error) !== 'constraint') throw error
    return [messageOf(error)]
  }
}

export function messageOf(error: unknown): string {
  const { message } = error instanceof Error ? error : new Error(String(error))
  return message.split('\n')[0] ?? message
}

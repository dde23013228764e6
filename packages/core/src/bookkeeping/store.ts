import { deleteRow, deleteRows, insertNumbered, insertRow, readOf, selectRows, updateRow } from '../compile/own-rows.ts'
import type { UnloadedDialect } from '../dialect/dialect.ts'
import type { ReadStatement, Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { Direction } from '../graph/selection/plan.ts'
import type { TableModel } from '../model/schema-model.ts'
import type { Row } from '../model/sql-value.ts'
import type { Statement } from '../sql/statement.ts'
import { type BookkeepingNames, sequentialTable, versionTable } from './tables.ts'

/** One move of what is recorded as applied. */
interface StoreMove {
  readonly revision: string
  readonly direction: Direction
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** Where a tier keeps what is applied: heads for a graph, names for a sequential tier. */
export interface Store {
  readonly table: TableModel
  /** That names the revisions. */
  readonly column: string
  /** With `unreadable: 'skip'` a row without a text is passed over. Throws BOOKKEEPING_INVALID. */
  read(session: Session, options?: { readonly unreadable?: 'skip' }): Promise<readonly string[]>
  /** Each statement has to touch exactly one row. */
  move(move: StoreMove, now: string): readonly Statement[]
  /** What `read` sends. */
  readonly statement: ReadStatement
  /** Takes every row away, whatever is in it. */
  readonly clear: Statement
}

export function textCell(row: Row, column: string, table: string): string {
  const value = row[column]
  if (typeof value === 'string') return value
  throw new MigrateError(
    'BOOKKEEPING_INVALID',
    { table, why: `${column} is ${value === null ? 'NULL' : typeof value}, not text` },
    `Table ${table} holds a row whose ${column} is not text.`,
  )
}

/** Runs a SELECT of ours and gives one text column. */
async function readTexts(
  session: Session,
  { sql, params }: ReadStatement,
  [table, column]: readonly [table: string, column: string],
  { unreadable }: NonNullable<Parameters<Store['read']>[1]> = {},
): Promise<string[]> {
  const rows = await session.query(sql, params)
  const read = unreadable === 'skip' ? rows.filter((row) => typeof row[column] === 'string') : rows
  return read.map((row) => textCell(row, column, table))
}

export function versionStore(dialect: Pick<UnloadedDialect, 'sql'>, names: BookkeepingNames): Store {
  const table = names.version
  const model = versionTable(names)
  const statement = readOf(selectRows(dialect, table, ['version_num'], { orderBy: 'version_num' }), model, [
    'version_num',
  ])
  return {
    table: model,
    statement,
    column: 'version_num',
    clear: deleteRows(dialect, table),
    read: (session, options) => readTexts(session, statement, [table, 'version_num'], options),
    move({ removed, added }) {
      // A move along one edge is one UPDATE, as other tools that read this table expect.
      const [from] = removed
      const [to] = added
      if (from !== undefined && to !== undefined) {
        return [
          ...removed.slice(1).map((head) => deleteRow(dialect, table, [['version_num', head]])),
          updateRow(dialect, table, [['version_num', to]], [['version_num', from]]),
          ...added.slice(1).map((head) => insertRow(dialect, table, [['version_num', head]])),
        ]
      }
      return [
        ...removed.map((head) => deleteRow(dialect, table, [['version_num', head]])),
        ...added.map((head) => insertRow(dialect, table, [['version_num', head]])),
      ]
    },
  }
}

export function sequentialStore(dialect: Pick<UnloadedDialect, 'sql'>, table: string): Store {
  const model = sequentialTable(table)
  const columns = ['id', 'name']
  const statement = { ...readOf(selectRows(dialect, table, columns, { orderBy: 'id' }), model, columns), orderBy: 'id' }
  return {
    table: model,
    statement,
    column: 'name',
    clear: deleteRows(dialect, table),
    read: (session, options) => readTexts(session, statement, [table, 'name'], options),
    move({ revision, direction }, now) {
      if (direction === 'down') return [deleteRow(dialect, table, [['name', revision]])]
      // Peewee writes UTC with microseconds and without a zone.
      const migratedAt = `${now.slice(0, 19).replace('T', ' ')}.${now.slice(20, 23).padEnd(6, '0')}`
      return [
        insertNumbered(dialect, table, [
          ['name', revision],
          ['migrated_at', migratedAt],
        ]),
      ]
    },
  }
}

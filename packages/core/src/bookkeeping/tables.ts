import { bigint, integer, text, varchar } from '../declare/column.ts'
import type { ColumnType } from '../model/column-type.ts'
import type { ColumnModel, ConstraintModel, IndexModel, TableModel } from '../model/schema-model.ts'

/** The names of our own tables, after options. */
export interface BookkeepingNames {
  readonly version: string
  readonly history: string
  readonly preserved: string
  readonly journal: string
  /** Who runs; only where the dialect has a clock. */
  readonly lock: string
}

export const defaultNames: BookkeepingNames = {
  version: 'migrate_version',
  history: 'migrate_history',
  preserved: 'migrate_preserved',
  journal: 'migrate_journal',
  lock: 'migrate_lock',
}

const column = (name: string, type: ColumnType, nullable = false): ColumnModel => ({ name, type, nullable })

const numbered: ColumnModel = {
  name: 'id',
  type: bigint(),
  // Spelled INTEGER the column is SQLite's rowid. The number is given in the INSERT itself (largest + 1), so that the same
  // statement can be printed into a script and no server's way of numbering shows in the table.
  native: { sqlite: 'INTEGER' },
  nullable: false,
}

/**
 * A column of a key. Names that differ only in case or in blanks at the end are different ones: MySQL's own collations take them for
 * one.
 */
const keyColumn = (name: string, length: number): ColumnModel => ({
  ...column(name, varchar(length)),
  native: { mysql: `varchar(${length}) COLLATE utf8mb4_0900_bin` },
})

function tableOf(name: string, columns: readonly ColumnModel[], constraints: readonly ConstraintModel[]): TableModel {
  return { ref: { name }, columns, constraints, indexes: [], options: {} }
}

/** The number of the format of a row. It has no default: a program that does not know it could not write such a table. */
const format = column('format', integer())

/** The run that recorded the row. Tables of earlier versions lack it; a program that does not know it writes rows without it. */
const runColumn = column('run', varchar(36), true)

/** The current heads, one row each: the shape that Alembic reads. */
export function versionTable(names: BookkeepingNames): TableModel {
  return tableOf(
    names.version,
    [keyColumn('version_num', 255)],
    [{ kind: 'primaryKey', name: `${names.version}_pk`, columns: ['version_num'] }],
  )
}

/** One row for each step that ran or was stamped. The wide columns come last, so that reading the narrow ones stays cheap. */
export function historyTable(names: BookkeepingNames): TableModel {
  return tableOf(
    names.history,
    [
      numbered,
      format,
      column('tier', varchar(32)),
      column('revision', varchar(64)),
      column('direction', varchar(8)),
      column('text_hash', varchar(64), true),
      column('operations_hash', varchar(64), true),
      column('started_at', varchar(32)),
      column('finished_at', varchar(32)),
      column('duration_ms', bigint()),
      column('host', varchar(255)),
      column('user_name', varchar(255)),
      column('tool_version', varchar(32)),
      column('parents', text()),
      column('depends_on', text()),
      column('labels', text()),
      column('compatible_with', text()),
      column('tiers', text()),
      column('columns_after', text()),
      column('operations', text()),
      column('inverses', text()),
      runColumn,
    ],
    [{ kind: 'primaryKey', name: `${names.history}_pk`, columns: ['id'] }],
  )
}

/** What steps of a revision preserved, by their ids: without it each question about a step reads all values of the revision. */
function indexOfSteps({ preserved }: BookkeepingNames): IndexModel {
  const columns = ['tier', 'revision', 'step', 'table_name', 'column', 'id']
  return { name: `${preserved}_step`, unique: false, elements: columns.map((column) => ({ column })) }
}

/** Old values that a step could not compute back, until a downgrade restores or a purge deletes them. */
export function preservedTable(names: BookkeepingNames): TableModel {
  const table = tableOf(
    names.preserved,
    [
      numbered,
      format,
      keyColumn('tier', 32),
      keyColumn('revision', 64),
      column('step', varchar(255)),
      keyColumn('table_name', 255),
      column('key', text()),
      // What `keyHashOf` makes of the key: its text, or the digest of a long one. A value that is set aside has its id here.
      keyColumn('key_hash', 64),
      keyColumn('column', 64),
      column('encoding', varchar(8)),
      column('value', text(), true),
      column('written_hash', varchar(64)),
      column('base', text(), true),
      column('preserved_at', varchar(32)),
    ],
    [
      { kind: 'primaryKey', name: `${names.preserved}_pk`, columns: ['id'] },
      {
        kind: 'unique',
        name: `${names.preserved}_cell`,
        columns: ['tier', 'revision', 'table_name', 'key_hash', 'column'],
      },
    ],
  )
  return { ...table, indexes: [indexOfSteps(names)] }
}

/**
 * What is done of a step that cannot be one transaction, one row for each part of it. Rows go when the step is recorded: what
 * stands here was started and has not ended.
 */
export function journalTable(names: BookkeepingNames): TableModel {
  return tableOf(
    names.journal,
    [
      keyColumn('tier', 32),
      keyColumn('revision', 64),
      keyColumn('direction', 8),
      column('position', integer()),
      format,
      column('operations_done', integer()),
      column('operations_hash', varchar(64)),
      column('state', varchar(8)),
      column('done', integer()),
      column('started_at', varchar(32)),
      column('fingerprint', varchar(64), true),
      column('columns_before', text(), true),
      column('statements', text()),
      column('operations', text()),
      column('inverses', text()),
    ],
    [{ kind: 'primaryKey', name: `${names.journal}_pk`, columns: ['tier', 'revision', 'direction', 'position'] }],
  )
}

/** Peewee's history table, which a sequential tier keeps: the ids are numbered by us, so no identity is needed. */
export function sequentialTable(name: string): TableModel {
  return tableOf(
    name,
    [
      { ...column('id', integer()) },
      column('name', varchar(255)),
      { ...column('migrated_at', { kind: 'timestamp', withTimezone: false }) },
    ],
    [{ kind: 'primaryKey', columns: ['id'] }],
  )
}

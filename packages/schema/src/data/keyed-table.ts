import {
  type AlterTableRecorder,
  type OperationRecorder,
  type TableRecorder,
  type table,
  text,
} from '@org/migrate-core'

type TableModel = ReturnType<typeof table>['model']

const key = ['id']

/** The unique index that tells the rows of such a table apart. */
const indexName = (table: string): string => `${table}_id`

/**
 * Creates a table whose rows are told apart by a unique index on `id`, as the sequential tier has always had it. On MySQL it is
 * the primary key instead: some servers there refuse tables without one.
 */
export function createKeyedTable(
  op: OperationRecorder,
  name: string,
  define: (t: TableRecorder) => void,
  options: { readonly ifNotExists?: true } = {},
): void {
  op.on({
    mysql(on) {
      on.createTable(
        name,
        (t) => {
          define(t)
          t.primaryKey(key)
        },
        options,
      )
    },
    otherwise(on) {
      on.createTable(
        name,
        (t) => {
          define(t)
          t.index(indexName(name), key, { unique: true })
        },
        options,
      )
    },
  })
}

/** A declared table of that kind as it is on MySQL; any other as it stands. */
export function keyedByPrimaryKey(table: TableModel): TableModel {
  const own = indexName(table.ref.name)
  const hasKey = table.constraints.some((constraint) => constraint.kind === 'primaryKey')
  if (hasKey || !table.indexes.some((index) => index.name === own)) return table
  return {
    ...table,
    constraints: [{ kind: 'primaryKey', columns: key }, ...table.constraints],
    indexes: table.indexes.filter((index) => index.name !== own),
  }
}

/**
 * On MySQL a column that is in a key has a type and a collation for it, and keeps them when the key goes: in the downgrade these
 * become text again (`texts`), or strings like any other.
 */
export function leaveKey(
  op: OperationRecorder,
  table: string,
  columns: { readonly textColumns?: readonly string[]; readonly stringColumns?: readonly string[] },
): void {
  op.on({
    mysql(on) {
      on.alterTable(table, (t) => {
        for (const name of columns.textColumns ?? []) t.alterColumn(name, { type: text(), collation: null })
        for (const name of columns.stringColumns ?? []) t.alterColumn(name, { collation: null })
      })
    },
    otherwise() {
      // Keys change nothing about their columns.
    },
  })
}

/** Changes what tells the rows of `tag` apart. On MySQL that is always the primary key: of these columns from now on. */
export function changeTagKey(
  op: OperationRecorder,
  change: {
    readonly mysql: readonly string[] | undefined
    readonly otherwise: (t: AlterTableRecorder) => void
  },
): void {
  op.on({
    mysql(on) {
      if (change.mysql === undefined) return
      const columns = change.mysql
      on.alterTable('tag', (t) => {
        t.dropConstraint({ kind: 'primaryKey' })
        if (columns.includes('user_id')) t.alterColumn('user_id', { collation: 'utf8mb4_0900_bin' })
        t.addPrimaryKey(columns)
        if (!columns.includes('user_id')) t.alterColumn('user_id', { collation: null })
      })
    },
    otherwise(on) {
      on.alterTable('tag', change.otherwise)
    },
  })
}

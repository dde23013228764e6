import {
  type ColumnModel,
  type ConstraintModel,
  type DialectName,
  type IndexElement,
  type IndexModel,
  MigrateError,
  type ReferentialAction,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { type Column, getTableName, type SQL, type Table } from 'drizzle-orm'
import { drizzleActions } from '../build/make-table.ts'
import { kindOf } from './internals.ts'
import type { TableNames } from './table-names.ts'

/** What the dialects of Drizzle have alike in a table's config. */
export interface TableConfig {
  readonly name: string
  readonly schema?: string | undefined
  readonly columns: readonly Column[]
  readonly primaryKeys: readonly { readonly columns: readonly Column[]; readonly name?: string | undefined }[]
  readonly uniqueConstraints: readonly UniqueParts[]
  readonly checks: readonly { readonly name: string; readonly value: SQL }[]
  readonly foreignKeys: readonly {
    readonly onUpdate?: string | undefined
    readonly onDelete?: string | undefined
    reference(): {
      readonly name?: string | undefined
      readonly columns: readonly Column[]
      readonly foreignTable: Table
      readonly foreignColumns: readonly Column[]
    }
  }[]
}

interface UniqueParts {
  readonly columns: readonly Column[]
  readonly name?: string | undefined
  readonly nullsNotDistinct?: boolean
}

/** How what one dialect's objects say is read. */
export interface Reading {
  readonly dialect: DialectName
  /** A name as the server has it. */
  cut(name: string): string
  /** The same in a schema. */
  placed(name: string, schema: string | undefined): TableRef
  nameOf(column: Column): string
  refOf(table: Table): TableRef
  literal(value: string | number | bigint | boolean | Uint8Array): string
  /** Columns without their table: its name in its own CHECK would not survive a rename. */
  text(chunk: SQL, object: string): string
  /** Columns with their tables, of which a view may have several. */
  queryText(chunk: SQL, object: string): string
}

export interface TableReading extends Reading {
  readonly ref: TableRef
  /** What the table is called in Drizzle: names are made of it. */
  readonly table: string
  readonly names: TableNames
  /** The keys that Drizzle's own tool names where the declaration does not. */
  readonly namedKeys: readonly ('primaryKey' | 'foreignKey')[]
}

/** Drizzle says NO ACTION where the declaration says nothing; it is what a key does that says nothing. */
const actions: ReadonlyMap<string | undefined, ReferentialAction> = new Map(
  Object.entries(drizzleActions)
    .filter(([action]) => action !== 'noAction')
    .map(([action, keywords]) => [keywords, action as ReferentialAction]),
)

/** Keys, checks and foreign keys; what `unique()` becomes, the dialects do not agree on. */
export function constraintsFrom(config: TableConfig, reading: TableReading): readonly ConstraintModel[] {
  const { names, table } = reading
  const namesOf = (columns: readonly Column[]): readonly string[] => columns.map((column) => reading.nameOf(column))
  const named = (name: string | undefined) => (name === undefined || name === '' ? {} : { name: names.given(name) })
  const keyName = (kind: 'primaryKey' | 'foreignKey', name: string | undefined, parts: readonly string[]) =>
    name === undefined && reading.namedKeys.includes(kind)
      ? { name: names.generated(parts.join('_'), kind !== 'foreignKey') }
      : named(name)
  const own = config.columns.filter(({ primary }) => primary)
  return [
    ...(own.length > 0 ? [{ kind: 'primaryKey', columns: namesOf(own) } as const] : []),
    ...config.primaryKeys.map(({ columns, name }) => ({
      kind: 'primaryKey' as const,
      ...keyName('primaryKey', name, [table, ...namesOf(columns), 'pk']),
      columns: namesOf(columns),
    })),
    ...config.checks.map(({ name, value }) => ({
      kind: 'check' as const,
      ...named(name),
      expression: reading.text(value, `check ${name} of ${reading.ref.name}`),
    })),
    ...config.foreignKeys.map((key): ConstraintModel => {
      const { name, columns, foreignTable, foreignColumns } = key.reference()
      const onUpdate = actions.get(key.onUpdate)
      const onDelete = actions.get(key.onDelete)
      const [own, target, foreignColumnNames] = [namesOf(columns), reading.refOf(foreignTable), namesOf(foreignColumns)]
      return {
        kind: 'foreignKey',
        ...keyName('foreignKey', name, [table, ...own, target.name, ...foreignColumnNames, 'fk']),
        columns: own,
        references: { table: target, columns: foreignColumnNames },
        ...(onDelete === undefined ? {} : { onDelete }),
        ...(onUpdate === undefined ? {} : { onUpdate }),
      }
    }),
  ]
}

interface UniqueDeclaration {
  readonly name: string
  readonly columns: readonly string[]
  readonly nullsNotDistinct: boolean
}

/** What `unique()` says of columns and of the table, under the names that drizzle-kit gives. */
export function uniquesFrom(config: TableConfig, { table, names, nameOf }: TableReading): readonly UniqueDeclaration[] {
  // Drizzle makes up a name from the columns as they were before casing, and its own tool writes that one.
  const readUnique = ({ name, columns, nullsNotDistinct = false }: UniqueParts): UniqueDeclaration => {
    const generatedName = `${table}_${columns.map((column) => column.name).join('_')}_unique`
    const given = name !== undefined && name !== generatedName
    return {
      name: given ? names.given(name) : names.generated(generatedName),
      columns: columns.map(nameOf),
      nullsNotDistinct,
    }
  }
  return [
    ...config.columns
      .filter(({ isUnique }) => isUnique)
      .map((column) =>
        readUnique({
          name: column.uniqueName,
          columns: [column],
          nullsNotDistinct: column.uniqueType === 'not distinct',
        }),
      ),
    ...config.uniqueConstraints.map(readUnique),
  ]
}

/** The name of an index; unnamed, the one that drizzle-kit gives. Over an expression it gives none. */
export function indexName(
  given: string | undefined,
  elements: readonly IndexElement[],
  { table, names }: TableReading,
): string {
  if (given !== undefined) return names.given(given)
  const columns = elements.flatMap(({ column }) => column ?? [])
  if (columns.length === elements.length) return names.generated(`${table}_${columns.join('_')}_index`)
  const message = `An index of ${table} is over an expression and has no name.`
  throw new MigrateError('INVALID_NAME', { name: '', why: 'an index over an expression needs a name' }, message)
}

/** The table of what was read. Throws OBJECT_EXISTS when casing gave two columns one name. */
export function tableOf(
  ref: TableRef,
  columns: readonly ColumnModel[],
  constraints: readonly ConstraintModel[],
  indexes: readonly IndexModel[],
): TableModel {
  const columnNames = new Set<string>()
  for (const { name } of columns) {
    if (columnNames.has(name)) {
      const message = `Two columns of ${ref.name} are both called ${name} in the database.`
      throw new MigrateError('OBJECT_EXISTS', { object: `column ${ref.name}.${name}` }, message, {
        remedy: 'Give one of them a name of its own: casing turns different keys into one name.',
      })
    }
    columnNames.add(name)
  }
  return { ref, columns, constraints, indexes, options: {} }
}

/** Servers make the columns of a primary key NOT NULL, whether that was said or not; SQLite does not. */
export function withKeysNotNull(table: TableModel): TableModel {
  const keys = new Set(table.constraints.flatMap((one) => (one.kind === 'primaryKey' ? one.columns : [])))
  return {
    ...table,
    columns: table.columns.map((column) => (keys.has(column.name) ? { ...column, nullable: false } : column)),
  }
}

/** What the tables of other parts of Drizzle are of. What there is no dialect for has no function here. */
const parts: ReadonlyMap<string, { readonly server: string; readonly tableWord?: string }> = new Map([
  ['PgTable', { server: 'PostgreSQL', tableWord: 'pgTable' }],
  ['MySqlTable', { server: 'MySQL', tableWord: 'mysqlTable' }],
  ['SQLiteTable', { server: 'SQLite', tableWord: 'sqliteTable' }],
  ['MsSqlTable', { server: 'SQL Server' }],
  ['CockroachTable', { server: 'CockroachDB' }],
  ['SingleStoreTable', { server: 'SingleStore' }],
  ['GelTable', { server: 'Gel' }],
])

/** The error for a table of another dialect's part of Drizzle. */
export function wrongDialectTable(
  entity: Table,
  { name, server, tableWord }: { readonly name: string; readonly server: string; readonly tableWord: string },
): MigrateError<'WRONG_DIALECT'> {
  const table = getTableName(entity)
  const other = parts.get(kindOf(entity))
  const isKnown = other === undefined || other.tableWord !== undefined
  const of = other === undefined ? '' : `, but of ${other.server}`
  const details = { expected: name, actual: other?.server ?? 'another dialect of Drizzle' }
  return new MigrateError('WRONG_DIALECT', details, `${table} is not a table of ${server}${of}.`, {
    remedy: isKnown
      ? `Declare it with ${tableWord}, or read it with the package of its own dialect.`
      : `There is no dialect for ${other?.server}: keep its tables in files that \`autogenerate.schema\` does not name, or declare them with ${tableWord}.`,
  })
}

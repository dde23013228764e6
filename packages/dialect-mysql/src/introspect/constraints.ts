import type {
  ConstraintModel,
  ConstraintOf,
  IntrospectRequest,
  ReferentialAction,
  Row,
  Session,
} from '@org/migrate-core/dialect'
import { jsonCheckOf, unwrapParentheses } from '../ddl/canonical-expression.ts'
import { storedExpression } from '../ddl/defaults.ts'
import { nameConstraints } from '../ddl/names.ts'
import type { Server } from '../flavour.ts'
import { significant, textOf } from '../sql/tokens.ts'
import { among, read, type TableFilter, text } from './catalog.ts'

export function readKeyRows(session: Session, filter: TableFilter): Promise<readonly Row[]> {
  return read(
    session,
    `SELECT TABLE_NAME AS table_name, CONSTRAINT_NAME AS name, COLUMN_NAME AS \`column\`,
 NULLIF(REFERENCED_TABLE_SCHEMA, DATABASE()) AS other_schema, REFERENCED_TABLE_NAME AS other_table,
 REFERENCED_COLUMN_NAME AS other_column
 FROM information_schema.KEY_COLUMN_USAGE
 WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL${among('TABLE_NAME', filter)}
 ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`,
    filter,
  )
}

export function readRuleRows(session: Session, filter: TableFilter): Promise<readonly Row[]> {
  return read(
    session,
    `SELECT TABLE_NAME AS table_name, CONSTRAINT_NAME AS name, UPDATE_RULE AS on_update, DELETE_RULE AS on_delete
 FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()${among('TABLE_NAME', filter)}`,
    filter,
  )
}

/**
 * MySQL names the table of a check in another view of the catalog. Joined there, they take ten times as long: names of checks are
 * unique in a database of MySQL, so they are put together here. A check that is not enforced is as good as none, and the model has
 * no word for it.
 */
async function readMysqlChecks(session: Session, filter: TableFilter): Promise<readonly Row[]> {
  const owners = await read(
    session,
    `SELECT TABLE_NAME AS table_name, CONSTRAINT_NAME AS name FROM information_schema.TABLE_CONSTRAINTS
 WHERE TABLE_SCHEMA = DATABASE() AND CONSTRAINT_TYPE = 'CHECK' AND ENFORCED = 'YES'${among('TABLE_NAME', filter)}
 ORDER BY TABLE_NAME, CONSTRAINT_NAME`,
    filter,
  )
  if (owners.length === 0) return []
  const rows = await session.query(
    `SELECT CONSTRAINT_NAME AS name, CHECK_CLAUSE AS clause FROM information_schema.CHECK_CONSTRAINTS
 WHERE CONSTRAINT_SCHEMA = DATABASE()`,
  )
  const clauses = new Map(rows.map((row) => [text(row, 'name'), text(row, 'clause')]))
  return owners.map((row) => ({ ...row, clause: clauses.get(text(row, 'name')) ?? '', level: 'Table' }))
}

export function readCheckRows(server: Server, session: Session, filter: TableFilter): Promise<readonly Row[]> {
  if (server.flavour === 'mysql') return readMysqlChecks(session, filter)
  return read(
    session,
    `SELECT TABLE_NAME AS table_name, CONSTRAINT_NAME AS name, CHECK_CLAUSE AS clause, LEVEL AS level
 FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE()${among('TABLE_NAME', filter)}
 ORDER BY TABLE_NAME, CONSTRAINT_NAME`,
    filter,
  )
}

/** The tables whose foreign keys refer to one of these. */
export async function readReferrers(session: Session, filter: readonly string[]): Promise<readonly string[]> {
  if (filter.length === 0) return []
  const rows = await session.query(
    `SELECT DISTINCT TABLE_NAME AS table_name FROM information_schema.REFERENTIAL_CONSTRAINTS
 WHERE CONSTRAINT_SCHEMA = DATABASE() AND UNIQUE_CONSTRAINT_SCHEMA = DATABASE()${among('REFERENCED_TABLE_NAME', filter)}`,
    filter,
  )
  return rows.map((row) => text(row, 'table_name'))
}

/** The tables that have a foreign key or a check of the name of one of these. The check of a table of MariaDB is called as another table's may be. */
export async function readNamesakes(
  { flavour }: Server,
  session: Session,
  added: NonNullable<IntrospectRequest['newNames']>,
): Promise<readonly string[]> {
  const names = added.flatMap(({ ref, constraints }) =>
    nameConstraints({ ref, constraints, columns: [], indexes: [], options: {} }, new Set()).constraints.flatMap(
      ({ kind, name }) => (kind === 'foreignKey' || kind === 'check' ? (name ?? []) : []),
    ),
  )
  if (names.length === 0) return []
  const from =
    flavour === 'mysql'
      ? "TABLE_CONSTRAINTS WHERE CONSTRAINT_TYPE IN ('CHECK', 'FOREIGN KEY') AND"
      : 'REFERENTIAL_CONSTRAINTS WHERE'
  const rows = await session.query(
    `SELECT DISTINCT TABLE_NAME AS table_name FROM information_schema.${from}
 CONSTRAINT_SCHEMA = DATABASE()${among('CONSTRAINT_NAME', names)}`,
    names,
  )
  return rows.map((row) => text(row, 'table_name'))
}

const actions: { readonly [rule: string]: ReferentialAction } = {
  'NO ACTION': 'noAction',
  RESTRICT: 'restrict',
  CASCADE: 'cascade',
  'SET NULL': 'setNull',
  'SET DEFAULT': 'setDefault',
}

function action(server: Server, event: 'onDelete' | 'onUpdate', rule: string) {
  const referentialAction = actions[rule]
  // MariaDB's catalog has RESTRICT for a key that declares no action; MySQL's tells the two apart.
  const isImplied =
    referentialAction === 'noAction' || (referentialAction === 'restrict' && server.flavour === 'mariadb')
  return referentialAction === undefined || isImplied ? {} : { [event]: referentialAction }
}

export function readForeignKeys(
  server: Server,
  keys: readonly Row[],
  rules: readonly Row[],
): readonly ConstraintOf<'foreignKey'>[] {
  const rule = new Map(rules.map((row) => [text(row, 'name'), row]))
  const names = [...new Set(keys.map((row) => text(row, 'name')))]
  return names.map((name) => {
    const rows = keys.filter((row) => text(row, 'name') === name)
    const [first = {}] = rows
    const ruleRow = rule.get(name) ?? {}
    const schema = text(first, 'other_schema')
    return {
      kind: 'foreignKey',
      name,
      columns: rows.map((row) => text(row, 'column')),
      references: {
        table: { ...(schema === '' ? {} : { schema }), name: text(first, 'other_table') },
        columns: rows.map((row) => text(row, 'other_column')),
      },
      ...action(server, 'onDelete', text(ruleRow, 'on_delete')),
      ...action(server, 'onUpdate', text(ruleRow, 'on_update')),
    }
  })
}

export interface Checks {
  readonly constraints: readonly ConstraintModel[]
  /** The checks of columns that may make JSON columns of MariaDB of them, by the names of the columns. */
  readonly json: ReadonlyMap<string, ConstraintModel>
}

export function readChecks(server: Server, rows: readonly Row[]): Checks {
  const constraints: ConstraintModel[] = []
  const json = new Map<string, ConstraintModel>()
  for (const row of rows) {
    const clause = storedExpression(server, text(row, 'clause'))
    const name = text(row, 'name')
    const column = text(row, 'level') === 'Column'
    // After RENAME COLUMN the catalog still calls it by the old column; what it says is the new one.
    const own = column ? jsonCheckOf(clause) : undefined
    const expression = textOf(unwrapParentheses(significant(clause)))
    if (own !== undefined) json.set(own, { kind: 'check', expression })
    // One that stands in the definition of a column is called by the column, and goes with the definition.
    else constraints.push(column ? { kind: 'check', expression } : { kind: 'check', name, expression })
  }
  return { constraints, json }
}

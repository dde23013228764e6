import {
  type ColumnModel,
  type ConstraintModel,
  type DefaultValue,
  type IndexModel,
  join,
  joinWithSpaces,
  type ReferentialAction,
  type SqlFragment,
  sql,
  type TableRef,
  verbatim,
} from '@org/migrate-core/dialect'
import { enumCheck, refuseColumn, refuseConstraint } from '../canonicalise.ts'
import { quote } from '../quote.ts'
import { toSql } from '../types.ts'
import { unsupported } from '../unsupported.ts'

const names = (columns: readonly string[]): SqlFragment => join(columns.map(quote.identifier))

export function defaultText(value: DefaultValue): SqlFragment {
  if (value.kind === 'now') return sql`CURRENT_TIMESTAMP`
  return value.kind === 'literal' ? quote.literal(value.value) : verbatim(value.sql)
}

export function columnText(column: ColumnModel): SqlFragment {
  refuseColumn(column)
  const values = enumCheck(column)
  return joinWithSpaces(
    quote.identifier(column.name),
    verbatim(toSql(column.type)),
    !column.nullable && sql`NOT NULL`,
    column.default !== undefined && sql`DEFAULT ${defaultText(column.default)}`,
    values !== undefined && sql`CHECK (${verbatim(values)})`,
  )
}

const actions: { readonly [A in ReferentialAction]: SqlFragment } = {
  noAction: sql`NO ACTION`,
  restrict: sql`RESTRICT`,
  cascade: sql`CASCADE`,
  setNull: sql`SET NULL`,
  setDefault: sql`SET DEFAULT`,
}

export function constraintText(constraint: ConstraintModel): SqlFragment {
  refuseConstraint(constraint)
  const name = constraint.name !== undefined && sql`CONSTRAINT ${quote.identifier(constraint.name)}`
  switch (constraint.kind) {
    case 'primaryKey':
      return joinWithSpaces(name, sql`PRIMARY KEY (${names(constraint.columns)})`)
    case 'unique':
      return joinWithSpaces(name, sql`UNIQUE (${names(constraint.columns)})`)
    case 'check':
      return joinWithSpaces(name, sql`CHECK (${verbatim(constraint.expression)})`)
    case 'foreignKey':
      return joinWithSpaces(
        name,
        sql`FOREIGN KEY (${names(constraint.columns)}) REFERENCES ${quote.table(constraint.references.table)} (${names(constraint.references.columns)})`,
        constraint.onDelete !== undefined && sql`ON DELETE ${actions[constraint.onDelete]}`,
        constraint.onUpdate !== undefined && sql`ON UPDATE ${actions[constraint.onUpdate]}`,
      )
    case 'exclude':
      return unsupported(`constraint ${constraint.name ?? ''}`, 'this dialect has no exclusion constraints')
  }
}

export function indexText(table: TableRef, index: IndexModel): SqlFragment {
  const of = `index ${index.name}`
  const { where, include, nullsNotDistinct, comment, method } = index
  if (where !== undefined) unsupported(of, 'this dialect has no partial indexes')
  if (include !== undefined && include.length > 0) unsupported(of, 'this dialect has no covering indexes')
  if (nullsNotDistinct) unsupported(of, 'this dialect tells NULLs apart')
  if (comment !== undefined) unsupported(of, 'this dialect keeps no comments')
  if (method !== undefined && method !== 'btree') unsupported(of, `this dialect has no ${method} indexes`)
  const elements = index.elements.map(({ column, order, ...rest }) => {
    const [odd] = Object.keys(rest)
    if (column === undefined || odd !== undefined) return unsupported(of, `this dialect has no ${odd} of an index`)
    return joinWithSpaces(quote.identifier(column), order === 'desc' && sql`DESC`)
  })
  const unique = index.unique ? sql`UNIQUE INDEX` : sql`INDEX`
  return sql`CREATE ${unique} ${quote.identifier(index.name)} ON ${quote.table(table)} (${join(elements)})`
}

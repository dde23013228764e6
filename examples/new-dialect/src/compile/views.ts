import {
  type CompileTable,
  join,
  type Statement,
  sql,
  type TableRef,
  type ViewModel,
  verbatim,
} from '@org/migrate-core/dialect'
import { quote } from '../quote.ts'
import { unsupported } from '../unsupported.ts'
import { statement } from './statement.ts'

const materialised = 'this dialect has no materialised views'

function create({ ref, columns, definition, materialized }: ViewModel): Statement {
  if (materialized) unsupported(`view ${ref.name}`, materialised)
  const names = columns === undefined ? sql`` : sql` (${join(columns.map(quote.identifier))})`
  return statement(sql`CREATE VIEW ${quote.table(ref)}${names} AS ${verbatim(definition)}`, [ref])
}

const drop = (ref: TableRef): Statement => statement(sql`DROP VIEW ${quote.table(ref)}`, [ref])

export const viewStatements: Pick<CompileTable, 'createView' | 'replaceView' | 'renameView' | 'dropView'> = {
  createView: ({ operation: { view } }) => [create(view)],
  replaceView: ({ operation: { view } }) => [drop(view.ref), create(view)],
  renameView: ({ operation: { view, to } }) => [
    statement(sql`ALTER VIEW ${quote.table(view)} RENAME TO ${quote.identifier(to)}`, [view, { name: to }]),
  ],
  dropView: ({ operation: { view, materialized } }) =>
    materialized ? unsupported(`view ${view.name}`, materialised) : [drop(view)],
}

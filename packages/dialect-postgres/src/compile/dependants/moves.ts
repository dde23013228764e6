import { type CompileTable, type SchemaObject, type SqlFragment, sql, tableKey } from '@org/migrate-core/dialect'
import { quote } from '../../sql/quote.ts'
import { statement } from '../statements.ts'

const keywords: { readonly [O in SchemaObject]: SqlFragment } = {
  table: sql`TABLE`,
  view: sql`VIEW`,
  enum: sql`TYPE`,
  sequence: sql`SEQUENCE`,
}

/**
 * Indexes, constraints and the sequences of columns move with their table: https://www.postgresql.org/docs/current/sql-altertable.html.
 * SET SCHEMA takes a name and no expression, so a script for a connection whose schema is not known asks for the name when it runs.
 */
export function moveStatements(ownSchema: string | undefined): Pick<CompileTable, 'setSchema'> {
  return {
    setSchema: ({ operation: { object, ref, schema }, before }) => {
      const isMaterialized = object === 'view' && before.views.get(tableKey(ref))?.materialized === true
      const keyword = isMaterialized ? sql`MATERIALIZED VIEW` : keywords[object]
      const tables = object === 'table' ? [ref, schema === null ? { name: ref.name } : { schema, name: ref.name }] : []
      const target = schema ?? ownSchema
      const move = sql`ALTER ${keyword} ${quote.table(ref)} SET SCHEMA`
      if (target !== undefined) return [statement(sql`${move} ${quote.identifier(target)}`, tables)]
      const text = quote.literal(`${move.text.replaceAll('%', '%%')} %I`)
      const body = quote.literal(`BEGIN EXECUTE format(${text.text}, current_schema()); END`)
      return [statement(sql`DO ${body}`, tables)]
    },
  }
}

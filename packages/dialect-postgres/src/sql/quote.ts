import { checkName, sql, verbatim } from '@org/migrate-core/connection'
import type { Quote, SqlFragment, SqlValue, TableRef } from '@org/migrate-core/dialect'
import { capabilities } from '../capabilities.ts'
import { storable } from './text.ts'

function identifier(name: string): SqlFragment {
  // The server cuts a longer name with a NOTICE, in the middle of nothing: two names could become one.
  checkName(name, { server: 'PostgreSQL', ...capabilities.identifierLimit })
  return verbatim(`"${name.replaceAll('"', '""')}"`)
}

function table(ref: TableRef): SqlFragment {
  return ref.schema === undefined ? identifier(ref.name) : sql`${identifier(ref.schema)}.${identifier(ref.name)}`
}

function stringText(value: string): string {
  const doubled = storable(value).replaceAll("'", "''")
  // E'…' means the same whether standard_conforming_strings is on or off, a plain literal with a backslash does not.
  return value.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "'NaN'::double precision"
  if (!Number.isFinite(value)) return `'${value > 0 ? '' : '-'}Infinity'::double precision`
  // -0 is read as the integer 0; only the double keeps its sign.
  return Object.is(value, -0) ? "'-0'::double precision" : String(value)
}

/** The value as SQL text. */
function literalText(value: SqlValue): string {
  if (value === null) return 'NULL'
  if (typeof value === 'string') return stringText(value)
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  const hex = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
  return `E'\\\\x${hex}'::bytea`
}

/**
 * The only place that quotes. `identifier` and `table` throw INVALID_NAME and NAME_TOO_LONG; `literal` throws UNSUPPORTED for
 * a text that the server cannot hold.
 */
export const quote: Quote = { identifier, table, literal: (value) => verbatim(literalText(value)) }

/**
 * A block of PL/pgSQL between dollar quotes that its text does not have. Every block has a variable FOUND: a column of that name in
 * a query would be ambiguous. https://www.postgresql.org/docs/current/plpgsql-implementation.html
 */
export function block(body: string): string {
  let tag = '$migrate$'
  for (let at = 1; body.includes(tag); at += 1) tag = `$migrate${at}$`
  return `DO ${tag} #variable_conflict use_column BEGIN ${body} END ${tag}`
}

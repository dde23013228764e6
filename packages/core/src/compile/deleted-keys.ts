import type { Dialect } from '../dialect/dialect.ts'
import { canonicalJson } from '../model/canonical.ts'
import { findTable, refText } from '../model/edit.ts'
import { isKeyWithin } from '../model/keys.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { OperationOf } from '../operations/operation.ts'
import type { Statement } from '../sql/statement.ts'
import { join, type SqlFragment, sql } from '../sql/tag.ts'
import { equals, fittedTo } from './dialect-statements.ts'

/** Keys in one query; what more there are is counted in the next. */
const mostKeys = 500

/** In pairs: a list of them is as deep as it is long, and D1 takes expressions of depth 100. */
export function anyOf(conditions: readonly SqlFragment[]): SqlFragment {
  const [only = sql`1 = 0`] = conditions
  if (conditions.length < 2) return sql`(${only})`
  const middle = Math.ceil(conditions.length / 2)
  return sql`(${anyOf(conditions.slice(0, middle))} OR ${anyOf(conditions.slice(middle))})`
}

/** True in the rows that `deleteRows` names, in parts of as many keys as a statement takes. */
export function deletedRows(
  dialect: Dialect,
  before: SchemaModel | undefined,
  { table, key, rows }: OperationOf<'deleteRows'>,
): readonly SqlFragment[] {
  const fit = fittedTo(dialect.rows?.fitted, before, table, key)
  const model = before && findTable(before, table)
  const { quote } = dialect.sql
  return Array.from({ length: Math.ceil(rows.length / mostKeys) }, (_, at) =>
    anyOf(
      rows.slice(at * mostKeys, (at + 1) * mostKeys).map((row) =>
        join(
          fit(row).map((value, index) => {
            const column = key[index] ?? ''
            if (value === null) return sql`${quote.identifier(column)} IS NULL`
            return equals({ ...dialect.rows, quote }, model, column, quote.literal(value))
          }),
          ' AND ',
        ),
      ),
    ),
  )
}

function mostAlike(rows: OperationOf<'deleteRows'>['rows']): number {
  const counts = new Map<string, number>()
  for (const row of rows) {
    const text = canonicalJson(row)
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  return Math.max(1, ...counts.values())
}

/**
 * What a derived downgrade checks before it deletes the rows that its upgrade inserted: where no key of the table tells them apart from
 * others, rows of the application may have the same values, and would be deleted with them.
 */
export function requireOwnRows(
  dialect: Dialect,
  before: SchemaModel,
  operation: OperationOf<'deleteRows'>,
): readonly Statement[] {
  const { table: ref, key, rows } = operation
  const table = findTable(before, ref)
  if (table !== undefined && isKeyWithin(table, key)) return []
  const columns = join(key.map((name) => dialect.sql.quote.identifier(name)))
  const most = dialect.sql.quote.literal(BigInt(mostAlike(rows)))
  const counted = sql`count(*) AS ${dialect.sql.quote.identifier('rows alike')}`
  return deletedRows(dialect, before, operation).map((condition) => ({
    sql: sql`SELECT ${columns}, ${counted} FROM ${dialect.sql.quote.table(ref)} WHERE ${condition} GROUP BY ${columns} HAVING count(*) > ${most} LIMIT 5`
      .text,
    transaction: 'any',
    tables: [ref],
    expectEmpty: `row of ${refText(ref)} with the same ${key.join(', ')} as one that the upgrade inserted`,
  }))
}

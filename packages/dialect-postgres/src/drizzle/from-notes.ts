import { getTableName, is } from 'drizzle-orm'
import { type getTableConfig, PgGeometry, PgGeometryObject, type PgPolicy, type PgRole } from 'drizzle-orm/pg-core'
import { isExisting, linkedTable } from './internals.ts'

/*
 * What Drizzle says and the model has no words for, in one line each.
 */

export function policyNote({ name }: PgPolicy, table: string | undefined): string {
  return `policy ${name}${table === undefined ? '' : ` of ${table}`} is not compared`
}

/** A policy that was exported: the ones of a table are told with it. */
export function policyNotes(policy: PgPolicy): readonly string[] {
  const table = linkedTable(policy)
  return [policyNote(policy, table && getTableName(table))]
}

export function roleNotes(role: PgRole): readonly string[] {
  return isExisting(role) ? [] : [`role ${role.name} is not compared`]
}

export function tableNotes(config: ReturnType<typeof getTableConfig>): readonly string[] {
  const { name, columns, policies, enableRLS, indexes } = config
  return [
    // A policy turns it on in Drizzle's own tool.
    ...(enableRLS || policies.length > 0 ? [`row level security of ${name} is not compared`] : []),
    ...policies.map((policy) => policyNote(policy, name)),
    // ONLY is left out: it says something of partitions, which Drizzle cannot declare, and `using()` sets it on every index.
    ...indexes.flatMap(({ config: { name: index = 'without a name', concurrently } }) =>
      concurrently ? [`CONCURRENTLY of index ${index} of ${name} is not followed: it is created like any other`] : [],
    ),
    ...columns
      .filter((column) => is(column, PgGeometry) || is(column, PgGeometryObject))
      .map(({ name: column }) => `the SRID of ${name}.${column} is not known: Drizzle does not keep it`),
  ]
}

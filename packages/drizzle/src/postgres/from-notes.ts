import { is } from 'drizzle-orm'
import { type getTableConfig, PgGeometry, PgGeometryObject, type PgRole } from 'drizzle-orm/pg-core'
import { forgetsSrid, isExisting } from '../read/internals.ts'

/*
 * What Drizzle says and the model has no words for, in one line each.
 */

export function roleNotes(role: PgRole): readonly string[] {
  return isExisting(role)
    ? []
    : [
        `role ${role.name} is not compared: roles belong to the server; create it there, and declare it with .existing()`,
      ]
}

export function tableNotes(config: ReturnType<typeof getTableConfig>): readonly string[] {
  const { name, columns, indexes } = config
  return [
    // ONLY is left out: it says something of partitions, which Drizzle cannot declare, and `using()` sets it on every index.
    ...indexes.flatMap(({ config: { name: index = 'without a name', concurrently } }) =>
      concurrently ? [`CONCURRENTLY of index ${index} of ${name} is not followed: it is created like any other`] : [],
    ),
    ...columns
      .filter((column) => (is(column, PgGeometry) || is(column, PgGeometryObject)) && forgetsSrid(column))
      .map(({ name: column }) => `the SRID of ${name}.${column} is not known: Drizzle does not keep it`),
  ]
}

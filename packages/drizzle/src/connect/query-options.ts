import { absentOption, isVersion1 } from '../version.ts'

/** What `db.query` knows of the tables. */
export interface QueryOptions<S> {
  /** Drizzle tables and relations, for `db.query`, with drizzle-orm 0.45. */
  readonly schema?: S | undefined
  /** What `defineRelations` gives, for `db.query`, with drizzle-orm 1.0. */
  readonly relations?: S | undefined
}

/** The part of it that the loaded drizzle-orm takes. Throws INVALID_OPTION for the other. */
export function queryOptions<S>({ schema, relations }: QueryOptions<S>): { readonly schema?: S } {
  if (schema !== undefined && isVersion1) {
    const why = 'drizzle-orm 1.0 queries by the relations of all tables'
    throw absentOption('schema', why, 'Pass `relations: defineRelations(schema)`.')
  }
  if (relations !== undefined && !isVersion1) {
    throw absentOption('relations', 'drizzle-orm 0.45 has no defineRelations', 'Pass `schema`, with its relations().')
  }
  if (schema !== undefined) return { schema }
  return relations === undefined ? {} : ({ relations } as { readonly schema?: S })
}

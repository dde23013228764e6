import * as orm from 'drizzle-orm'

/** Whether the tests run on drizzle-orm 1.0: `test/drizzle-1/vitest.config.ts`. */
export const isVersion1 = 'defineRelations' in orm

/** What is expected of each of the two. */
export const byVersion = <T>(of045: T, of1: T): T => (isVersion1 ? of1 : of045)

interface Version1 {
  defineRelations(tables: object, relations?: (helper: never) => object): object
}

/** The option for `db.query`: the tables with their `relations()`, or what `defineRelations` makes of both. */
export function queried<S extends Record<string, unknown>>(
  schema: S,
  tables: object = schema,
  relations?: (helper: never) => object,
): { readonly schema: S } {
  if (!isVersion1) return { schema }
  const { defineRelations } = orm as unknown as Version1
  const all = relations === undefined ? defineRelations(tables) : defineRelations(tables, relations)
  return { relations: all } as unknown as { readonly schema: S }
}

/** The function that declares tables in snake case: one of 1.0's own. With 0.45 the same tables are read with `readSnake`. */
export function snakeTable<F>(table: F, core: object): F {
  const { snakeCase } = core as { readonly snakeCase?: { readonly table: unknown } }
  return snakeCase === undefined ? table : (snakeCase.table as F)
}
export const readSnake: { readonly casing?: 'snake_case' } = isVersion1 ? {} : { casing: 'snake_case' }

/** Relations as a module exports them. They declare nothing. */
export function someRelations(table: orm.Table): object {
  if (!isVersion1) return orm.relations(table, () => ({}))
  return (orm as unknown as Version1).defineRelations({ table })
}

/** An array of two dimensions. */
export function matrix<B extends { array(): { array(): unknown } }>(
  builder: B,
): ReturnType<ReturnType<B['array']>['array']> {
  type Matrix = ReturnType<ReturnType<B['array']>['array']>
  const { array } = builder as unknown as { array(dimensions: string): unknown }
  return (isVersion1 ? array.call(builder, '[][]') : builder.array().array()) as Matrix
}

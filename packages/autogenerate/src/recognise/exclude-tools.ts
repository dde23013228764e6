import { requireArguments, type SchemaModel, type TableRef, tableKey } from '@org/migrate-core/dialect'
import { isSchemaModel } from '@org/migrate-core/internal'
import type { ToolHistory } from './recogniser.ts'
import { isWithTables } from './recogniser.ts'

function filterEntries<V>(entries: ReadonlyMap<string, V>, isIncluded: (value: V) => boolean): ReadonlyMap<string, V> {
  return new Map([...entries].filter(([, value]) => isIncluded(value)))
}

/**
 * A model without what other tools made for themselves: their tables with what hangs on these, and a schema in which nothing else
 * is left (drizzle-kit's on PostgreSQL). This is what a baseline has to be equal to.
 *
 * Throws INVALID_OPTION.
 *
 * ```ts
 * const theirs = withoutTools(await dialect.introspection.schema(session), await recogniseTools(dialect, session))
 * ```
 */
export function withoutTools(model: SchemaModel, histories: readonly Pick<ToolHistory, 'tables'>[]): SchemaModel {
  requireArguments('withoutTools', { model, histories }, { model: isSchemaModel, histories: isWithTables })
  const refs = histories.flatMap(({ tables }) => tables)
  const theirs = new Set(refs.map(tableKey))
  const isOurs = (ref: TableRef): boolean => !theirs.has(tableKey(ref))
  const rest: SchemaModel = {
    ...model,
    tables: filterEntries(model.tables, ({ ref }) => isOurs(ref)),
    triggers: filterEntries(model.triggers, ({ table }) => isOurs(table)),
    sequences: filterEntries(model.sequences, ({ ownedBy }) => ownedBy === undefined || isOurs(ownedBy.table)),
  }
  const schemas = new Set(refs.flatMap(({ schema }) => schema ?? []))
  return { ...rest, schemas: model.schemas.filter((schema) => !schemas.has(schema) || isUsed(rest, schema)) }
}

function isUsed({ tables, views, enums, sequences }: SchemaModel, schema: string): boolean {
  const parts = [tables, views, enums, sequences].flatMap((part) => [...part.values()])
  return parts.some(({ ref }) => ref.schema === schema)
}

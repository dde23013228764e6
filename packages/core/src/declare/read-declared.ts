import { MigrateError } from '../errors/migrate-error.ts'
import { isListOrRecord, requireArguments } from '../errors/option-check.ts'
import { tableKey } from '../model/edit.ts'
import type { TableModel } from '../model/schema-model.ts'
import { type DeclaredSchema, portableFeatures, wholeSchema } from './declared-schema.ts'
import type { DeclaredTable } from './declared-table.ts'
import { toModel } from './to-model.ts'

export type Exports = readonly unknown[] | { readonly [name: string]: unknown }

/** Under this name a table of another library that was made from a declared one carries its model: the library has no words for all of it. */
const declaration: unique symbol = Symbol.for('@org/migrate-core/declaration/1') as never

/** The same object, which carries the model that it was made from. */
export function withDeclaredModel<T extends object>(table: T, model: TableModel): T {
  return Object.assign(table, { [declaration]: model })
}

/** A table of `table(…)`, or one that was made of it. */
export interface PortableTable {
  readonly model: TableModel
  /** Its text columns that hold JSON. */
  readonly holdsJson: readonly string[]
}

function isTableModel(model: unknown): model is TableModel {
  const { ref, columns, constraints } = (model ?? {}) as { readonly [member: string]: unknown }
  return typeof ref === 'object' && ref !== null && Array.isArray(columns) && Array.isArray(constraints)
}

function jsonColumnsOf(entity: object): readonly string[] {
  const columns = ('columns' in entity ? (entity.columns as Partial<DeclaredTable['columns']>) : undefined) ?? {}
  return Object.keys(columns).filter((name) => columns[name]?.client?.holds === 'json')
}

export function portableTableOf(entity: unknown): PortableTable | undefined {
  if (typeof entity !== 'object' || entity === null) return undefined
  const carried = (entity as { readonly [declaration]?: TableModel })[declaration]
  const model = carried ?? ('model' in entity ? entity.model : undefined)
  return isTableModel(model) ? { model, holdsJson: jsonColumnsOf(entity) } : undefined
}

/** What is exported, each thing once, also under two names. */
export function exportedOnce(exports: Exports): readonly unknown[] {
  requireArguments('readDeclared', { exports }, { exports: isListOrRecord })
  return [...new Set<unknown>(Array.isArray(exports) ? exports : Object.values(exports))]
}

/** The text columns that hold JSON, as a declared schema has them: absent where there are none. */
export function holdsJsonOf(tables: readonly PortableTable[]): Pick<DeclaredSchema, 'holdsJson'> {
  const columns = tables.filter(({ holdsJson }) => holdsJson.length > 0)
  if (columns.length === 0) return {}
  return { holdsJson: new Map(columns.map(({ model, holdsJson }) => [tableKey(model.ref), holdsJson])) }
}

/** What Drizzle marks its tables with, whatever the dialect. */
const isDrizzle = (entity: unknown): boolean =>
  typeof entity === 'object' && entity !== null && Symbol.for('drizzle:IsDrizzleTable') in entity

/**
 * The schema of the tables that a module exports (or of a list) where they were declared with `table(…)`; what is no table is passed
 * by. Drizzle's own tables are read by `readDrizzle` of their dialect, which reads these too.
 *
 * Throws WRONG_DIALECT for a table of Drizzle, OBJECT_EXISTS when two tables have one name.
 *
 * ```ts
 * import * as tables from './tables.ts'
 * const { schema, supportedFeatures } = readDeclared(tables)
 * ```
 */
export function readDeclared(exports: Exports): DeclaredSchema {
  const tables = exportedOnce(exports).flatMap((entity) => {
    const portable = portableTableOf(entity)
    if (portable !== undefined || !isDrizzle(entity)) return portable ?? []
    const message = 'A table of Drizzle was exported, and not of table(…).'
    throw new MigrateError('WRONG_DIALECT', { expected: 'table(…)', actual: 'Drizzle' }, message, {
      remedy: 'Read it with `readDrizzle` of `@org/migrate-drizzle`, from the entry of its dialect.',
    })
  })
  return {
    ...wholeSchema(toModel(tables)),
    supportedFeatures: portableFeatures,
    ...holdsJsonOf(tables),
  }
}

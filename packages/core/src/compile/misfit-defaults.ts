import type { Dialect } from '../dialect/dialect.ts'
import { locate, type MigrateError } from '../errors/migrate-error.ts'
import { canonicalJson } from '../model/canonical.ts'
import { misfitDefault } from '../model/default-misfit.ts'
import { columnAt, findTable, present } from '../model/edit.ts'
import type { ColumnModel, SchemaModel, TableRef } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import type { CompiledOperation } from './compile.ts'
import type { ForecastStep } from './compile-step.ts'

/** A default that a step gives to a column which can't have it, or which gets a type that can't. */
export interface MisfitDefault {
  /** Its type and its default. */
  readonly facts: string
  readonly error: MigrateError
}

const factsOf = ({ type, native, default: value }: ColumnModel): string =>
  canonicalJson({ type, native: native ?? null, value: value ?? null })

function columnsOf(
  operation: Operation,
): { readonly table: TableRef; readonly has: (column: ColumnModel) => boolean } | undefined {
  if (operation.kind === 'createTable') return { table: operation.table.ref, has: () => true }
  if (operation.kind === 'addColumn')
    return { table: operation.table, has: ({ name }) => name === operation.column.name }
  if (operation.kind === 'alterColumn') return { table: operation.table, has: ({ name }) => name === operation.column }
  return undefined
}

function misfitsOf(dialect: Dialect, compiled: CompiledOperation): readonly MisfitDefault[] {
  const { operation, before, after, skipped } = compiled
  const named = skipped === undefined ? columnsOf(operation) : undefined
  const table = named === undefined ? undefined : findTable(after, named.table)
  if (named === undefined || table === undefined) return []
  return table.columns.flatMap((column) => {
    if (column.default === undefined || !named.has(column)) return []
    const why = dialect.types.defaultMisfit?.(table, column)
    if (why === undefined) return []
    // What a column had before is not the revision's: it may be changed in another respect.
    const old = columnAt(before, table.ref, column.name)
    const facts = factsOf(column)
    if (old !== undefined && factsOf(old) === facts) return []
    const error = locate(misfitDefault(compiled.describe, column, why), {
      operation: compiled.describe,
      ...present({ source: compiled.source }),
    })
    return [{ facts, error }]
  })
}

/** The defaults of an upgrade that rows could not get. SQL of an author may have changed what is known of the tables. */
export function misfitDefaults(
  dialect: Dialect,
  { groups, opaque }: ForecastStep,
  location: { readonly tier: string; readonly revision: string; readonly direction: 'up' | 'down' },
): readonly MisfitDefault[] {
  if (dialect.types.defaultMisfit === undefined || location.direction === 'down' || opaque) return []
  return groups
    .flatMap(({ operations }) => operations.flatMap((each) => misfitsOf(dialect, each)))
    .map(({ facts, error }) => ({ facts, error: locate(error, location) }))
}

/**
 * The revisions would succeed, and each row that gets such a default be refused later. What a later operation or revision of the plan changes is
 * no misfit. Throws INVALID_OPERATION.
 */
export function refuseMisfits(misfits: readonly MisfitDefault[], { tables }: SchemaModel): void {
  if (misfits.length === 0) return
  const facts = new Set([...tables.values()].flatMap(({ columns }) => columns.map(factsOf)))
  const remaining = misfits.find((each) => facts.has(each.facts))
  if (remaining !== undefined) throw remaining.error
}

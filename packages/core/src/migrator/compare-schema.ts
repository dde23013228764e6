import type { Session } from '../dialect/session.ts'
import { isMigrateError } from '../errors/migrate-error.ts'
import { tableDifferences } from '../model/differences.ts'
import { findTable } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { Position } from '../planning/readiness.ts'
import { replayApplied } from '../planning/replay-applied.ts'

export interface SchemaComparison {
  /** Tables and columns that the revisions make and the database has not. */
  readonly missing: readonly string[]
  /** What looks different: a server has words of its own for types, defaults and expressions. */
  readonly different: readonly string[]
}

/**
 * The tables as they stand beside what the applied revisions make, compared as texts and without a shadow schema: cheap, and so it
 * may find different what the server means the same.
 */
export async function compareSchema(
  resolved: ResolvedOptions,
  session: Session,
  { graphs }: Position,
): Promise<SchemaComparison> {
  const { dialect } = resolved
  let expected: SchemaModel
  try {
    ;({ schema: expected } = await replayApplied(dialect, graphs))
  } catch (error) {
    if (!isMigrateError(error)) throw error
    return { missing: [], different: [`The schema could not be compared: ${error.message}`] }
  }
  const live = await dialect.introspection.schema(session, { only: 'tables' })
  const missing: string[] = []
  const different: string[] = []
  for (const table of expected.tables.values()) {
    const actual = findTable(live, table.ref)
    if (actual === undefined) {
      missing.push(`there is no table ${table.ref.name}`)
      continue
    }
    const columns = new Set(actual.columns.map((column) => column.name))
    const lacking = table.columns.filter((column) => !columns.has(column.name))
    missing.push(...lacking.map((column) => `${table.ref.name} has no column ${column.name}`))
    if (lacking.length > 0) continue
    const differences = tableDifferences(dialect.model.normalise(table), dialect.model.normalise(actual))
    different.push(...differences.map((each) => `${table.ref.name}: ${each}`))
  }
  return { missing, different }
}

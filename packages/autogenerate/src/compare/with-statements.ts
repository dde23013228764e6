import {
  type Dialect,
  describe,
  isDialect,
  isMigrateError,
  type MigrateError,
  requireArguments,
  type SchemaModel,
} from '@org/migrate-core/dialect'
import { type CompiledGroup, compileOperations, isSchemaModel, listOf, withMember } from '@org/migrate-core/internal'
import type { Change } from '../differences/change.ts'
import type { ComparedChange } from './types.ts'

function fillText({ table, column, where, why }: Extract<Change, { kind: 'fill' }>): string {
  const rows = where.kind === 'null' ? 'without a value' : `that hold '${where.value}'`
  return `fill ${table.schema === undefined ? '' : `${table.schema}.`}${table.name}.${column} in rows ${rows}: ${why}`
}

interface CompiledChange {
  readonly compared: ComparedChange
  /** Why it has no statements. */
  readonly error?: MigrateError
}

const textsOf = (groups: readonly CompiledGroup[]): readonly string[] =>
  groups.flatMap(({ statements }) => statements.map(({ sql }) => sql))

function* compiledChanges(dialect: Dialect, from: SchemaModel, changes: readonly Change[]): Generator<CompiledChange> {
  let model = from
  for (const change of changes) {
    if (change.kind === 'fill') {
      yield { compared: { change, describe: fillText(change), statements: [] } }
      continue
    }
    const { operation } = change
    const line = describe(operation)
    try {
      const { groups, after } = compileOperations(dialect, model, [{ operation }])
      model = after
      yield { compared: { change, describe: line, statements: textsOf(groups) } }
    } catch (error) {
      if (!isMigrateError(error, 'UNSUPPORTED')) throw error
      // What follows is compiled as if it had been done.
      model = dialect.model.apply(model, operation)
      const unsupported = { why: error.message, next: error.remedy }
      yield { compared: { change, describe: line, statements: [], unsupported }, error }
    }
  }
}

const isChanges = listOf(withMember('a change', 'kind'))

/**
 * The statements of each change, compiled along the path from one schema to the other; of one that the server has no statement for, why. Throws
 * INVALID_OPTION, and what compiling throws besides UNSUPPORTED.
 */
export function withStatements(
  dialect: Dialect,
  from: SchemaModel,
  changes: readonly Change[],
): readonly ComparedChange[] {
  requireArguments(
    'withStatements',
    { dialect, from, changes },
    { dialect: isDialect, from: isSchemaModel, changes: isChanges },
  )
  return Array.from(compiledChanges(dialect, from, changes), ({ compared }) => compared)
}

/** The same; throws UNSUPPORTED for one without a statement. */
export function requireStatements(
  dialect: Dialect,
  from: SchemaModel,
  changes: readonly Change[],
): readonly ComparedChange[] {
  return Array.from(compiledChanges(dialect, from, changes), ({ compared, error }) => {
    if (error !== undefined) throw error
    return compared
  })
}

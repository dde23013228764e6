import { type Dialect, describe, isDialect, requireArguments, type SchemaModel } from '@org/migrate-core/dialect'
import { compileOperations, isSchemaModel, listOf, withMember } from '@org/migrate-core/internal'
import type { Change } from '../differences/change.ts'
import type { ComparedChange } from './types.ts'

function fillText({ table, column, where, why }: Extract<Change, { kind: 'fill' }>): string {
  const rows = where.kind === 'null' ? 'without a value' : `that hold '${where.value}'`
  return `fill ${table.schema === undefined ? '' : `${table.schema}.`}${table.name}.${column} in rows ${rows}: ${why}`
}

const isChanges = listOf(withMember('a change', 'kind'))

/** The statements of each change, compiled along the way from one schema to the other. Throws INVALID_OPTION, and what compiling throws. */
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
  let model = from
  return changes.map((change) => {
    if (change.kind === 'fill') return { change, describe: fillText(change), statements: [] }
    const { groups, after } = compileOperations(dialect, model, [{ operation: change.operation }])
    model = after
    const statements = groups.flatMap((group) => group.statements.map(({ sql }) => sql))
    return { change, describe: describe(change.operation), statements }
  })
}

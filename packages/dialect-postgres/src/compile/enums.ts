import {
  type CompileTable,
  join,
  joinWithSpaces,
  type OperationOf,
  type Statement,
  sql,
  type TableRef,
} from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { unsupported } from '../sql/unsupported.ts'
import type { Features } from '../sql/version.ts'
import { withRenamedValues } from '../types/enum-values.ts'
import { rebuildEnum } from './dependants/enum-rebuild.ts'
import { extraStatements, requireRestorable } from './dependants/extras.ts'
import { enumOf, refText, statement } from './statements.ts'

/** https://www.postgresql.org/docs/current/datatype-enum.html: those of a name, as the server is built. */
const maxValueBytes = 63

function requireShort(ref: TableRef, values: readonly string[]): void {
  const long = values.find((value) => Buffer.byteLength(value) > maxValueBytes)
  if (long === undefined) return
  unsupported(`the value '${long}' of enum ${refText(ref)}`, `it has more than ${maxValueBytes} bytes`)
}

function nativeChanges({ enum: ref, rename, add }: OperationOf<'alterEnum'>): readonly Statement[] {
  const type = quote.table(ref)
  const renames = (rename ?? []).map(({ value, to }) =>
    statement(sql`ALTER TYPE ${type} RENAME VALUE ${quote.literal(value)} TO ${quote.literal(to)}`, []),
  )
  const adds = (add ?? []).map(({ value, before, after }): Statement => {
    const text = joinWithSpaces(
      sql`ALTER TYPE ${type} ADD VALUE ${quote.literal(value)}`,
      before !== undefined && sql`BEFORE ${quote.literal(before)}`,
      after !== undefined && sql`AFTER ${quote.literal(after)}`,
    )
    // "must be committed before they can be used", also where the type was made in the same transaction.
    return { ...statement(text, []), commitAfter: true }
  })
  return [...renames, ...adds]
}

export function enumStatements(
  features: Features,
): Pick<CompileTable, 'createEnum' | 'alterEnum' | 'renameEnum' | 'dropEnum'> {
  return {
    createEnum: ({ operation: { enum: created } }) => {
      requireShort(created.ref, created.values)
      requireRestorable(`enum ${refText(created.ref)}`, created)
      return [
        statement(
          sql`CREATE TYPE ${quote.table(created.ref)} AS ENUM (${join(created.values.map((value) => quote.literal(value)))})`,
          [],
        ),
        ...extraStatements(created.extras, { table: created.ref }),
      ]
    },
    alterEnum: ({ operation, before, after }) => {
      requireShort(operation.enum, enumOf(after, operation.enum).values)
      if ((operation.drop ?? []).length === 0 && operation.order === undefined) return nativeChanges(operation)
      const { add: _, ...renames } = operation
      // What is renamed keeps its rows; the new type then differs in what is added and dropped only.
      const renamed = withRenamedValues(before, operation.enum, operation.rename)
      return [
        ...nativeChanges(renames),
        ...rebuildEnum({ operation, before: renamed, after, values: enumOf(after, operation.enum).values, features }),
      ]
    },
    renameEnum: ({ operation: { enum: ref, to } }) => [
      statement(sql`ALTER TYPE ${quote.table(ref)} RENAME TO ${quote.identifier(to)}`, []),
    ],
    dropEnum: ({ operation: { enum: ref } }) => [statement(sql`DROP TYPE ${quote.table(ref)}`, [])],
  }
}

import { databaseDifferences } from '../compare/database-differences.ts'
import { inhabitedSchemas, inOwnSchema } from '../declare/own-schema.ts'
import type { Session } from '../dialect/session.ts'
import { isMigrateError } from '../errors/migrate-error.ts'
import { findTable, refText } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { Position } from '../planning/readiness.ts'
import { replayApplied } from '../planning/replay-applied.ts'

interface SchemaVerification {
  /** Tables and columns that the revisions make and the database has not. */
  readonly missing: readonly string[]
  /** What looks different besides: a server has words of its own for types, defaults and expressions. */
  readonly different: readonly string[]
}

/** What of the database the revisions make: other programs may have objects there. */
function onlyExpected(live: SchemaModel, expected: SchemaModel): SchemaModel {
  const only = <T>(own: ReadonlyMap<string, T>, desired: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map([...own].filter(([key]) => desired.has(key)))
  return {
    ...live,
    tables: only(live.tables, expected.tables),
    views: only(live.views, expected.views),
    triggers: only(live.triggers, expected.triggers),
    enums: only(live.enums, expected.enums),
    sequences: only(live.sequences, expected.sequences),
  }
}

function missingOf(expected: SchemaModel, live: SchemaModel): readonly string[] {
  return [...expected.tables.values()].flatMap(({ ref, columns }) => {
    const actual = findTable(live, ref)
    if (actual === undefined) return [`there is no table ${refText(ref)}`]
    const names = new Set(actual.columns.map(({ name }) => name))
    return columns.flatMap(({ name }) => (names.has(name) ? [] : [`${refText(ref)} has no column ${name}`]))
  })
}

/**
 * The database as it stands beside what the applied revisions make, without a shadow schema: cheap, and so it may find different what the
 * server means the same.
 */
export async function verifySchema(
  { dialect }: ResolvedOptions,
  session: Session,
  { graphs }: Position,
): Promise<SchemaVerification> {
  let expected: SchemaModel
  try {
    const { schema } = await replayApplied(dialect, graphs)
    expected = inOwnSchema(schema, dialect.model.ownSchema)
  } catch (error) {
    if (!isMigrateError(error)) throw error
    return { missing: [], different: [`The schema could not be compared: ${error.message}`] }
  }
  const introspected = await dialect.introspection.schema(session, { schemas: inhabitedSchemas(expected) })
  const names = [...expected.tables.values()].map(({ ref }) => ref)
  const live = dialect.model.respell?.(introspected, names) ?? introspected
  const missing = missingOf(expected, live)
  const different = missing.length > 0 ? [] : databaseDifferences(dialect, expected, onlyExpected(live, expected))
  return { missing, different }
}

import type { DeclaredSchema } from '../../declare/declared-schema.ts'
import { declaredInOwnSchema, inOwnSchema } from '../../declare/own-schema.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import { withSession } from '../../history/with-session.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import type { ResolvedOptions } from '../../options/resolve-options.ts'
import { readPosition } from '../../planning/readiness.ts'
import { replayAll } from '../../planning/replay-applied.ts'
import { graphsOfFiles } from '../../planning/route.ts'
import { deriveDowngrade } from '../derive-downgrade.ts'
import { diffSchemas } from '../diff.ts'
import { filterDeclared, filterSchema, withoutOpaque } from '../filter.ts'
import { materialise } from '../materialise.ts'
import { liveSchema, schemasSpokenOf, takesPart } from './sources.ts'
import type { CompareOptions, Comparison } from './types.ts'
import { withStatements } from './with-statements.ts'

interface ComparisonSide {
  readonly schema: SchemaModel
  readonly notes: readonly string[]
}

async function compareSides(
  resolved: ResolvedOptions,
  declared: DeclaredSchema,
  side: ComparisonSide,
  options: CompareOptions,
  keep: ReturnType<typeof takesPart>,
): Promise<Comparison> {
  const { dialect } = resolved
  const {
    from = 'database',
    server = true,
    answers,
    fill,
    signal,
    process: processChanges = (changes) => changes,
  } = options
  const usesServer = server && dialect.shadow !== undefined
  const diff = await diffSchemas({
    dialect,
    from: side.schema,
    to: filterDeclared(declared, keep),
    fromAuthors: from === 'replay',
    ...(usesServer
      ? { materialise: (part) => materialise(dialect, part, signal === undefined ? {} : { signal }) }
      : {}),
    ...(answers === undefined ? {} : { answers }),
    ...(fill === undefined ? {} : { fill }),
  })
  const changes = diff.unanswered.length === 0 ? await processChanges(diff.changes) : []
  return {
    database: dialect.connection.database,
    dialect: dialect.name,
    from,
    changes: withStatements(dialect, side.schema, changes),
    downgrade: deriveDowngrade({ dialect, ...(fill === undefined ? {} : { fill }) }, side.schema, changes),
    unanswered: diff.unanswered,
    notes: [...side.notes, ...diff.notes],
  }
}

function notAtHead(database: string, state: string, pending: number): MigrateError {
  return new MigrateError(
    'NOT_AT_HEAD',
    { database, state: state === 'interrupted' ? 'interrupted' : 'behind', pending },
    `${database} is not at the head: what its pending revisions change would be written a second time.`,
    { remedy: 'Run `migrate upgrade` first, or compare with what the revisions make: --from replay.' },
  )
}

async function withDatabase(
  resolved: ResolvedOptions,
  declared: DeclaredSchema,
  options: CompareOptions,
  waitMs: number,
): Promise<Comparison> {
  return withSession(resolved, { purpose: 'inspect', waitMs }, async (session, here) => {
    const { state, pending } = await readPosition(here, session)
    if (state !== 'at-head' && pending > 0) throw notAtHead(here.dialect.connection.database, state, pending)
    const own = declaredInOwnSchema(declared, here.dialect.model.ownSchema)
    const { schema: live, opaque } = await liveSchema(here, session, () => true)
    const schema = inOwnSchema(live, here.dialect.model.ownSchema)
    const keep = takesPart(here, options, await schemasSpokenOf(here.dialect, own, schema, () => graphsOfFiles(here)))
    const comparable = withoutOpaque(own, opaque)
    return compareSides(
      here,
      comparable.declared,
      { schema: filterSchema(schema, keep), notes: comparable.notes },
      options,
      keep,
    )
  })
}

const notesOfOpaque = (opaque: readonly string[]): readonly string[] =>
  opaque.length === 0
    ? []
    : [
        `What ${opaque.join(', ')} made by SQL without declared effects is not known to a replay, and may be proposed again.`,
      ]

async function withReplay(
  resolved: ResolvedOptions,
  declared: DeclaredSchema,
  options: CompareOptions,
): Promise<Comparison> {
  const { ownSchema } = resolved.dialect.model
  const { schema: replayed, opaque } = await replayAll(resolved.dialect, await graphsOfFiles(resolved))
  const [own, schema] = [declaredInOwnSchema(declared, ownSchema), inOwnSchema(replayed, ownSchema)]
  const keep = takesPart(resolved, options, [...own.schema.schemas, ...schema.schemas])
  return compareSides(
    resolved,
    own,
    { schema: filterSchema(schema, keep), notes: notesOfOpaque(opaque) },
    options,
    keep,
  )
}

/**
 * What leads from the database, or from what the revisions make, to a declared schema. Writes nothing that stays.
 *
 * Throws NOT_AT_HEAD, INVALID_OPTION for an answer that fits nothing, what the declaration makes the server throw, and what recording the revisions throws.
 */
export async function compare(
  resolved: ResolvedOptions,
  declared: DeclaredSchema,
  options: CompareOptions,
  waitMs: number,
): Promise<Comparison> {
  const { from = 'database', server = true } = options
  if (from === 'database') return withDatabase(resolved, declared, options, waitMs)
  if (!server) return withReplay(resolved, declared, options)
  return withSession(resolved, { purpose: 'inspect', waitMs }, (_session, here) => withReplay(here, declared, options))
}

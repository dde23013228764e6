import { diffSchemas } from '../../autogenerate/diff.ts'
import { filterDeclared, filterSchema, withoutOpaque } from '../../autogenerate/filter.ts'
import { realise } from '../../autogenerate/realise.ts'
import { wayBack } from '../../autogenerate/way-back.ts'
import type { DeclaredSchema } from '../../declare/declared-schema.ts'
import { declaredInOwnSchema, inOwnSchema } from '../../declare/own-schema.ts'
import { MigrateError } from '../../errors/migrate-error.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import { graphsOfFiles } from '../check/check.ts'
import type { Settled } from '../options.ts'
import { readPosition } from '../readiness.ts'
import { replayAll } from '../replay-applied.ts'
import { withSession } from '../with-session.ts'
import { liveSchema, schemasSpokenOf, takesPart } from './sources.ts'
import type { CompareOptions, Comparison } from './types.ts'
import { withStatements } from './with-statements.ts'

interface Side {
  readonly schema: SchemaModel
  readonly notes: readonly string[]
}

async function compared(
  settled: Settled,
  declared: DeclaredSchema,
  side: Side,
  options: CompareOptions,
  keep: ReturnType<typeof takesPart>,
): Promise<Comparison> {
  const { dialect } = settled
  const { from = 'database', server = true, answers, fill, signal, process: look = (changes) => changes } = options
  const asks = server && dialect.withShadow !== undefined
  const diff = await diffSchemas({
    dialect,
    from: side.schema,
    to: filterDeclared(declared, keep),
    fromAuthors: from === 'replay',
    ...(asks ? { realise: (part) => realise(dialect, part, signal === undefined ? {} : { signal }) } : {}),
    ...(answers === undefined ? {} : { answers }),
    ...(fill === undefined ? {} : { fill }),
  })
  const changes = diff.open.length === 0 ? await look(diff.changes) : []
  return {
    database: dialect.database,
    dialect: dialect.name,
    from,
    changes: withStatements(dialect, side.schema, changes),
    back: wayBack({ dialect, ...(fill === undefined ? {} : { fill }) }, side.schema, changes),
    open: diff.open,
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
  settled: Settled,
  declared: DeclaredSchema,
  options: CompareOptions,
  waitMs: number,
): Promise<Comparison> {
  return withSession(settled, { purpose: 'look', waitMs }, async (session, here) => {
    const { state, pending } = await readPosition(here, session)
    if (state !== 'at-head' && pending > 0) throw notAtHead(here.dialect.database, state, pending)
    const own = declaredInOwnSchema(declared, here.dialect.ownSchema)
    const { schema: live, opaque } = await liveSchema(here, session, () => true)
    const schema = inOwnSchema(live, here.dialect.ownSchema)
    const keep = takesPart(here, options, await schemasSpokenOf(here.dialect, own, schema, () => graphsOfFiles(here)))
    const said = withoutOpaque(own, opaque)
    return compared(here, said.declared, { schema: filterSchema(schema, keep), notes: said.notes }, options, keep)
  })
}

const opaqueNote = (opaque: readonly string[]): readonly string[] =>
  opaque.length === 0
    ? []
    : [
        `What ${opaque.join(', ')} made by SQL without declared effects is not known to a replay, and may be proposed again.`,
      ]

async function withReplay(settled: Settled, declared: DeclaredSchema, options: CompareOptions): Promise<Comparison> {
  const { ownSchema } = settled.dialect
  const { schema: made, opaque } = await replayAll(settled.dialect, await graphsOfFiles(settled))
  const [own, schema] = [declaredInOwnSchema(declared, ownSchema), inOwnSchema(made, ownSchema)]
  const keep = takesPart(settled, options, [...own.schema.schemas, ...schema.schemas])
  return compared(settled, own, { schema: filterSchema(schema, keep), notes: opaqueNote(opaque) }, options, keep)
}

/**
 * What leads from the database, or from what the revisions make, to a declared schema. Writes nothing that stays.
 *
 * Throws NOT_AT_HEAD, INVALID_OPTION for an answer that fits nothing, what the declaration makes the server throw, and what recording the revisions throws.
 */
export async function compare(
  settled: Settled,
  declared: DeclaredSchema,
  options: CompareOptions,
  waitMs: number,
): Promise<Comparison> {
  const { from = 'database', server = true } = options
  if (from === 'database') return withDatabase(settled, declared, options, waitMs)
  if (!server) return withReplay(settled, declared, options)
  return withSession(settled, { purpose: 'look', waitMs }, (_session, here) => withReplay(here, declared, options))
}

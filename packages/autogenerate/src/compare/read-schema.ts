import {
  type Dialect,
  isDialect,
  isNumber,
  isSignal,
  type OptionChecks,
  present,
  requireArguments,
  requireOptions,
  type SchemaModel,
  type UnloadedDialect,
  type UnmodelledFact,
} from '@org/migrate-core/dialect'
import { defaultNames, withDialectSession } from '@org/migrate-core/internal'
import { filterChecks, filterOf, filterOutOwn, filterSchema, type SchemaFilter } from '../differences/filter.ts'
import { readUncompared, type UncomparedObject } from '../differences/uncompared.ts'
import { readUnmodelledFacts } from '../differences/unmodelled-facts.ts'
import { withoutTools } from '../recognise/exclude-tools.ts'
import { recogniseTools } from '../recognise/recognise.ts'

export interface ReadSchemaOptions extends SchemaFilter {
  /** How long to wait for a database that another session has locked, in ms. Default 5,000. */
  readonly waitMs?: number
  readonly signal?: AbortSignal
}

export interface ReadSchema {
  /** As the server that answered speaks it. */
  readonly dialect: Dialect
  readonly schema: SchemaModel
  /** What its objects have that the model has no word for. */
  readonly unmodelled: readonly UnmodelledFact[]
  /** What a comparison leaves out: tables of another kind, functions and types of users. */
  readonly uncompared: readonly UncomparedObject[]
}

const readSchemaChecks: OptionChecks<ReadSchemaOptions> = {
  ...filterChecks,
  waitMs: isNumber,
  signal: isSignal,
}
const usualWaitMs = 5_000
const ours: ReadonlySet<string> = new Set([...Object.values(defaultNames), 'migratehistory'])

/**
 * Reads the schema of a database, without the tables that a migrator keeps its records in (ours by their usual names, and those of
 * other tools). Writes nothing.
 *
 * Throws INVALID_OPTION, what opening throws, and what the dialect says of a text that it cannot read.
 *
 * ```ts
 * const { schema } = await readSchema(sqliteDialect({ url: 'sqlite:app.db' }))
 * ```
 */
export async function readSchema(dialect: UnloadedDialect, options: ReadSchemaOptions = {}): Promise<ReadSchema> {
  requireArguments('readSchema', { dialect }, { dialect: isDialect })
  requireOptions('readSchema', options, readSchemaChecks)
  const { waitMs = usualWaitMs, signal, ...filter } = options
  const connecting = { purpose: 'inspect', waitMs, ...present({ signal }) } as const
  return withDialectSession(dialect, connecting, async (session, server) => {
    const spoken = await server.load()
    const model = await spoken.introspection.schema(session)
    const tools = await recogniseTools(spoken, session, { model })
    const rest = withoutTools(model, tools)
    const keep = filterOutOwn(ours, filterOf(filter, spoken.model.ownSchema))
    const schema = filterSchema(rest, keep)
    return {
      dialect: spoken,
      schema,
      unmodelled: await readUnmodelledFacts(spoken, session, schema),
      uncompared: await readUncompared(spoken, session, rest, keep),
    }
  })
}

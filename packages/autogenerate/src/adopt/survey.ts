import type { Migrator, Operation } from '@org/migrate-core'
import {
  type Dialect,
  emptySchema,
  type OptionChecks,
  type Routine,
  requireOptions,
  type SchemaModel,
  type ServerSession,
  type UnmodelledFact,
} from '@org/migrate-core/dialect'
import {
  contextOf,
  inhabitedSchemas,
  inspectBookkeeping,
  isTextRecord,
  type ResolvedOptions,
} from '@org/migrate-core/internal'
import { ownTables } from '../compare/sources.ts'
import { requireStatements } from '../compare/with-statements.ts'
import type { Change } from '../differences/change.ts'
import { filterChecks, filterOf, filterOutOwn, filterSchema } from '../differences/filter.ts'
import { rankedCreations, unmodelledCreation } from '../differences/ranked-creations.ts'
import { omissionNotes, readUnmodelledFacts, withoutColumnless } from '../differences/unmodelled-facts.ts'
import { withoutTools } from '../recognise/exclude-tools.ts'
import { recogniseTools } from '../recognise/recognise.ts'
import type { Survey, SurveyOptions } from './types.ts'

/** Everything that is there, without our own tables and those of other tools. */
export async function surveySchema(resolved: ResolvedOptions, session: ServerSession, options: SurveyOptions) {
  const { dialect } = resolved
  const { tables, ...filter } = options
  const model = await dialect.introspection.schema(session)
  const tools = await recogniseTools(dialect, session, { model, ...(tables === undefined ? {} : { tables }) })
  const rest = withoutTools(model, tools)
  const keep = filterOutOwn(ownTables(resolved), filterOf(filter, resolved.dialect.model.ownSchema))
  return { model: rest, schema: withoutColumnless(filterSchema(rest, keep)), tools }
}

type Guarded = Extract<Operation, { readonly ifNotExists?: true }>

const guardable: { readonly [K in Guarded['kind']]: true } = {
  createTable: true,
  addColumn: true,
  addConstraint: true,
  createIndex: true,
  createSchema: true,
  createEnum: true,
  createView: true,
  createPolicy: true,
  createTrigger: true,
  createSequence: true,
  createExtension: true,
}

const isGuardable = (operation: Operation): operation is Guarded => Object.hasOwn(guardable, operation.kind)

/**
 * What was there before the first revision is not ours: a guarded creation is taken back only where it really made something, so that
 * no downgrade drops what was only taken over.
 */
const guarded = (operation: Operation): Operation =>
  isGuardable(operation) ? { ...operation, ifNotExists: true } : operation

/** The operations that make it: the schema of the connection is there, and an empty one makes no difference. */
function baseline(
  dialect: Dialect,
  schema: SchemaModel,
  routines: readonly Routine[],
  facts: readonly UnmodelledFact[],
): readonly Change[] {
  const inhabited = { ...schema, schemas: inhabitedSchemas(schema) }
  const afterTables = facts.flatMap(({ kind, name, create }) =>
    create === undefined ? [] : [unmodelledCreation(dialect, `what SQL adds to ${kind} ${name}`, create)],
  )
  return rankedCreations(dialect, inhabited, { routines, afterTables }).map((operation) => ({
    kind: 'operation',
    operation: guarded(operation),
  }))
}

/** The checks of the options of `survey` and `prove`. */
export const surveyChecks: OptionChecks<SurveyOptions> = { ...filterChecks, tables: isTextRecord }

/**
 * What is in a database that another tool, or none, has migrated: that tool's records, and the operations that make everything that is
 * there. Nothing is written. Throws INVALID_OPTION, and what opening throws.
 */
export async function survey(migrator: Migrator, options: SurveyOptions = {}): Promise<Survey> {
  const { withReadOnlySession } = contextOf('survey', migrator)
  requireOptions('survey', options, surveyChecks)
  return withReadOnlySession((session, here) => surveyDatabase(here, session, options))
}

async function surveyDatabase(
  resolved: ResolvedOptions,
  session: ServerSession,
  options: SurveyOptions,
): Promise<Survey> {
  const { dialect } = resolved
  const inspection = await inspectBookkeeping(
    { ...resolved, tiers: resolved.tiers.map(({ foreignHistory: _, ...tier }) => tier) },
    session,
  )
  const interrupted = inspection.interrupted.map(({ revision }) => revision)
  const isOurs = [resolved.names.version, resolved.names.history].some((name) => inspection.present.has(name))
  const { model, schema, tools } = await surveySchema(resolved, session, options)
  const routines = (await dialect.introspection.routines?.(session)) ?? []
  const facts = await readUnmodelledFacts(dialect, session, schema)
  return {
    database: dialect.connection.database,
    dialect: dialect.name,
    // Without our history the rows of a sequential tier are those of the program that its table is shared with.
    applied: [...new Set([...(isOurs ? [...inspection.applied.values()].flat() : []), ...interrupted])],
    tools: isOurs ? tools.filter(({ tables }) => !tables.some(({ name }) => inspection.present.has(name))) : tools,
    changes: requireStatements(
      dialect,
      emptySchema,
      baseline(dialect, dialect.model.asWritten?.(schema) ?? schema, routines, facts),
    ),
    notes: omissionNotes(
      model,
      facts.filter(({ create }) => create === undefined),
    ),
  }
}

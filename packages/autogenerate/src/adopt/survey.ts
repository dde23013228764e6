import type { Migrator, Operation } from '@org/migrate-core'
import {
  type Dialect,
  emptySchema,
  type OptionChecks,
  type Routine,
  requireOptions,
  type SchemaModel,
  type ServerSession,
  sql,
} from '@org/migrate-core/dialect'
import { contextOf, inspectBookkeeping, isTextRecord, type ResolvedOptions } from '@org/migrate-core/internal'
import { ownTables } from '../compare/sources.ts'
import { withStatements } from '../compare/with-statements.ts'
import type { Change } from '../differences/change.ts'
import { creationsOf, inhabitedSchemas } from '../differences/creations.ts'
import { filterChecks, filterOf, filterOutOwn, filterSchema, opaqueKinds } from '../differences/filter.ts'
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
  return { model: rest, schema: filterSchema(rest, filterOutOwn(ownTables(resolved), filterOf(filter))), tools }
}

/** It makes nothing that the model knows of; whether it existed before is not known, so nothing reverts it. */
function routineOf({ sql: { quote } }: Dialect, { name, create }: Routine): Operation {
  const inverse = sql`SELECT ${quote.literal(`${name} stays: it may have been there before`)}`.text
  return { kind: 'sql', text: create, inverse, effects: [] }
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

const ranks: { readonly [K in Operation['kind']]?: number } = {
  createSchema: 0,
  createExtension: 0,
  createEnum: 0,
  createSequence: 0,
  createView: 4,
  // Its expressions may call any function, and read any table or view.
  createPolicy: 5,
  createTrigger: 5,
}

/** An empty server takes these in their order: functions before the tables whose defaults call them, or behind those that they read. */
function baseline(dialect: Dialect, schema: SchemaModel, routines: readonly Routine[]): readonly Change[] {
  const circles = dialect.capabilities.lateReferences ? 'inline' : 'separate'
  const ranked = [
    // The schema of the connection is there, and an empty one makes no difference.
    ...creationsOf({ ...schema, schemas: inhabitedSchemas(schema) }, { circles }).map((operation) => ({
      operation: guarded(operation),
      rank: ranks[operation.kind] ?? 2,
    })),
    ...routines.map((each) => ({ operation: routineOf(dialect, each), rank: each.readsTables ? 3 : 1 })),
  ]
  return ranked.sort((a, b) => a.rank - b.rank).map(({ operation }) => ({ kind: 'operation', operation }))
}

/** Tables of another kind: no operation makes them. */
function unsupportedTables({ tables }: SchemaModel): readonly string[] {
  return [...tables.values()].flatMap(({ ref, opaque }) =>
    opaque === undefined || opaque === 'shadow'
      ? []
      : [`${ref.name} is ${opaqueKinds[opaque]}: it stays as it is, and the baseline does not make it.`],
  )
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
  const isOurs = [resolved.names.version, resolved.names.history].some((name) => inspection.present.has(name))
  const { model, schema, tools } = await surveySchema(resolved, session, options)
  const routines = (await dialect.introspection.routines?.(session)) ?? []
  return {
    database: dialect.connection.database,
    dialect: dialect.name,
    // Without our history the rows of a sequential tier are those of the program that its table is shared with.
    applied: isOurs ? [...inspection.applied.values()].flat() : [],
    tools: isOurs ? tools.filter(({ tables }) => !tables.some(({ name }) => inspection.present.has(name))) : tools,
    changes: withStatements(
      dialect,
      emptySchema,
      baseline(dialect, dialect.model.asWritten?.(schema) ?? schema, routines),
    ),
    notes: unsupportedTables(model),
  }
}

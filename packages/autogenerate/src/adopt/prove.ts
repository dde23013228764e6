import { isMigrateError, type Migrator, type Operation } from '@org/migrate-core'
import {
  type Dialect,
  describe,
  emptySchema,
  isText,
  requireArgument,
  requireOptions,
  type SchemaModel,
  type ServerSession,
} from '@org/migrate-core/dialect'
import {
  contextOf,
  graphsOfFiles,
  inhabitedSchemas,
  isBarrier,
  type ReplayResult,
  type ResolvedOptions,
  recordUpgrade,
  replayUpTo,
  wholeSchema,
} from '@org/migrate-core/internal'
import { diffSchemas } from '../compare/diff.ts'
import { featuresOfRevisions } from '../compare/sources.ts'
import { differenceLines } from '../differences/change.ts'
import { spelledAs } from '../differences/spelled-as.ts'
import { askingCatalogue, tryOperations } from '../differences/try-operations.ts'
import { withoutColumnless } from '../differences/unmodelled-facts.ts'
import { surveyChecks, surveySchema } from './survey.ts'
import type { Proof, SurveyOptions } from './types.ts'

/** The operations of a revision and of all before it, in the order to run. */
async function operationsUpTo(resolved: ResolvedOptions, revision: string): Promise<readonly Operation[]> {
  const operations: Operation[] = []
  for (const each of await graphsOfFiles(resolved)) {
    if (each.tier.kind !== 'graph') continue
    const ancestors = each.graph.ancestorsOf([revision])
    for (const id of each.graph.order) {
      if (!ancestors.has(id)) continue
      const recorded = await recordUpgrade(resolved.dialect, each, id)
      for (const { operation } of recorded.operations) operations.push(operation)
    }
  }
  return operations
}

interface ProducedSchema {
  /** Absent: SQL that does not say what it does, and that could not be tried. */
  readonly schema: SchemaModel | undefined
  readonly ran: boolean
  readonly omissions: readonly string[]
  readonly notes: readonly string[]
}

function catalogueNotes(dialect: Dialect, operations: readonly Operation[]): readonly string[] {
  const [first, ...more] = askingCatalogue(dialect, operations).map(describe)
  if (first === undefined) return []
  const rest = more.length === 0 ? '' : `, and ${more.length} more statements,`
  return [
    `What differs may be none: ${first}${rest} asked the server which objects there are, and in the shadow schema it lists those of the database too. To be sure, upgrade an empty database and compare both with \`migrate diff\`.`,
  ]
}

/** What the files amount to. An operation on what SQL made is not replayed, unless the SQL declares its effects. */
async function replayed(
  resolved: ResolvedOptions,
  operations: readonly Operation[],
  revision: string,
): Promise<ReplayResult> {
  try {
    return await replayUpTo(resolved.dialect, await graphsOfFiles(resolved), revision)
  } catch (error) {
    if (!isMigrateError(error) || !operations.some(isBarrier)) throw error
    return { schema: emptySchema, opaque: [revision] }
  }
}

/** What they make where they are run; where this user may not create a shadow schema, what they amount to. */
async function produceSchema(
  resolved: ResolvedOptions,
  operations: readonly Operation[],
  revision: string,
  live: SchemaModel,
): Promise<ProducedSchema> {
  const { dialect } = resolved
  const { schema, opaque } = await replayed(resolved, operations, revision)
  // SQL does not say which schemas it makes: those that are there are what it most likely makes.
  const schemas = [...new Set([...inhabitedSchemas(schema), ...inhabitedSchemas(live)])]
  try {
    return { ...(await tryOperations(dialect, operations, { schemas })), ran: true, notes: [] }
  } catch (error) {
    if (!isMigrateError(error, 'SHADOW_REFUSED')) throw error
    const isFullyDeclared = opaque.length === 0
    const what = isFullyDeclared ? 'only its operations were compared' : 'what it makes was not compared'
    return {
      schema: isFullyDeclared ? schema : undefined,
      ran: false,
      omissions: [],
      notes: [`It was not run, and ${what}: ${error.details.why}.`],
    }
  }
}

/**
 * Runs a revision and all before it in a shadow schema or database of the same server, and compares what they make with what is there:
 * whether the revision can be stamped. Nothing is written that stays.
 *
 * Throws INVALID_OPTION, and what the server says of a statement that it does not take.
 */
export async function prove(migrator: Migrator, revision: string, options: SurveyOptions = {}): Promise<Proof> {
  const { withReadOnlySession } = contextOf('prove', migrator)
  requireArgument('prove', 'revision', revision, isText)
  requireOptions('prove', options, surveyChecks)
  return withReadOnlySession((session, here) => proveRevision(here, session, revision, options))
}

async function proveRevision(
  resolved: ResolvedOptions,
  session: ServerSession,
  revision: string,
  options: SurveyOptions,
): Promise<Proof> {
  const { dialect } = resolved
  const { schema } = await surveySchema(resolved, session, options)
  const operations = await operationsUpTo(resolved, revision)
  const produced = await produceSchema(resolved, operations, revision, schema)
  if (produced.schema === undefined)
    return { differences: [], compared: false, ran: false, producedNotes: [], notes: produced.notes }
  const from = spelledAs(dialect, schema, produced.schema)
  const { changes, notes } = await diffSchemas({
    dialect,
    from,
    to: { ...wholeSchema(withoutColumnless(produced.schema)), supportedFeatures: featuresOfRevisions },
    answers: { none: true },
  })
  const differences = differenceLines(dialect, from, changes)
  const doubts = differences.length > 0 && produced.ran ? catalogueNotes(dialect, operations) : []
  return {
    differences,
    compared: true,
    ran: produced.ran,
    producedNotes: produced.omissions,
    notes: [...produced.notes, ...doubts, ...notes],
  }
}

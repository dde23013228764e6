import type { Migrator } from '@org/migrate-core'
import { isFunction, isNumber, type OptionChecks, requireOptions } from '@org/migrate-core/dialect'
import { contextOf, graphsOfFiles } from '@org/migrate-core/internal'
import { liveSchema, ownTables, spelledByFiles } from '../compare/sources.ts'
import { type FilteredObject, filterChecks, filterOutOwn } from '../differences/filter.ts'
import { uncomparedRoutines } from '../differences/uncompared.ts'
import { readUnmodelledFacts } from '../differences/unmodelled-facts.ts'
import type { Declarations } from './declarations.ts'
import { type DeclarationsInput, isDeclarationKind, renderDeclarations } from './render-declarations.ts'

export type PullOptions = Omit<DeclarationsInput, 'dialect' | 'schema' | 'unmodelled' | 'uncompared'>

const checks: OptionChecks<PullOptions> = {
  ...filterChecks,
  as: isDeclarationKind,
  renderType: isFunction,
  lineWidth: isNumber,
}

/**
 * The schema of the migrator's database as declarations with `table(…)` or Drizzle, without the tables that migrators keep their records in.
 * Writes nothing. The database need not be at the head, nor have a history.
 *
 * Throws INVALID_OPTION, what opening throws, and what the dialect reports of what it cannot read.
 *
 * ```ts
 * const { text, undeclared } = await pull(migrator, { exclude: ['cron_*'] })
 * ```
 */
export async function pull(migrator: Migrator, options: PullOptions = {}): Promise<Declarations> {
  const { withReadOnlySession } = contextOf('pull', migrator)
  requireOptions('pull', options, checks)
  return withReadOnlySession(async (session, here) => {
    const { schema } = await spelledByFiles(here.dialect, await liveSchema(here, session), () => graphsOfFiles(here))
    const isForeign = filterOutOwn(ownTables(here), () => true)
    const exclude = [...(options.exclude ?? []), (object: FilteredObject): boolean => !isForeign(object)]
    const unmodelled = await readUnmodelledFacts(here.dialect, session, schema)
    // Tables of another kind are in the schema.
    const uncompared = await uncomparedRoutines(here.dialect, session)
    return renderDeclarations({ ...options, exclude, dialect: here.dialect, schema, unmodelled, uncompared })
  })
}

import type { Migrator } from '@org/migrate-core'
import { isFunction, isNumber, type OptionChecks, requireOptions, tableKey } from '@org/migrate-core/dialect'
import { contextOf } from '@org/migrate-core/internal'
import { liveSchema, ownTables } from '../compare/sources.ts'
import { filterChecks, filterOf, filterOutOwn, filterSchema, type SchemaFilter } from '../differences/filter.ts'
import { type Declarations, type DeclarationsInput, renderDeclarations } from './render-declarations.ts'

export interface PullOptions extends SchemaFilter, Pick<DeclarationsInput, 'renderType' | 'lineWidth'> {}

const checks: OptionChecks<PullOptions> = { ...filterChecks, renderType: isFunction, lineWidth: isNumber }

/**
 * The schema of the migrator's database as declarations with `table(…)`, without the tables that migrators keep their records in.
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
  const { renderType, lineWidth, ...filter } = requireOptions('pull', options, checks)
  return withReadOnlySession(async (session, here) => {
    const { schema, opaque } = await liveSchema(here, session)
    const keep = filterOutOwn(ownTables(here), filterOf(filter))
    const meant = filterSchema(schema, keep)
    const keepOpaque = opaque.filter(({ ref }) => keep({ kind: 'table', ...ref }))
    const tables = new Map([...meant.tables, ...keepOpaque.map((table) => [tableKey(table.ref), table] as const)])
    return renderDeclarations({
      dialect: here.dialect,
      schema: { ...meant, tables },
      ...(renderType === undefined ? {} : { renderType }),
      ...(lineWidth === undefined ? {} : { lineWidth }),
    })
  })
}

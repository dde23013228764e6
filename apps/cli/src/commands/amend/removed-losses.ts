import type { Comparison } from '@org/migrate-autogenerate'
import { tableKey } from '@org/migrate-core/dialect'
import { type GenerateFlags, generate, lossesOf } from '../../autogenerate/generate.ts'
import type { CommandContext } from '../../context.ts'
import type { Project } from '../../wiring.ts'
import { current } from '../development/dev.ts'

type ComparedChange = Comparison['changes'][number]

/** A dropped table or column as a plan names it. A row is preserved with all of its columns, and its restore needs each of them. */
function objectsOf({ change }: ComparedChange): readonly string[] {
  if (change.kind !== 'operation') return []
  const { operation } = change
  if (operation.kind === 'dropTable') return [`table ${tableKey(operation.table)}`]
  if (operation.kind !== 'dropColumn') return []
  const key = tableKey(operation.table)
  return [`table ${key}`, `column ${key}.${operation.column}`]
}

/** The change, where values of what it drops are preserved. */
function lossIn(taken: ReadonlySet<string>, each: ComparedChange): readonly ComparedChange[] {
  const [object = '', column] = objectsOf(each)
  if (column === undefined) return taken.has(object) ? [each] : []
  if (!taken.has(object)) return taken.has(column) ? [each] : []
  const loses = `the rows of ${object.replace(/^table /, '')}, which have a value of ${column}`
  return [{ ...each, change: { ...each.change, loses } as ComparedChange['change'] }]
}

/**
 * What the applied revision added and the declared schema no longer has by its name. The downgrade preserves its values, and the amended
 * revision has nothing to restore them into, also where a name has changed: it creates the object under the new name.
 */
export async function removedLosses(
  context: CommandContext,
  project: Project,
  flags: GenerateFlags,
  target: string,
): Promise<ReturnType<typeof lossesOf>> {
  // What the answers and values name is of the comparison without the revision.
  const { fill: _fill, rename: _rename, dropped: _dropped, ...rest } = flags
  const { comparisons } = await generate(context, project, { ...rest, renames: false })
  const isDrop = (change: ComparedChange): boolean => objectsOf(change).length > 0
  if (!comparisons.some(({ changes }) => changes.some(isDrop))) return []
  const { acceptDrift, strict } = context.settings
  const options = { tier: project.tier.name, allowDataLoss: true, acceptDrift, strict }
  const { steps } = await current(project).migrator.plan(target, options)
  const taken = new Set(
    steps.flatMap(({ losses }) => losses.flatMap(({ object, rows }) => (rows === 0 ? [] : [object]))),
  )
  return lossesOf(
    comparisons.map((comparison) => ({
      ...comparison,
      changes: comparison.changes.flatMap((each) => lossIn(taken, each)),
    })),
  )
}

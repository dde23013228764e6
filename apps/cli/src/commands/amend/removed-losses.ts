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

/** What holds values that the downgrade takes away: of an applied revision by the plan of its downgrade. */
async function takenByDowngrade({ settings }: CommandContext, project: Project, target: string) {
  const { acceptDrift, strict } = settings
  const options = { tier: project.tier.name, allowDataLoss: true, acceptDrift, strict }
  const { steps } = await current(project).migrator.plan(target, options)
  return steps.flatMap(({ losses }) => losses.flatMap(({ object, rows }) => (rows === 0 ? [] : [object])))
}

/** What a downgrade has taken away already, and the next upgrade of the revision would restore. */
async function takenBefore(project: Project, revision: string): Promise<readonly string[]> {
  const preserved = await current(project).migrator.preserved.list()
  return preserved
    .filter((each) => each.tier === project.tier.name && each.revision === revision && each.values > each.superseded)
    .map(({ table, column }) => (column === '' ? `table ${table}` : `column ${table}.${column}`))
}

interface AmendedRevision {
  readonly revision: string
  /** Where its downgrade ends; absent: the database does not have it. */
  readonly target?: string
}

/**
 * What the revision added and the declared schema no longer has by its name. Its downgrade preserves the values, or has preserved them, and
 * the amended revision has nothing to restore them into, also where a name has changed: it creates the object under the new name.
 */
export async function removedLosses(
  context: CommandContext,
  project: Project,
  flags: GenerateFlags,
  { revision, target }: AmendedRevision,
): Promise<ReturnType<typeof lossesOf>> {
  const before = target === undefined ? await takenBefore(project, revision) : []
  if (target === undefined && before.length === 0) return []
  // What the answers and values name is of the comparison without the revision.
  const { fill: _fill, rename: _rename, dropped: _dropped, ...rest } = flags
  const { comparisons } = await generate(context, project, { ...rest, renames: false })
  const isDrop = (change: ComparedChange): boolean => objectsOf(change).length > 0
  if (!comparisons.some(({ changes }) => changes.some(isDrop))) return []
  const taken = new Set(target === undefined ? before : await takenByDowngrade(context, project, target))
  return lossesOf(
    comparisons.map((comparison) => ({
      ...comparison,
      changes: comparison.changes.flatMap((each) => lossIn(taken, each)),
    })),
  )
}

import { isMigrateError, resolveTarget } from '@org/migrate-core'
import { leaveTierOut } from '../command-line/refuse-tier.ts'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { filesOnly, rowsFor } from '../graph/graph-state.ts'
import { columns, countText, plural } from '../reporters/formatting.ts'
import { usage } from '../usage.ts'
import type { LoadedProject } from '../wiring.ts'

/** Lists what is preserved, by revision, table and column. */
export async function preservedList(context: CommandContext): Promise<ExitCode> {
  const { migrator, database } = await context.open()
  const { tier } = context.settings
  const all = await migrator.preserved.list()
  const preserved = tier === undefined ? all : all.filter((row) => row.tier === tier)
  context.report.answer({ database, preserved }, () =>
    preserved.length === 0
      ? 'nothing is preserved'
      : columns([
          ['revision', 'table', 'column', 'values', 'superseded', 'preserved at'],
          ...preserved.map((row) => [
            `${row.tier}:${row.revision}`,
            row.table,
            row.column === '' ? '(whole rows)' : row.column,
            countText(row.values),
            countText(row.superseded),
            row.preservedAt,
          ]),
        ]),
  )
  return exitCodes.done
}

/**
 * The one revision that a target names: by its whole id also where only the database still knows it. "Nothing is preserved" must not be
 * the answer to a prefix or to a slip.
 *
 * Throws UNKNOWN_REVISION and whatever else is wrong with a target; USAGE for base, and where values of another tier than the named one
 * would go with it.
 */
async function revisionNamed(context: CommandContext, target: string): Promise<string> {
  const revision = await resolvedRevision(context, target)
  const { tier } = context.settings
  if (tier === undefined) return revision
  const { migrator } = await context.open()
  const preserved = await migrator.preserved.list()
  const other = preserved.find((row) => row.revision === revision && row.tier !== tier)
  if (other === undefined) return revision
  throw usage(
    `what ${revision} preserved is also of tier ${other.tier}, and is restored or deleted together`,
    leaveTierOut,
  )
}

async function resolvedRevision(context: CommandContext, target: string): Promise<string> {
  const files = await context.openFiles()
  const { migrator } = await context.open()
  const preserved = await migrator.preserved.list()
  if (preserved.some(({ revision }) => revision === target)) return target
  const { graph } = await filesOnly(files)
  let revision: string | null
  try {
    revision = resolveTarget(graph, target, await rowsFor(context, graph, [target]))
  } catch (error) {
    if (isMigrateError(error, 'UNKNOWN_REVISION') && (await isOfAnotherTier(files, target))) return target
    throw error
  }
  if (revision !== null) return revision
  throw usage(`${target} names no revision`, 'Run `migrate history` to see the revisions that exist.')
}

async function isOfAnotherTier({ tiers }: LoadedProject, target: string): Promise<boolean> {
  const headers = await Promise.all(tiers.map(({ source }) => source.headers()))
  return headers.flat().some(({ revision }) => revision === target)
}

/** Deletes what one revision preserved. */
export async function preservedPurge(context: CommandContext, target: string): Promise<ExitCode> {
  const { migrator, database } = await context.open()
  const revision = await revisionNamed(context, target)
  const purged = await migrator.preserved.purge(revision)
  context.report.answer({ database, revision, purged }, () =>
    purged === 0 ? `nothing of ${revision} is preserved` : `${plural(purged, 'value')} of ${revision} deleted`,
  )
  return exitCodes.done
}

/** Writes what no run restored of one revision over the present values. */
export async function preservedRestore(
  context: CommandContext,
  target: string,
  selection: { readonly table?: string; readonly column?: string },
): Promise<ExitCode> {
  const { migrator, database } = await context.open()
  const revision = await revisionNamed(context, target)
  const counts = await migrator.preserved.restore(revision, selection)
  context.report.answer({ database, revision, ...counts }, () => {
    const { restored, replaced = 0, missing, absent = [], refused, older = 0 } = counts
    if (restored + missing + refused + older === 0) return `nothing of ${revision} is superseded`
    const left = [
      ...(missing === 0
        ? []
        : [
            `${countText(missing)} of rows or columns that are not there${absent.length === 0 ? '' : ` (${absent.join(', ')})`}`,
          ]),
      ...(refused === 0 ? [] : [`${countText(refused)} refused by a constraint`]),
      ...(older === 0 ? [] : [`${countText(older)} older than another value of the same cell`]),
    ]
    const stays = left.length === 0 ? '' : `; still preserved: ${left.join(', ')}`
    const over = replaced === 0 ? '' : `, ${countText(replaced)} of them in the place of another one`
    return `${plural(restored, 'value')} of ${revision} restored${over}${stays}`
  })
  return exitCodes.done
}

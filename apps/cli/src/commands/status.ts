import type { EditedRevision, MigratorStatus, SquashState, TierState } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { columns, plural, rangeText, someOf } from '../reporters/formatting.ts'
import { stateDescriptions } from '../reporters/state-text.ts'

/** `migrate upgrade` finishes a downgrade too, and then goes up again. */
const resumedBy: { readonly [D in MigratorStatus['interrupted'][number]['direction']]: string } = {
  up: 'run `migrate upgrade` to resume it',
  down: 'run `migrate resume` to finish it',
}

/** Where the database stands against the files. */
export async function status(context: CommandContext, { exitCode }: { readonly exitCode?: true }): Promise<ExitCode> {
  const { migrator } = await context.open()
  const state = await migrator.status()
  context.report.answer(state, () => text(state))
  return exitCode && needsAttention(state) ? exitCodes.todo : exitCodes.done
}

function needsAttention(state: MigratorStatus): boolean {
  return (
    state.state !== 'atHead' ||
    state.pending > 0 ||
    state.warnings.length > 0 ||
    state.edited.some(({ what }) => what === 'operations differ' || what === 'cannot be compared') ||
    state.tiers.some(({ kind, missing }) => kind === 'graph' && missing.length > 0)
  )
}

function text(state: MigratorStatus): string {
  const pending = state.pending === 0 ? '' : `, ${plural(state.pending, 'revision')} pending`
  if (state.foreign !== undefined) return foreignText(state, state.foreign)
  const lines = [
    columns([
      ['database', state.database],
      [
        'state',
        `${state.isMissing ? 'empty: the database does not exist yet' : stateDescriptions[state.state]}${pending}`,
      ],
      ['lock', lockText(state.lock)],
      ...state.tiers.map(tierRow),
      ...(state.pushedAt === undefined ? [] : [['pushed', `${state.pushedAt}, and no revision recorded since`]]),
      ...(state.interruptedLoadAt === undefined
        ? []
        : [['load', `begun at ${state.interruptedLoadAt}, and interrupted`]]),
    ]),
  ]
  for (const tier of state.tiers) {
    if (tier.pending.length > 0) lines.push(`pending in ${tier.tier}: ${someOf(tier.pending)}`)
    if (tier.multipleHeads !== undefined) lines.push(headsLine(tier.tier, tier.multipleHeads))
    if (tier.missing.length > 0) lines.push(`applied in ${tier.tier} without a file: ${someOf(tier.missing)}`)
    lines.push(...(tier.squashed ?? []).map(squashText))
  }
  for (const { tier, revision, direction, startedAt, hasFile } of state.interrupted) {
    const command = direction === 'up' ? 'upgrade' : 'downgrade'
    const next = hasFile
      ? resumedBy[direction]
      : 'this program has no file of it: run the program that has this revision, which resumes it'
    lines.push(`interrupted: ${command} of ${tier}:${revision}, started ${startedAt}; ${next}`)
  }
  lines.push(...state.edited.map(editedText), ...state.warnings)
  if (state.preserved > 0)
    lines.push(
      `${plural(state.preserved, 'value')} preserved${state.superseded === 0 ? '' : `, ${state.superseded} of them superseded by newer data`} (see \`migrate preserved\`)`,
    )
  return lines.join('\n')
}

/** What of our revisions is applied, and what is pending, can't be said of such a database. */
function foreignText(state: MigratorStatus, { table, stamp }: NonNullable<MigratorStatus['foreign']>): string {
  const stamped = stamp.length === 0 ? 'without a stamp' : `stamped ${stamp.join(', ')}`
  const facts = columns([
    ['database', state.database],
    ['state', `${stateDescriptions.foreign}: ${table}, ${stamped}`],
    ['lock', lockText(state.lock)],
  ])
  return `${facts}\nrun \`migrate doctor\` to see what that means, and \`migrate adopt --dry-run\` to see the current schema`
}

function lockText({ held, holder, abandonedBy: left }: MigratorStatus['lock']): string {
  if (held) return `held by ${holder ?? 'another session'}`
  return left === undefined ? 'free' : `free; ${left} ended without giving it back`
}

function tierRow({ tier, heads }: TierState): readonly string[] {
  return [tier, heads.length === 0 ? 'base' : heads.join(', ')]
}

function headsLine(tier: string, heads: readonly string[]): string {
  return `${tier} has ${plural(heads.length, 'head')}: ${someOf(heads)}; name one, write \`heads\` for all, or join them with \`migrate merge heads\``
}

function squashText({ revision, replaces, state }: SquashState): string {
  const descriptions: { readonly [S in SquashState['state']]: string } = {
    pending: 'none of them is applied',
    inside: `a part of them is applied; run \`migrate upgrade ${replaces.at(-1)}\`, then \`migrate upgrade\``,
    unrecorded: 'they are applied, and the next upgrade records that',
    applied: 'applied',
  }
  return `${revision} replaces ${rangeText(replaces)}: ${descriptions[state]}`
}

function editedText({ tier, revision, what }: EditedRevision): string {
  return `edited after it was applied: ${tier}:${revision} (${what})`
}

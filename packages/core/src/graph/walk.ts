import { counted } from '../errors/count-text.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import type { RevisionGraph } from './revision-graph.ts'

interface Walk {
  readonly graph: RevisionGraph
  /** What was typed. */
  readonly target: string
  /** `null` is base. */
  readonly from: string | null
  /** Positive upwards. */
  readonly steps: number
  /** Upwards, only these are gone to. */
  readonly within?: ReadonlySet<string> | undefined
  /** As it was typed. */
  readonly branch?: string | undefined
}

/** Every error of a number of steps that cannot be gone, or not this way. */
export function outOfRange(target: string, why: string, remedy?: string): MigrateError<'RELATIVE_OUT_OF_RANGE'> {
  const message = `${JSON.stringify(target)} is out of range: ${why}.`
  return new MigrateError('RELATIVE_OUT_OF_RANGE', { target, why }, message, { remedy })
}

/**
 * The same way with its choice made. Downwards each names the line that is left: without it a downgrade to a parent would revert the
 * parent's other children, and one to base the other parents.
 */
function decided({ steps, branch, from }: Walk, choices: readonly (string | null)[], remaining: number): string {
  const upwards = branch === undefined ? '' : `${branch}@`
  const suggestions = choices.flatMap((id) => {
    if (id === null) return []
    if (steps > 0) return [`\`${upwards}${id}${remaining === 0 ? '' : `+${remaining}`}\``]
    return [remaining === 0 ? `\`${from}@${id}\`` : `\`${id}@${id}-${remaining}\``]
  })
  return `Name the revision to go to: ${suggestions.slice(0, 10).join(', ')}.`
}

function neighbours({ graph, within, steps }: Walk, at: string | null): readonly (string | null)[] {
  if (steps > 0) {
    const above = at === null ? graph.bases : graph.childrenOf(at)
    return within ? above.filter((id) => within.has(id)) : above
  }
  if (at === null) return []
  const below = graph.parentsOf(at)
  return below.length === 0 ? [null] : below
}

/**
 * Goes along parents, one revision at a time; `null` is base.
 *
 * Throws AMBIGUOUS_WALK at a fork (upwards) or a merge (downwards), RELATIVE_OUT_OF_RANGE past the end.
 */
export function walk(journey: Walk): string | null {
  const { target, steps } = journey
  let at = journey.from
  for (let taken = 0; taken < Math.abs(steps); taken += 1) {
    const choices = neighbours(journey, at)
    const [next] = choices
    if (next === undefined) {
      const end = steps > 0 ? `nothing follows ${at ?? 'base'}` : 'nothing lies below base'
      throw outOfRange(target, `${end} (${taken} of ${counted(Math.abs(steps), 'step')} possible)`)
    }
    if (choices.length > 1) {
      const names = choices.map((id) => id ?? 'base')
      throw new MigrateError(
        'AMBIGUOUS_WALK',
        { target, at: at ?? 'base', choices: names },
        `${JSON.stringify(target)} can go several ways from ${at ?? 'base'}: ${names.join(', ')}.`,
        { remedy: decided(journey, choices, Math.abs(steps) - taken - 1) },
      )
    }
    at = next
  }
  return at
}

import { MigrateError } from '../../errors/migrate-error.ts'
import { parseTarget } from '../parse-target.ts'
import type { Direction, RevisionStep } from './plan.ts'

/** The steps of a sequential tier: a set of applied names over an ordered list, so gaps in the middle are simply due. */
interface SequentialPlan {
  readonly steps: readonly RevisionStep[]
  readonly direction: Direction
  /** Due although a later name is applied. */
  readonly gaps: readonly string[]
}

function unknown(target: string, names: readonly string[]): MigrateError {
  const near = names.filter((name) => name.includes(target)).slice(0, 3)
  return new MigrateError(
    'UNKNOWN_REVISION',
    { target, near },
    `There is no step \`${target}\` in the sequential tier.`,
  )
}

function resolve(names: readonly string[], target: string): number {
  const exact = names.indexOf(target)
  if (exact >= 0) return exact
  const matches = names.flatMap((name, at) => (name.startsWith(target) ? [at] : []))
  const [only] = matches
  if (only === undefined) throw unknown(target, names)
  if (matches.length > 1) {
    const candidates = matches.flatMap((at) => names[at] ?? [])
    throw new MigrateError(
      'AMBIGUOUS_PREFIX',
      { target, matches: candidates },
      `\`${target}\` may be ${candidates.join(' or ')}.`,
    )
  }
  return only
}

/** How many of the names, counted from the first, are to be applied in the end. */
function countToApply(
  names: readonly string[],
  applied: ReadonlySet<string>,
  target: string,
  direction: Direction | undefined,
): number {
  if (target === 'head' || target === 'heads') return names.length
  if (target === 'base') return 0
  const { branch, symbol, steps } = parseTarget(target) ?? {}
  if (steps === undefined || symbol !== undefined || branch !== undefined) return resolve(names, target) + 1
  const count = Math.abs(steps)
  const last = names.findLastIndex((name) => applied.has(name)) + 1
  const up = target.startsWith('+')
  if ((up && direction === 'down') || (!up && direction === 'up')) {
    const why = `${target} goes the other way`
    throw new MigrateError('RELATIVE_OUT_OF_RANGE', { target, why }, `\`${target}\` does not fit the command: ${why}.`)
  }
  const order = up ? names.filter((name) => !applied.has(name)) : names.filter((name) => applied.has(name)).reverse()
  if (count > order.length) {
    const why = `only ${order.length} steps that way`
    throw new MigrateError('RELATIVE_OUT_OF_RANGE', { target, why }, `\`${target}\` leads too far: there are ${why}.`)
  }
  if (count === 0) return last
  const end = names.indexOf(order[count - 1] ?? '')
  return up ? end + 1 : end
}

/** Plans a sequential tier: every absent name up to the target, or every applied name above it, newest first. */
export function planSequential(
  names: readonly string[],
  appliedNames: readonly string[],
  target: string,
  direction?: Direction,
): SequentialPlan {
  const applied = new Set(appliedNames)
  const end = countToApply(names, applied, target, direction)
  const above = names.slice(end).filter((name) => applied.has(name))
  const below = names.slice(0, end).filter((name) => !applied.has(name))
  const down =
    direction === undefined ? above.length > 0 && target !== 'head' && target !== 'heads' : direction === 'down'
  if (down) {
    const steps = above
      .reverse()
      .map((revision): RevisionStep => ({ revision, direction: 'down', removed: [revision], added: [] }))
    return { steps, direction: 'down', gaps: [] }
  }
  const last = names.findLastIndex((name) => applied.has(name))
  return {
    steps: below.map((revision): RevisionStep => ({ revision, direction: 'up', removed: [], added: [revision] })),
    direction: 'up',
    gaps: below.filter((name) => names.indexOf(name) < last),
  }
}

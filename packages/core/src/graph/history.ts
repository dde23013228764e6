import { MigrateError } from '../errors/migrate-error.ts'
import {
  isFlag,
  isText,
  isTextOrTexts,
  isTexts,
  type OptionChecks,
  requireArguments,
  requireOptions,
} from '../errors/option-check.ts'
import { isGraph } from './argument-checks.ts'
import { requireSeparateTargets } from './extremes.ts'
import { parseTarget } from './parse-target.ts'
import type { RevisionGraph } from './revision-graph.ts'
import { againstDirection, resolveInBranch, resolveTargets } from './target.ts'

interface RevisionRange {
  readonly lower: string | readonly string[]
  readonly upper: string | readonly string[]
  /** The lower end is listed too. */
  readonly inclusive?: boolean
  /** Also what the upper end needs and does not stand on the lower one. */
  readonly includeDependenciesOutsideLower?: boolean
  /** The rows of the version table, for `current`. */
  readonly current?: readonly string[]
}

const rangeChecks: OptionChecks<RevisionRange> = {
  lower: isTextOrTexts,
  upper: isTextOrTexts,
  inclusive: isFlag,
  includeDependenciesOutsideLower: isFlag,
  current: isTexts,
}

/** Whether it is a bare `+n` or `-n`. Throws RELATIVE_OUT_OF_RANGE where its sign is not the one of this end. */
function isBareRelative(target: string | readonly string[], sign: '+' | '-'): boolean {
  const parsed = typeof target === 'string' ? parseTarget(target) : undefined
  if (parsed?.steps === undefined || parsed.symbol !== undefined) return false
  if (parsed.text.includes('+') === (sign === '+')) return true
  const why =
    sign === '-'
      ? 'the first end of a range counts down from the second one'
      : 'the second end of a range counts up from the first one'
  throw againstDirection(parsed, why)
}

interface Ends {
  readonly lower: readonly string[]
  readonly upper: readonly string[]
  /** A revision of the branch that the lower end names. */
  readonly branch: string | undefined
}

/** A bare `-n` below counts from the upper end, a bare `+n` above from the lower one; both at once from the heads. */
function ends(graph: RevisionGraph, range: RevisionRange): Ends {
  const currentRows = range.current ?? []
  const upperCounts = isBareRelative(range.upper, '+')
  const resolveUpper = (current: readonly string[]): readonly string[] =>
    resolveTargets(graph, range.upper, { current, direction: 'up' })
  const first = upperCounts ? graph.effectiveHeads : resolveUpper(currentRows)
  if (typeof range.lower !== 'string') {
    const lower = resolveTargets(graph, range.lower, { current: currentRows })
    return { lower, upper: upperCounts ? resolveUpper(lower) : first, branch: undefined }
  }
  const relative = isBareRelative(range.lower, '-')
  const resolved = resolveInBranch(
    graph,
    range.lower,
    relative ? { current: first, direction: 'down' } : { current: currentRows },
  )
  const lower = resolved.revisions
  const branch = parseTarget(range.lower)?.branch === undefined ? undefined : resolved.branch
  return { lower, upper: upperCounts ? resolveUpper(lower) : first, branch }
}

/**
 * The revisions between two ends, the latest first.
 *
 * Throws what `resolveTargets` throws, OVERLAPPING_TARGETS, and NOT_ANCESTOR where the upper end does not stand
 * on the lower one.
 */
export function revisionsBetween(graph: RevisionGraph, range: RevisionRange): readonly string[] {
  requireArguments('revisionsBetween', { graph }, { graph: isGraph })
  requireOptions('revisionsBetween', range, rangeChecks, ['lower', 'upper'])
  const { lower, upper, branch } = ends(graph, range)
  const line = branch === undefined ? undefined : graph.lineageOf(branch)
  const tips = line ? upper.filter((id) => line.has(id)) : upper
  requireSeparateTargets(graph, tips)
  requireSeparateTargets(graph, lower)
  const needed = graph.ancestorsOf(tips)
  const missing = range.includeDependenciesOutsideLower ? undefined : lower.find((id) => !needed.has(id))
  if (missing !== undefined) {
    const upperText = tips.length === 0 ? 'base' : tips.join(', ')
    throw new MigrateError(
      'NOT_ANCESTOR',
      { lower: lower.join(', '), upper: upperText },
      `${missing} is not an ancestor of ${upperText}.`,
      tips.some((tip) => !graph.ancestorsOf([missing]).has(tip))
        ? { remedy: 'Name two revisions of one line: these stand on different ones. `migrate graph` draws the lines.' }
        : {},
    )
  }
  const below = graph.ancestorsOf(lower)
  const lowerEnds = new Set(lower)
  const above =
    lower.length > 0 && !range.includeDependenciesOutsideLower ? graph.descendantsOf(lower, 'parents') : undefined
  return graph.order
    .filter(
      (id) => (range.inclusive && lowerEnds.has(id)) || (needed.has(id) && !below.has(id) && (above?.has(id) ?? true)),
    )
    .reverse()
}

/**
 * The listing of `lower:upper`, the latest first, both ends included. An end left out is base or the heads; `-3:` counts
 * from the heads, `current:` starts at what is applied.
 *
 * Throws INVALID_OPTION without a colon, else as `revisionsBetween`.
 *
 * ```ts
 * listHistory(graph, 'payments@base:payments@head')
 * listHistory(graph, 'current:+2', ['9b01d2ee6a54'])
 * ```
 */
export function listHistory(graph: RevisionGraph, range = ':', current: readonly string[] = []): readonly string[] {
  requireArguments('listHistory', { graph, range, current }, { graph: isGraph, range: isText, current: isTexts })
  const parts = range.split(':')
  const [lower, upper] = parts
  if (lower === undefined || upper === undefined || parts.length > 2) {
    throw new MigrateError(
      'INVALID_OPTION',
      { option: 'range', why: `${JSON.stringify(range)} is not of the form from:to` },
      `The range ${JSON.stringify(range)} is not of the form from:to.`,
      { remedy: 'Write two targets with a colon between them; either may be left out: `-3:`, `:current`, `a:b`.' },
    )
  }
  return revisionsBetween(graph, { lower: lower || 'base', upper: upper || 'heads', inclusive: true, current })
}

import { MigrateError } from '../errors/migrate-error.ts'
import { nearNames } from '../errors/near-names.ts'
import {
  isTextOrTexts,
  isTexts,
  type OptionChecks,
  oneOf,
  requireArguments,
  requireOptions,
} from '../errors/option-check.ts'
import { isGraph } from './argument-checks.ts'
import { maximalOf } from './extremes.ts'
import { multipleHeads } from './multiple-heads.ts'
import { countsFromRows, isCounted, type ParsedTarget, parseTarget } from './parse-target.ts'
import type { RevisionGraph } from './revision-graph.ts'
import { didYouMean, malformedTarget, unknownRevision } from './unknown-revision.ts'
import { compareIds } from './vertex.ts'
import { outOfRange, walk } from './walk.ts'

export { countsFromRows, type ParsedTarget, parseTarget }

/** Below four characters an id or label is typed in full: `e` must not turn from one revision into another one day. */
const shortestByPrefix = 4

export interface TargetOptions {
  /** The rows of the version table; `current`, `+n` and `-n` start there, and are refused where it is not given. */
  readonly current?: readonly string[]
  /** Bare `+n` or `-n` against the direction is RELATIVE_OUT_OF_RANGE. */
  readonly direction?: 'up' | 'down'
}

const targetChecks: OptionChecks<TargetOptions> = { current: isTexts, direction: oneOf('up', 'down') }

/** Where a target leads, and the branch that it was limited to. `null` is base. */
interface ResolvedTarget {
  readonly revisions: readonly string[]
  /** A revision of the branch: of `branch@…`, or the row that a bare `-n` started from. */
  readonly branch?: string
}

function allNames(graph: RevisionGraph): readonly string[] {
  return [...graph.ids, ...graph.labels.keys()]
}

function findName(graph: RevisionGraph, name: string): string | undefined {
  return graph.has(name) ? name : graph.labels.get(name)
}

function findByPrefix(
  graph: RevisionGraph,
  target: string,
  prefix: string,
  within?: ReadonlySet<string>,
): string | undefined {
  const matches = allNames(graph).filter((name) => name.length >= shortestByPrefix && name.startsWith(prefix))
  const nameByRevision = new Map<string, string>()
  for (const name of matches) {
    const revision = findName(graph, name)
    if (revision !== undefined && (within?.has(revision) ?? true) && !nameByRevision.has(revision))
      nameByRevision.set(revision, name)
  }
  if (nameByRevision.size > 1) {
    const names = [...nameByRevision.values()].sort(compareIds)
    throw new MigrateError(
      'AMBIGUOUS_PREFIX',
      { target, matches: names },
      `${JSON.stringify(prefix)} is the beginning of ${names.length} revisions or labels: ${names.slice(0, 10).join(', ')}.`,
    )
  }
  const [revision] = nameByRevision.keys()
  return revision
}

function branchRevision(graph: RevisionGraph, { text, branch, symbol, steps }: ParsedTarget): string | undefined {
  if (branch === undefined) return undefined
  const revision = findName(graph, branch) ?? findByPrefix(graph, text, branch)
  if (revision !== undefined) return revision
  // `branch@id`: either may be the mistyped one, so the error is the one that offers near names.
  const named = symbol !== undefined && steps === undefined && !['head', 'heads', 'base', 'current'].includes(symbol)
  if (named) throw unknownRevision(text, branch, allNames(graph))
  const near = nearNames(branch, allNames(graph)).map((name) => `\`${text.replace(branch, name)}\``)
  const message = `There is no branch ${JSON.stringify(branch)}${didYouMean(near)}`
  throw new MigrateError('NO_SUCH_BRANCH', { target: text, branch }, message)
}

/** The squashed revision that replaces one of this name. */
const squashOf = (graph: RevisionGraph, name: string): string | undefined =>
  graph.ids.find((id) => graph.get(id).replaces?.includes(name))

function oneRevision(graph: RevisionGraph, target: ParsedTarget, name: string, within?: ReadonlySet<string>): string {
  const exact = findName(graph, name)
  const revision = exact ?? findByPrefix(graph, target.text, name, within)
  if (revision === undefined) throw unknownRevision(target.text, name, allNames(graph), squashOf(graph, name))
  if (within && !within.has(revision)) {
    const branch = target.branch ?? ''
    throw new MigrateError(
      'NOT_IN_BRANCH',
      { target: target.text, branch, revision },
      `Revision ${revision} does not belong to the branch ${branch}.`,
    )
  }
  return revision
}

interface Scope {
  readonly graph: RevisionGraph
  readonly target: ParsedTarget
  readonly rows: readonly string[]
  readonly within: ReadonlySet<string> | undefined
}

/** The part without the number of steps; empty is base. */
function symbolRevisions({ graph, target, rows, within }: Scope, symbol: string): readonly string[] {
  const inBranch = (ids: readonly string[]): readonly string[] => (within ? ids.filter((id) => within.has(id)) : ids)
  if (symbol === 'base') return []
  if (symbol === 'current') return inBranch(rows)
  // The tips of one branch may all be depended on by another one, so `label@heads` starts from the heads by parents.
  if (symbol === 'heads') return within ? maximalOf(graph, inBranch(graph.heads)) : graph.effectiveHeads
  if (symbol !== 'head') return [oneRevision(graph, target, symbol, within)]
  const heads = inBranch(graph.heads)
  if (heads.length > 1) throw multipleHeads(graph, target.text, heads, rows)
  return heads
}

/** The row a bare `+n` or `-n` starts from; `null` is base. */
function startFromRows({ graph, target, rows, within }: Scope): string | null {
  let starts: readonly string[] = rows
  if (within) {
    starts = rows.filter((id) => within.has(id))
    if (starts.length === 0) {
      // The branch has no row of its own: another row stands on it, or it forks off below.
      starts = maximalOf(
        graph,
        [...graph.ancestorsOf(rows)].filter((id) => within.has(id)),
      )
    }
  }
  const [start] = starts
  if (starts.length > 1) {
    const heads = [...starts].sort(compareIds)
    // `c1-1` would be the parent of c1, and a downgrade to it reverts that parent's other children, too.
    const suggestions = heads.slice(0, 10).map((id) => `\`${id}@${target.text.replace(/^.*@/, '')}\``)
    throw new MigrateError(
      'AMBIGUOUS_RELATIVE',
      { target: target.text, heads },
      `${JSON.stringify(target.text)} can count from several revisions: ${heads.join(', ')}.`,
      { remedy: `Name the line to count in: ${suggestions.join(', ')}.` },
    )
  }
  return start ?? null
}

/** Of a bare `+n` or `-n` with the sign of the other direction. */
export function againstDirection({ text }: ParsedTarget, why: string): MigrateError<'RELATIVE_OUT_OF_RANGE'> {
  const other = text.includes('+') ? text.replace('+', '-') : text.replace(/-(?=\d+$)/, '+')
  return outOfRange(text, why, `Write \`${other}\`, or name the revision.`)
}

function relativeRevision(scope: Scope, steps: number, options: TargetOptions): ResolvedTarget {
  const { graph, target, within } = scope
  const go = (from: string | null): readonly string[] => {
    const end = walk({ graph, target: target.text, from, steps, within, branch: target.branch })
    return end === null ? [] : [end]
  }
  if (target.symbol !== undefined) {
    const from = symbolRevisions(scope, target.symbol)
    if (from.length > 1) throw multipleHeads(graph, target.text, from, scope.rows)
    return { revisions: go(from[0] ?? null) }
  }
  const up = target.text.includes('+')
  if (up && options.direction === 'down') throw againstDirection(target, 'it counts up, and a downgrade goes down')
  if (!up && options.direction === 'up') throw againstDirection(target, 'it counts down, and an upgrade goes up')
  const from = startFromRows(scope)
  const revisions = go(from)
  return up || from === null ? { revisions } : { revisions, branch: from }
}

/** Resolves one target and tells the branch it is limited to. Throws as `resolveTargets`. */
export function resolveInBranch(graph: RevisionGraph, text: string, options: TargetOptions = {}): ResolvedTarget {
  const target = parseTarget(text)
  if (!target) throw malformedTarget(text)
  const branch = branchRevision(graph, target)
  if (options.current === undefined && isCounted(target)) {
    const why = `${JSON.stringify(text)} is counted from where a database stands, and none was asked`
    throw new MigrateError('INVALID_OPTION', { option: 'current', why }, `${why}.`, {
      remedy: 'Name a revision, or pass the revisions that the database is at as `current`.',
    })
  }
  const within = branch === undefined ? undefined : graph.lineageOf(branch)
  const scope: Scope = { graph, target, rows: [...new Set(options.current)], within }
  const limited = branch === undefined ? {} : { branch }
  if (target.steps !== undefined) return { ...limited, ...relativeRevision(scope, target.steps, options) }
  return { ...limited, revisions: symbolRevisions(scope, target.symbol ?? 'base') }
}

/**
 * The revisions that a target, or a list of targets, names; empty is base. `ParsedTarget` lists the forms.
 *
 * Throws UNKNOWN_REVISION, AMBIGUOUS_PREFIX, MULTIPLE_HEADS, NO_SUCH_BRANCH, NOT_IN_BRANCH, AMBIGUOUS_WALK,
 * AMBIGUOUS_RELATIVE, RELATIVE_OUT_OF_RANGE, INVALID_OPTION.
 *
 * ```ts
 * resolveTargets(graph, 'payments@head') // ['4f2a91c07b3e']
 * resolveTargets(graph, '+1', { current: ['9b01d2ee6a54'] })
 * ```
 */
export function resolveTargets(
  graph: RevisionGraph,
  target: string | readonly string[],
  options: TargetOptions = {},
): readonly string[] {
  requireArguments('resolveTargets', { graph, target }, { graph: isGraph, target: isTextOrTexts })
  requireOptions('resolveTargets', options, targetChecks)
  const targets = typeof target === 'string' ? [target] : target
  return [...new Set(targets.flatMap((text) => resolveInBranch(graph, text, options).revisions))]
}

/** As `resolveTargets` for a target that must name one revision; `null` is base. Several throw MULTIPLE_HEADS. */
export function resolveTarget(graph: RevisionGraph, target: string, options: TargetOptions = {}): string | null {
  const revisions = resolveTargets(graph, target, options)
  if (revisions.length > 1) throw multipleHeads(graph, target, revisions, options.current ?? [])
  return revisions[0] ?? null
}

/**
 * What a run without a target leads to. `head` counts heads by parents alone, as Alembic does; where one of them stands on all others,
 * through dependencies, there is no question.
 */
export function defaultTarget({ heads, effectiveHeads }: RevisionGraph): string {
  return effectiveHeads.length === 1 && heads.length > 1 ? 'heads' : 'head'
}

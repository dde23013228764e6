import { MigrateError } from '../errors/migrate-error.ts'
import {
  isFlag,
  isTextOrTexts,
  isTexts,
  type OptionChecks,
  requireArguments,
  requireOptions,
} from '../errors/option-check.ts'
import { isGraph } from './argument-checks.ts'
import type { RevisionGraph } from './revision-graph.ts'
import { resolveTarget, resolveTargets, type TargetOptions } from './target.ts'
import { unknownRevision } from './unknown-revision.ts'

export interface NewRevisionOptions extends Pick<TargetOptions, 'current'> {
  /** Default `head`; several, or `heads`, make a merge; `base` makes a new root. */
  readonly head?: string | readonly string[]
  /** A parent may have children already: the new revision starts a branch there. */
  readonly splice?: boolean
}

export const newRevisionChecks: OptionChecks<NewRevisionOptions> = {
  head: isTextOrTexts,
  splice: isFlag,
  current: isTexts,
}

/**
 * The parents that a new revision gets, in the order given.
 *
 * Throws what `resolveTargets` throws (MULTIPLE_HEADS for `head` where there are several), NOT_A_HEAD without `splice`,
 * DUPLICATE_HEADS.
 */
export function parentsOfNewRevision(graph: RevisionGraph, options: NewRevisionOptions = {}): readonly string[] {
  requireArguments('parentsOfNewRevision', { graph }, { graph: isGraph })
  requireOptions('parentsOfNewRevision', options, newRevisionChecks)
  const { head = 'head', splice = false, current } = options
  const rows = current === undefined ? {} : { current }
  const targets = typeof head === 'string' ? [head] : head
  const parents = targets.flatMap((text) => resolveTargets(graph, text, rows))
  for (const [i, revision] of parents.entries()) {
    if (parents.indexOf(revision) < i) {
      throw new MigrateError('DUPLICATE_HEADS', { revision }, `Revision ${revision} is named twice as a parent.`)
    }
    const children = graph.childrenOf(revision)
    if (children.length > 0 && !splice) {
      throw new MigrateError(
        'NOT_A_HEAD',
        { revision, heads: graph.heads },
        `Revision ${revision} is not a head: ${children.join(', ')} revises it already.`,
      )
    }
  }
  return parents
}

/**
 * What a new revision depends on: labels as they are written, everything else as the revision that it names now.
 *
 * Throws what `resolveTarget` throws, UNKNOWN_REVISION for what names no revision.
 */
export function dependenciesOfNewRevision(
  graph: RevisionGraph,
  targets: readonly string[],
  rows: Pick<TargetOptions, 'current'> = {},
): readonly string[] {
  requireArguments('dependenciesOfNewRevision', { graph, targets }, { graph: isGraph, targets: isTexts })
  requireOptions('dependenciesOfNewRevision', rows, { current: isTexts })
  const dependencies = targets.map((target) => {
    const revision = graph.labels.has(target) ? target : resolveTarget(graph, target, rows)
    if (revision === null) throw unknownRevision(target, target, [])
    return revision
  })
  return [...new Set(dependencies)]
}

import { randomBytes } from 'node:crypto'
import { MigrateError } from '../../errors/migrate-error.ts'
import {
  isDate,
  isText,
  isTexts,
  type OptionChecks,
  requireArguments,
  requireOptions,
} from '../../errors/option-check.ts'
import { isGraph } from '../../graph/argument-checks.ts'
import { createRevisionGraph } from '../../graph/create-revision-graph.ts'
import {
  dependenciesOfNewRevision,
  type NewRevisionOptions,
  newRevisionChecks,
  parentsOfNewRevision,
} from '../../graph/new-revision.ts'
import type { GraphNode, RevisionGraph } from '../../graph/revision-graph.ts'

/** A revision before it has a file. */
export interface Draft extends GraphNode {
  readonly message: string
  readonly at: Date
}

export interface DraftOptions extends NewRevisionOptions {
  readonly message?: string
  readonly branchLabels?: readonly string[]
  /** Targets that name one revision each; labels stay labels. */
  readonly dependsOn?: readonly string[]
  /** Default: twelve random hex digits. */
  readonly revision?: string
  /** Default: now. */
  readonly at?: Date
}

const draftChecks: OptionChecks<DraftOptions> = {
  ...newRevisionChecks,
  message: isText,
  branchLabels: isTexts,
  dependsOn: isTexts,
  revision: isText,
  at: isDate,
}

/** An id that is unique without coordination: twelve random hex digits. */
function randomId(graph: RevisionGraph): string {
  for (;;) {
    const id = randomBytes(6).toString('hex')
    if (!graph.has(id) && !graph.labels.has(id)) return id
  }
}

/**
 * A new revision on a graph, its place in it checked: nothing has to be taken back because of what it follows, needs or is called.
 *
 * Throws what `parentsOfNewRevision` and `dependenciesOfNewRevision` throw, ILLEGAL_REVISION_ID, DUPLICATE_REVISION and
 * DUPLICATE_LABEL.
 *
 * ```ts
 * const draft = draftRevision(graph, { message: 'accounts get a locale' })
 * ```
 */
export function draftRevision(graph: RevisionGraph, options: DraftOptions = {}): Draft {
  requireArguments('draftRevision', { graph }, { graph: isGraph })
  const { message = '', branchLabels = [], at = new Date() } = requireOptions('draftRevision', options, draftChecks)
  const { head, splice, current } = options
  const rows = current === undefined ? {} : { current }
  const draft: Draft = {
    revision: options.revision ?? randomId(graph),
    parents: parentsOfNewRevision(graph, {
      ...rows,
      ...(head === undefined ? {} : { head }),
      ...(splice === undefined ? {} : { splice }),
    }),
    dependsOn: dependenciesOfNewRevision(graph, options.dependsOn ?? [], rows),
    branchLabels,
    message: message.replace(/\s+/g, ' ').trim(),
    at,
  }
  const { revision } = draft
  const squash = graph.ids.find((id) => graph.get(id).replaces?.includes(revision))
  if (squash !== undefined) {
    const message = `The id ${revision} is that of a revision which ${squash} replaces.`
    throw new MigrateError('DUPLICATE_REVISION', { revision, sources: [] }, message)
  }
  createRevisionGraph([...graph.ids.map((id) => graph.get(id)), { ...draft, source: 'the new revision' }])
  return draft
}

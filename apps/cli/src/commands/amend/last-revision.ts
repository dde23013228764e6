import { basename } from 'node:path'
import type { RevisionGraph, RevisionHeader } from '@org/migrate-core'
import { generatedState } from '../../new-files/generated-files.ts'
import { usage } from '../../usage.ts'

/** The revision that nothing follows. Throws USAGE where there is none, where there are several, and for a merge. */
export function lastRevision(graph: RevisionGraph<RevisionHeader>): RevisionHeader {
  const [head, ...more] = graph.heads
  if (head === undefined)
    throw usage('there is no revision to amend', 'Make the first one with `migrate revision --autogenerate`.')
  if (more.length > 0) {
    const heads = graph.heads.join(', ')
    throw usage(
      `there are several heads, ${heads}, and --amend is for the only one`,
      'Join them with `migrate merge heads`, or put one behind the other with `migrate rebase`.',
    )
  }
  const header = graph.get(head)
  if (header.parents.length < 2) return header
  throw usage(
    `${head} joins ${header.parents.join(' and ')}: a merge has nothing to amend`,
    'Make a new revision behind it with `migrate revision --autogenerate`.',
  )
}

/**
 * Throws USAGE for a revision that is not exactly what generation wrote, because what was written by hand would be lost; and for a squashed
 * one, which generation would part from its range.
 */
export function requireGenerated({ revision, source, replaces = [] }: RevisionHeader): 'generated' | 'interrupted' {
  if (replaces.length > 0) {
    throw usage(
      `${revision} replaces ${replaces.join(', ')}, and generated again it would not`,
      `Make a new revision behind ${revision} with \`migrate revision --autogenerate\`.`,
    )
  }
  const state = basename(source) === 'up.sql' ? 'edited' : generatedState(source)
  if (state !== 'edited' && /\.[cm]?ts$/.test(source)) return state
  throw usage(
    `${source} is not exactly what was generated on this machine, and what was written by hand would be lost`,
    `Make a new revision behind ${revision} with \`migrate revision --autogenerate\`. Or keep a copy of the file, run \`migrate downgrade -1\`, remove the file, generate it again, and write the edits into it.`,
  )
}

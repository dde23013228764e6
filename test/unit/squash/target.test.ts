import { createRevisionGraph, isMigrateError } from '@org/migrate-core'
import { resolveTargets } from '@org/migrate-core/internal'
import { expect, test } from 'vitest'

test('a revision that was replaced is not found, and the error names the squashed one', () => {
  const graph = createRevisionGraph([
    { revision: 's1', parents: [], dependsOn: [], branchLabels: [], replaces: ['a1', 'b1'] },
  ])
  try {
    resolveTargets(graph, 'b1')
    expect.unreachable()
  } catch (error) {
    if (!isMigrateError(error, 'UNKNOWN_REVISION')) throw error
    expect(error.message).toContain('There is no revision or branch label "b1". s1 replaces it.')
    expect(error.remedy).toBe('Name s1 instead.')
  }
})

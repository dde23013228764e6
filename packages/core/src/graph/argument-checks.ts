import { isTexts, listOf, type OptionCheck, withMethods } from '../errors/option-check.ts'
import type { GraphNode } from './revision-graph.ts'

export const isGraph = withMethods(
  'a graph, as createRevisionGraph gives it,',
  'has',
  'get',
  'ancestorsOf',
  'childrenOf',
)

const isNode: OptionCheck = (value) => {
  const { revision, parents, dependsOn, branchLabels } = (value ?? {}) as Partial<Record<keyof GraphNode, unknown>>
  if (typeof revision !== 'string') return 'each needs a `revision`, which is a text'
  for (const [name, list] of [
    ['parents', parents],
    ['dependsOn', dependsOn],
    ['branchLabels', branchLabels],
  ] as const) {
    const why = isTexts(list)
    if (why !== undefined) return `\`${name}\` of ${revision}: ${why}`
  }
  return undefined
}
export const isNodes = listOf(isNode)

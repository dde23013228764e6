import { isTexts, listOf, type OptionCheck, withMethods } from '../errors/option-check.ts'
import type { GraphNode } from './revision-graph.ts'

export const isGraph = withMethods(
  'a graph, as createRevisionGraph gives it,',
  'has',
  'get',
  'ancestorsOf',
  'childrenOf',
)

const lists = ['parents', 'dependsOn', 'branchLabels', 'replaces'] as const

const isNode: OptionCheck = (value) => {
  const node = (value ?? {}) as Partial<Record<keyof GraphNode, unknown>>
  if (typeof node.revision !== 'string') return 'each needs a `revision`, which is a text'
  for (const name of lists) {
    if (name === 'replaces' && node.replaces === undefined) continue
    const why = isTexts(node[name])
    if (why !== undefined) return `\`${name}\` of ${node.revision}: ${why}`
  }
  return undefined
}
export const isNodes = listOf(isNode)

import { isTexts, listOf, type OptionCheck, withMethods } from '../errors/option-check.ts'
import type { GraphNode } from './revision-graph.ts'

export const isGraph = withMethods(
  'a graph, as createRevisionGraph gives it,',
  'has',
  'get',
  'ancestorsOf',
  'childrenOf',
)

const lists = ['parents', 'dependsOn', 'branchLabels'] as const

const isNode: OptionCheck = (value) => {
  const node = (value ?? {}) as Partial<Record<keyof GraphNode, unknown>>
  if (typeof node.revision !== 'string') return 'each needs a `revision`, which is a text'
  for (const name of lists) {
    const why = isTexts(node[name])
    if (why !== undefined) return `\`${name}\` of ${node.revision}: ${why}`
  }
  const why = node.replaces === undefined ? undefined : isTexts(node.replaces)
  if (why !== undefined) return `\`replaces\` of ${node.revision}: ${why}`
  return undefined
}
export const isNodes = listOf(isNode)

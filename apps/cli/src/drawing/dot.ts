import type { Mark } from './lines.ts'
import { boxLines, type PicturedRevision } from './picture.ts'

const styles: { readonly [M in Mark]: string } = { current: ' style=bold', applied: '', pending: ' style=dashed' }

const quoted = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')

/** For Graphviz: an arrow leads from a revision to its parent, a dashed one to what it depends on. */
export function dot(revisions: readonly PicturedRevision[]): string {
  const boxes = revisions.map((each) => {
    const style = each.mark === undefined ? '' : styles[each.mark]
    return `"${quoted(each.revision)}" [label="${boxLines(each).map(quoted).join('\\n')}"${style}]`
  })
  const arrows = revisions.flatMap(({ revision, parents, dependsOn }) => [
    ...parents.map((parent) => `"${quoted(revision)}" -> "${quoted(parent)}"`),
    ...dependsOn.map((other) => `"${quoted(revision)}" -> "${quoted(other)}" [style=dashed]`),
  ])
  return ['digraph history {', ...['node [shape=box]', ...boxes, ...arrows].map((line) => `  ${line}`), '}'].join('\n')
}

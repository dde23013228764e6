import { boxLines, type PicturedRevision } from './picture.ts'

/** What Mermaid would take for its own, or a browser for HTML. */
const entities: { readonly [character: string]: string } = {
  '#': '#35;',
  '"': '#quot;',
  '&': '#amp;',
  '<': '#lt;',
  '>': '#gt;',
  '`': '#96;',
  '\\': '#92;',
  '%': '#37;',
}

/** A text between quotes. */
export const mermaidText = (text: string): string =>
  text.replace(/[#"&<>`\\%]/g, (character) => entities[character] ?? '')

const styles = {
  current: 'classDef current stroke-width:4px',
  applied: '',
  pending: 'classDef pending stroke-dasharray:4 4',
} as const

/**
 * A flowchart for Markdown: an arrow leads from a revision to its parent, a dotted one to what it depends on. Boxes are named by number:
 * an id could be a word of Mermaid's.
 */
export function mermaid(revisions: readonly PicturedRevision[]): string {
  const nameOf = new Map(revisions.map(({ revision }, at) => [revision, `r${at}`]))
  const name = (revision: string): string => nameOf.get(revision) ?? ''
  const boxes = revisions.map((each) => `${name(each.revision)}["${boxLines(each).map(mermaidText).join('<br/>')}"]`)
  const arrows = revisions.flatMap(({ revision, parents, dependsOn }) => [
    ...parents.map((parent) => `${name(revision)} --> ${name(parent)}`),
    ...dependsOn.map((other) => `${name(revision)} -.-> ${name(other)}`),
  ])
  const classes = (['current', 'pending'] as const).flatMap((mark) => {
    const marked = revisions.filter((each) => each.mark === mark).map(({ revision }) => name(revision))
    return marked.length === 0 ? [] : [styles[mark], `class ${marked.join(',')} ${mark}`]
  })
  return ['flowchart TB', ...[...boxes, ...arrows, ...classes].map((line) => `  ${line}`)].join('\n')
}

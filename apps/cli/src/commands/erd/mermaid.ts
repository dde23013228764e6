import { mermaidText } from '../../drawing/mermaid.ts'
import type { Mark, PicturedColumn, PicturedReference, PicturedSchema, PicturedTable } from './picture.ts'

const styles: { readonly [M in Mark]: string } = {
  added: 'stroke:#1a7f37,stroke-width:3px',
  removed: 'stroke:#cf222e,stroke-width:3px,stroke-dasharray:6 4',
  altered: 'stroke:#9a6700,stroke-width:3px',
}

/** Its keywords for keys, in any case. */
const keyword = /^[pfu]k$/i

/** A word of Mermaid's grammar for types and attributes: https://mermaid.js.org/syntax/entityRelationshipDiagram.html */
const word = (text: string): string => {
  const plain = text.replace(/\s*,\s*/g, '-').replace(/[^\p{L}\p{N}_()[\]-]/gu, '_')
  return /^\p{L}/u.test(plain) && !keyword.test(plain) ? plain : `_${plain}`
}

const quoted = (text: string): string => `"${mermaidText(text.replace(/[\s\p{Cc}]+/gu, ' '))}"`

function columnLine(column: PicturedColumn): string {
  const { name, type, keys, nullable, mark, renamedFrom, comment } = column
  const notes = [
    ...(word(name) === name ? [] : [name]),
    ...(mark === undefined ? [] : [renamedFrom === undefined ? mark : `was ${renamedFrom}`]),
    ...(nullable ? [] : ['not null']),
    ...(comment === undefined ? [] : [comment]),
  ]
  const marks = keys.map((key) => (key === 'unique' ? 'UK' : key.toUpperCase())).join(', ')
  return [word(type), word(name), marks, ...(notes.length === 0 ? [] : [quoted(notes.join('; '))])]
    .filter((part) => part !== '')
    .join(' ')
}

const titleOf = ({ schema, name, renamedFrom }: PicturedTable): string =>
  [
    ...(schema === undefined ? [] : [`${schema}.`]),
    name,
    ...(renamedFrom === undefined ? [] : [` (was ${renamedFrom})`]),
  ].join('')

function referenceLine({ from, to, isOptional, isUnique, columns, mark }: PicturedReference): string {
  const label = `${columns.join(', ')}${mark === undefined ? '' : ` (${mark})`}`
  return `t${to} ${isOptional ? '|o' : '||'}--${isUnique ? 'o|' : 'o{'} t${from} : ${quoted(label)}`
}

/** An entity-relationship diagram for Markdown. Tables are numbered: a name could be a word of Mermaid's. */
export function erdMermaid({ tables, references }: PicturedSchema): string {
  const boxes = tables.flatMap((table, at) => [
    `t${at}[${quoted(titleOf(table))}] {`,
    ...table.columns.map((column) => `  ${columnLine(column)}`),
    '}',
  ])
  const marks = (Object.keys(styles) as Mark[]).flatMap((mark) => {
    const names = tables.flatMap((table, at) => (table.mark === mark ? [`t${at}`] : []))
    return names.length === 0 ? [] : [`classDef ${mark} ${styles[mark]}`, `class ${names.join(',')} ${mark}`]
  })
  return ['erDiagram', ...[...boxes, ...references.map(referenceLine), ...marks].map((line) => `  ${line}`)].join('\n')
}

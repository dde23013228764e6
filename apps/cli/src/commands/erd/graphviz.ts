import type { Mark, PicturedColumn, PicturedReference, PicturedSchema, PicturedTable } from './picture.ts'

export const colors: { readonly [M in Mark]: string } = { added: '#1a7f37', removed: '#cf222e', altered: '#9a6700' }
const plain = '#57606a'

const entities: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
/** HTML of Graphviz takes no characters that XML has not. */
const escaped = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]+/gu, ' ').replace(/[&<>"]/g, (character) => entities[character] ?? '')

const colored = (text: string, mark: Mark | undefined): string => {
  if (text === '') return ' '
  if (mark === undefined) return text
  const struck = mark === 'removed' ? `<S>${text}</S>` : text
  return `<FONT COLOR="${colors[mark]}">${struck}</FONT>`
}

const keyText: { readonly [K in PicturedColumn['keys'][number]]: string } = { pk: 'PK', fk: 'FK', unique: 'U' }
const was = (renamedFrom: string | undefined): string => (renamedFrom === undefined ? '' : ` (was ${renamedFrom})`)

function columnRow({ name, type, nullable, keys, mark, renamedFrom }: PicturedColumn, at: number): string {
  const cells = [
    [`PORT="c${at}"`, keys.map((key) => keyText[key]).join(' ')],
    ['', `${name}${was(renamedFrom)}`],
    [`PORT="e${at}"`, `${type}${nullable ? '' : ' *'}`],
  ]
  return `<TR>${cells.map(([port, text = '']) => `<TD ALIGN="LEFT"${port === '' ? '' : ` ${port}`}>${colored(escaped(text), mark)}</TD>`).join('')}</TR>`
}

function box(table: PicturedTable, at: number): string {
  const { schema, name, columns, mark, renamedFrom } = table
  const title = escaped(`${schema === undefined ? '' : `${schema}.`}${name}${was(renamedFrom)}`)
  const color = mark === undefined ? plain : colors[mark]
  const head = `<TR><TD COLSPAN="3" BGCOLOR="${color}"><FONT COLOR="white"><B>${mark === 'removed' ? `<S>${title}</S>` : title}</B></FONT></TD></TR>`
  return `t${at} [label=<<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="4" COLOR="${color}">${head}${columns.map(columnRow).join('')}</TABLE>>]`
}

function arrow(tables: readonly PicturedTable[], reference: PicturedReference): string {
  const { from, to, columns, references, isOptional, isUnique, mark } = reference
  // It leaves the row at its end, and comes in at the start of the other.
  const port = (table: number, name: string | undefined, end: 'c' | 'e'): string => {
    const column = tables[table]?.columns.findIndex((each) => each.name === name) ?? -1
    return column === -1 ? `t${table}` : `t${table}:${end}${column}:${end === 'e' ? 'e' : 'w'}`
  }
  const style = mark === undefined ? '' : ` color="${colors[mark]}"${mark === 'removed' ? ' style=dashed' : ''}`
  const heads = `arrowhead=${isOptional ? 'teeodot' : 'teetee'} arrowtail=${isUnique ? 'teeodot' : 'crowodot'}`
  return `${port(from, columns[0], 'e')} -> ${port(to, references[0], 'c')} [${heads}${style}]`
}

/** For Graphviz: a table is a box; an arrow leads from a foreign key to what it refers to. */
export function erdDot({ tables, references }: PicturedSchema): string {
  return [
    'digraph schema {',
    ...[
      'rankdir=LR bgcolor=transparent',
      'node [shape=plain fontname="Courier" fontsize=11]',
      `edge [dir=both color="${plain}"]`,
      ...tables.map(box),
      ...references.map((each) => arrow(tables, each)),
    ].map((line) => `  ${line}`),
    '}',
  ].join('\n')
}

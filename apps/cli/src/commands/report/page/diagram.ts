import { type Html, html, trusted } from '../../../pages/html.ts'
import { prose } from '../../../pages/text.ts'
import { plural } from '../../../reporters/formatting.ts'
import type { Mark, PicturedTable } from '../../erd/picture.ts'
import type { ReportedDiagram } from '../data.ts'
import { firstOf, most } from './limits.ts'

const nameOf = ({ schema, name, renamedFrom }: PicturedTable): string =>
  `${schema === undefined ? '' : `${schema}.`}${name}${renamedFrom === undefined ? '' : ` (was ${renamedFrom})`}`

const legend: { readonly [M in Mark]: string } = { added: 'good', altered: 'warn', removed: 'bad' }

/** The tables with this mark; of altered ones also which columns. */
function changesOf(tables: readonly PicturedTable[], mark: Mark): Html | false {
  const marked = tables.filter((table) => table.mark === mark)
  if (marked.length === 0) return false
  const { shown, omitted } = firstOf(marked, most.lines, 'table')
  const columns = (table: PicturedTable): string =>
    table.columns
      .flatMap(({ name, mark: of, renamedFrom }) =>
        of === undefined ? [] : [renamedFrom === undefined ? `${name} ${of}` : `${name} was ${renamedFrom}`],
      )
      .slice(0, most.columns)
      .join(', ')
  const line = (table: PicturedTable): Html => {
    const changed = mark === 'altered' ? columns(table) : ''
    return html`<li><code>${nameOf(table)}</code>${changed !== '' && html`: ${changed}`}</li>
`
  }
  return html`<h3 class="${legend[mark]}">${plural(marked.length, 'table')} ${mark}</h3>
<ul>${shown.map(line)}${omitted !== undefined && html`<li class="soft">${omitted}</li>`}</ul>`
}

/** The schema with the changes marked. Graphviz draws it and escapes names. */
export function diagramSection({ picture: { tables }, svg, notes }: ReportedDiagram): Html {
  return html`${notes.map((each) => html`<p class="soft">${prose(each)}</p>`)}
${
  svg !== undefined &&
  html`<div class="drawing" tabindex="0" role="img" aria-label="Tables and their foreign keys">${trusted(svg)}</div>`
}
${(['added', 'altered', 'removed'] as const).map((mark) => changesOf(tables, mark))}`
}

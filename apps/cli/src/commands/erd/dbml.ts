import type { PicturedColumn, PicturedReference, PicturedSchema, PicturedTable } from './picture.ts'

// https://dbml.dbdiagram.io/docs
const quoted = (name: string): string =>
  `"${name
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replace(/[\r\n]+/g, ' ')}"`
const text = (value: string): string =>
  `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replace(/\s+/g, ' ')}'`
const expression = (sql: string): string => `\`${sql.replaceAll('`', "'").replace(/\s+/g, ' ')}\``

const nameOf = ({ schema, name }: { readonly schema?: string; readonly name: string }): string =>
  [...(schema === undefined ? [] : [quoted(schema)]), quoted(name)].join('.')

const noteOf = (parts: readonly (string | undefined)[]): string | undefined => {
  const known = parts.filter((part) => part !== undefined)
  return known.length === 0 ? undefined : `note: ${text(known.join('; '))}`
}

const changeOf = ({ mark, renamedFrom }: Pick<PicturedTable, 'mark' | 'renamedFrom'>): string | undefined =>
  renamedFrom === undefined ? mark : `was ${renamedFrom}`

const bracketed = (settings: readonly (string | undefined)[]): string => {
  const known = settings.filter((each) => each !== undefined)
  return known.length === 0 ? '' : ` [${known.join(', ')}]`
}

function columnLine(column: PicturedColumn, hasOwnKey: boolean): string {
  const { name, type, nullable, keys } = column
  const settings = [
    hasOwnKey && keys.includes('pk') ? 'pk' : undefined,
    keys.includes('unique') ? 'unique' : undefined,
    nullable ? undefined : 'not null',
    column.default === undefined ? undefined : `default: ${expression(column.default)}`,
    noteOf([changeOf(column), column.comment]),
  ]
  return `  ${quoted(name)} ${/^\w+(\(\d+(,\d+)?\))?$/.test(type) ? type : quoted(type)}${bracketed(settings)}`
}

function tableLines(table: PicturedTable): readonly string[] {
  const { columns, key } = table
  const note = noteOf([changeOf(table), table.comment])
  return [
    `Table ${nameOf(table)} {`,
    ...columns.map((column) => columnLine(column, key.length === 1)),
    ...(key.length > 1 ? ['  indexes {', `    (${key.map(quoted).join(', ')}) [pk]`, '  }'] : []),
    ...(note === undefined ? [] : [`  ${note.replace('note', 'Note')}`]),
    '}',
  ]
}

function referenceLine(tables: readonly PicturedTable[], reference: PicturedReference): string {
  const { from, to, columns, isUnique, onDelete, onUpdate } = reference
  const end = (at: number, names: readonly string[]): string => {
    const table = tables[at]
    const list = names.map(quoted)
    return `${table === undefined ? '' : nameOf(table)}.${list.length === 1 ? list[0] : `(${list.join(', ')})`}`
  }
  const settings = [
    onDelete === undefined ? undefined : `delete: ${onDelete}`,
    onUpdate === undefined ? undefined : `update: ${onUpdate}`,
  ]
  return `Ref: ${end(from, columns)} ${isUnique ? '-' : '>'} ${end(to, reference.references)}${bracketed(settings)}`
}

/** For dbdiagram.io and other programs that read DBML. */
export function erdDbml({ tables, references, enums }: PicturedSchema): string {
  return [
    ...enums.map((each) =>
      [`Enum ${nameOf(each)} {`, ...each.values.map((value) => `  ${quoted(value)}`), '}'].join('\n'),
    ),
    ...tables.map((table) => tableLines(table).join('\n')),
    ...references.map((each) => referenceLine(tables, each)),
  ].join('\n\n')
}

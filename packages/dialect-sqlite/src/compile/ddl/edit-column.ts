import type { ColumnChange, ColumnModel } from '@org/migrate-core/dialect'
import { parseTable } from '../../ddl/parse-table.ts'
import { type Edit, splice } from '../../ddl/splice.ts'
import type { ColumnPartKind, ParsedColumn, ParsedTable } from '../../ddl/table-tree.ts'
import { unsupported } from '../../ddl/unsupported.ts'
import { enumPart, hasOption, lastPart, primaryKeyOf, rowidAlias } from '../../introspect/columns.ts'
import { quoteName } from '../../sql/quote.ts'
import { sameName } from '../../sql/tokenize.ts'
import { canonicaliseColumn, requireCountable } from '../../types/canonicalise.ts'
import { defaultText, enumCheck, generatedText, notNullText, requireColumn } from '../../types/definition-text.ts'
import { toSql } from '../../types/types.ts'
import { insertAfter, removeSpan, requireParsedColumn } from './edit-items.ts'

/** One change of one column: the edits of the table's text as it stands. */
type ColumnEdit = (table: ParsedTable, column: ParsedColumn) => readonly Edit[]

function edit(source: string, name: string, change: ColumnEdit): string {
  const table = parseTable(source)
  return splice(source, change(table, requireParsedColumn(table, name)))
}

const removeParts = (table: ParsedTable, column: ParsedColumn, kind: ColumnPartKind): Edit[] =>
  column.parts.flatMap((part) => (part.kind === kind ? [removeSpan(table.source, part)] : []))

const headEnd = (column: ParsedColumn): number => column.type?.end ?? column.name.end

/** The declared type; the values of an enum stand in a CHECK of the column, which is put in place or taken away. */
export function setType(
  source: string,
  name: string,
  { type }: Pick<ColumnModel, 'type'>,
  text: string = toSql(type),
): string {
  return edit(source, name, (table, parsed) => {
    const old = enumPart(table, parsed)?.part
    const check = type.kind === 'enum' ? `CHECK (${enumCheck(parsed.name.name, type.values).text})` : undefined
    const typed =
      parsed.type === undefined
        ? text === ''
          ? []
          : [insertAfter(source, parsed.name.end, text)]
        : [text === '' ? removeSpan(source, parsed.type) : { ...parsed.type, text }]
    if (old !== undefined && check !== undefined) return [...typed, { start: old.start, end: old.end, text: check }]
    if (old !== undefined) return [...typed, removeSpan(source, old)]
    return check === undefined ? typed : mergeInsert(typed, insertAfter(source, parsed.end, check))
  })
}

/** Two insertions at one place would be two edits of the same offset: they become one. */
function mergeInsert(edits: readonly Edit[], last: Edit): readonly Edit[] {
  const same = edits.find((item) => item.start === item.end && item.start === last.start)
  if (same === undefined) return [...edits, last]
  return [...edits.filter((item) => item !== same), { ...same, text: same.text + last.text }]
}

function setNullable(source: string, name: string, model: Pick<ColumnModel, 'nullable' | 'extras'>): string {
  return edit(source, name, (table, column) => {
    if (model.nullable) return removeParts(table, column, 'notNull')
    const removals = removeParts(table, column, 'null')
    if (lastPart(column, 'notNull') !== undefined) return removals
    const [first] = column.parts
    // `NULL` right after the type is replaced in place.
    if (first?.kind === 'null') return [{ start: first.start, end: first.end, text: notNullText(model) }]
    return [...removals, insertAfter(source, headEnd(column), notNullText(model))]
  })
}

function setDefault(source: string, name: string, canonical: ColumnModel): string {
  const text = defaultText(canonical)?.text
  return edit(source, name, (table, column) => {
    const old = lastPart(column, 'default')
    if (text === undefined) return removeParts(table, column, 'default')
    if (old !== undefined) return [{ start: old.value.start, end: old.value.end, text }]
    return [insertAfter(source, lastPart(column, 'notNull')?.end ?? headEnd(column), `DEFAULT ${text}`)]
  })
}

function setCollation(source: string, name: string, collation: string | null): string {
  return edit(source, name, (table, column) => {
    const old = lastPart(column, 'collate')
    if (collation === null) return removeParts(table, column, 'collate')
    if (old?.collation.name === collation) return []
    if (old !== undefined) return [{ ...old.collation, text: quoteName(collation) }]
    return [insertAfter(source, column.end, `COLLATE ${quoteName(collation)}`)]
  })
}

function setGenerated(source: string, name: string, generated: ColumnModel['generated'] | null): string {
  return edit(source, name, (table, column) => {
    const old = lastPart(column, 'generated')
    if (!generated) return removeParts(table, column, 'generated')
    const text = generatedText(generated).text
    return [old === undefined ? insertAfter(source, column.end, text) : { start: old.start, end: old.end, text }]
  })
}

/** AUTOINCREMENT, put after the PRIMARY KEY of the column or into the constraint's list. */
function setIdentity(source: string, name: string, on: boolean): string {
  const table = parseTable(source)
  const column = requireParsedColumn(table, name)
  const columnKey = lastPart(column, 'primaryKey')
  const tableKey = table.constraints.find((constraint) => constraint.kind === 'primaryKey')
  const auto = columnKey?.autoIncrement ?? (tableKey?.kind === 'primaryKey' ? tableKey.autoIncrement : undefined)
  if (!on) return auto === undefined ? source : splice(source, [removeSpan(source, auto)])
  if (auto !== undefined) return source
  const subject = `identity of ${table.name.name}.${name}`
  if (hasOption(table, 'withoutRowid')) unsupported(subject, 'a WITHOUT ROWID table has no AUTOINCREMENT')
  const key = primaryKeyOf(table)
  if (key?.columns.length !== 1 || !sameName(key.columns[0] ?? '', name)) {
    unsupported(subject, 'AUTOINCREMENT needs the column to be the primary key alone')
  }
  if (rowidAlias(table) === undefined) {
    const typed = setType(source, name, { type: { kind: 'integer', bits: 32 } })
    if (rowidAlias(parseTable(typed)) === undefined) unsupported(subject, 'the key is descending')
    return setIdentity(typed, name, true)
  }
  const end = columnKey?.end ?? (tableKey?.kind === 'primaryKey' ? tableKey.columns[0]?.end : undefined)
  return splice(source, [insertAfter(source, end ?? column.end, 'AUTOINCREMENT')])
}

/**
 * The text with what `change` says of one column; `after` is the column with the change made. What the change does not
 * say stays as it is. Throws UNSUPPORTED for comments and identities that SQLite cannot keep.
 */
export function alterColumnText(source: string, name: string, change: ColumnChange, after: ColumnModel): string {
  const strict = hasOption(parseTable(source), 'strict')
  const canonical = canonicaliseColumn(after, { strict })
  let text = source
  if (change.identity || change.onUpdate) requireColumn(after)
  if (change.comment !== undefined && change.comment !== null) {
    unsupported(
      `comment on column ${name}`,
      'SQLite stores no comments',
      'Record the comment with op.on() for the others.',
    )
  }
  if (change.type !== undefined || change.native !== undefined) {
    const spelled = change.native?.sqlite ?? (change.type?.kind === 'native' ? change.type.sql : undefined)
    // INTEGER would make a primary key the rowid.
    text = setType(text, name, canonical, spelled?.toUpperCase() === 'INT' ? 'INT' : undefined)
  }
  if (change.generated !== undefined) text = setGenerated(text, name, change.generated)
  if (change.nullable !== undefined) text = setNullable(text, name, after)
  if (change.default !== undefined) text = setDefault(text, name, canonical)
  if (change.collation !== undefined) text = setCollation(text, name, change.collation)
  if (change.identity) requireCountable(`identity of ${parseTable(source).name.name}.${name}`, after)
  if (change.identity !== undefined) text = setIdentity(text, name, change.identity !== null)
  return text
}

import {
  type ConstraintModel,
  checksum,
  type IndexModel,
  type TableModel,
  type TableRef,
  type TriggerModel,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { cursorOn, isSymbol } from '../../ddl/cursor.ts'
import { createHead } from '../../ddl/parse-table.ts'
import { isReadFromText } from '../../ddl/read-from-text.ts'
import { unsupported } from '../../ddl/unsupported.ts'
import { readIndex } from '../../introspect/indexes.ts'
import { readTable } from '../../introspect/tables.ts'
import { readTrigger } from '../../introspect/triggers.ts'
import { readView } from '../../introspect/views.ts'
import { foldName, isKeyword } from '../../sql/tokenize.ts'
import { createIndexText, createTableText, createViewText } from '../../types/definition-text.ts'
import { normalise } from '../normalise.ts'

/**
 * A CREATE text as SQLite keeps it: from the object's name on it is the author's, before it are the plain words; without
 * IF NOT EXISTS, the name of the database and a closing semicolon.
 */
function storedText(text: string, kind: 'TABLE' | 'INDEX' | 'VIEW' | 'TRIGGER'): string {
  const cursor = cursorOn(text)
  const [, second] = cursor.tokens
  if (isKeyword(second, 'TEMP') || isKeyword(second, 'TEMPORARY')) {
    return unsupported(`CREATE TEMP ${kind}`, 'a temporary object is gone with the connection')
  }
  const name = createHead(cursor, kind)
  const last = cursor.tokens.findLast((token) => !isSymbol(token, ';'))
  const unique = isKeyword(second, 'UNIQUE') ? 'UNIQUE ' : ''
  return `CREATE ${unique}${kind} ${text.slice(name.start, last?.end)}`
}

/** The model spells what a foreign key refers to as that table does, which its own text need not. */
function foldReferences(constraint: ConstraintModel): ConstraintModel {
  if (constraint.kind !== 'foreignKey') return constraint
  const { table, columns } = constraint.references
  return { ...constraint, references: { table: { name: foldName(table.name) }, columns: columns.map(foldName) } }
}

const shapeOf = (table: TableModel): string => {
  const { columns, constraints, options } = normalise(table)
  return checksum({ name: table.ref.name, columns, constraints: constraints.map(foldReferences), options })
}

/**
 * The text that creates a table: its own `source`, so that a table that was dropped comes back to the letter, unless the
 * model says something else by now; then the text is written from the model.
 */
export function tableSource(table: TableModel): string {
  const { source } = table
  if (source === undefined) return createTableText(table)
  if (isReadFromText(table) || shapeOf(readTable(source)) === shapeOf(table)) return storedText(source, 'TABLE')
  return createTableText(table)
}

/** The text that creates an index, by the same rule. */
export function indexSource(table: TableModel, index: IndexModel): string {
  const { source } = index
  if (source !== undefined && isReadFromText(table) && table.indexes.includes(index)) return storedText(source, 'INDEX')
  const shape = (item: IndexModel): string =>
    checksum({ ...normalise({ ...table, indexes: [item] }).indexes[0], source: undefined })
  if (source !== undefined) {
    const read = readIndex(
      source,
      table.columns.map(({ name }) => name),
    )
    if (shape(read) === shape(index)) return storedText(source, 'INDEX')
  }
  return createIndexText(table.ref, index)
}

const viewTexts = new WeakMap<ViewModel, string>()

/** The text that creates a view, by the same rule. Each rename of a table or a column asks for those of all views. */
export function viewSource(view: ViewModel): string {
  const known = viewTexts.get(view)
  if (known !== undefined) return known
  const text = viewText(view)
  viewTexts.set(view, text)
  return text
}

function viewText(view: ViewModel): string {
  const shape = ({ ref, columns, definition }: ViewModel): string => checksum({ name: ref.name, columns, definition })
  const { source } = view
  if (source !== undefined && shape(readView(source)) === shape(view)) return storedText(source, 'VIEW')
  return storedText(createViewText(view), 'VIEW')
}

/** The text that creates a trigger: the author's. */
export function triggerSource(trigger: TriggerModel): string {
  return storedText(trigger.definition, 'TRIGGER')
}

/** Whether a trigger's text says the same name and table as its model. */
export function triggerAgrees(trigger: TriggerModel): boolean {
  const read = readTrigger(trigger.definition)
  const same = (a: TableRef, b: TableRef): boolean => a.name.toLowerCase() === b.name.toLowerCase()
  return same(read, trigger) && same(read.table, trigger.table)
}

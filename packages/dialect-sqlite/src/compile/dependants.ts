import { isMigrateError, MigrateError, type SchemaModel, type TableRef } from '@org/migrate-core/dialect'
import { type BodyKind, mentionsTable, renameColumnInBody } from '../ddl/rename-in-body.ts'
import { moduleOption } from '../introspect/virtual.ts'
import { foldName, sameName } from '../sql/tokenize.ts'

interface Body {
  readonly name: string
  readonly text: string
  readonly kind: BodyKind
}

/** Views and triggers that work, without those that go with `dropped`. */
function bodies(model: SchemaModel, dropped: TableRef): readonly Body[] {
  const views = [...model.views.values()].flatMap(({ ref, source, definition, broken }): Body[] =>
    broken === true || sameName(ref.name, dropped.name)
      ? []
      : [{ name: `view ${ref.name}`, text: source ?? definition, kind: 'view' }],
  )
  const triggers = [...model.triggers.values()].map(
    ({ name, table, definition }): Body => ({
      name: `trigger ${name} on ${table.name}`,
      text: definition,
      kind: 'trigger',
    }),
  )
  return [...views, ...triggers]
}

/**
 * Full-text indexes without texts of their own, which read them from the table and its columns by their names:
 * https://www.sqlite.org/fts5.html#external_content_tables. Where a module is not loaded, its columns are not known.
 */
export function textIndexesOn({ tables }: SchemaModel, { name }: TableRef, column?: string): readonly string[] {
  return [...tables.values()].flatMap(({ ref, columns, opaque, source = '' }) => {
    if (opaque !== 'virtual' || !sameName(moduleOption(source, 'CONTENT') ?? '', name)) return []
    const read = [...columns.map((each) => each.name), moduleOption(source, 'CONTENT_ROWID') ?? '']
    const isRead = column === undefined || columns.length === 0 || read.some((each) => sameName(each, column))
    return isRead ? [`full-text index ${ref.name}`] : []
  })
}

function refuse(object: string, change: 'dropped' | 'renamed', dependants: readonly string[]): void {
  if (dependants.length === 0) return
  const one = dependants.length === 1
  throw new MigrateError(
    'DEPENDENT_OBJECTS',
    { object, dependants },
    `${object} cannot be ${change}: ${dependants.join(', ')} ${one ? 'reads' : 'read'} it, and would fail when used.`,
    {
      remedy: `In the same revision, drop ${one ? 'it' : 'them'} before the change (\`dropView\`, \`dropTrigger\`, \`dropTable\` for a full-text index), and create what is still needed after it.`,
    },
  )
}

/** SQLite drops a table or a view under any view and trigger that reads it, without a word. */
export function requireUnread(model: SchemaModel, ref: TableRef): void {
  const own = new Set(
    [...model.triggers.values()]
      .filter(({ table }) => sameName(table.name, ref.name))
      .map(({ name, table }) => `trigger ${name} on ${table.name}`),
  )
  const readers = bodies(model, ref).filter(
    ({ name, text, kind }) => !own.has(name) && mentionsTable(text, kind, ref.name),
  )
  refuse(
    ref.name,
    'dropped',
    readers.map(({ name }) => name),
  )
}

/** A body in which a name can have two meanings counts as one that reads what is dropped. */
function reads(find: () => boolean): boolean {
  try {
    return find()
  } catch (error) {
    if (isMigrateError(error)) return true
    throw error
  }
}

/** What reads a column, as far as its text names it: a view of `*` works without it. */
function columnReaders(model: SchemaModel, ref: TableRef, column: string): readonly Body[] {
  const columns = new Map([...model.tables.values()].map((table) => [foldName(table.ref.name), table.columns]))
  const columnsOf = (name: string): readonly string[] | undefined =>
    columns.get(foldName(name))?.map((each) => each.name)
  const change = { table: ref.name, from: column, to: `${column}_` }
  return bodies(model, ref).filter(
    ({ text, kind }) =>
      mentionsTable(text, kind, ref.name) && reads(() => renameColumnInBody(text, kind, change, columnsOf) !== text),
  )
}

export function requireColumnUnread(model: SchemaModel, ref: TableRef, column: string): void {
  refuse(`column ${ref.name}.${column}`, 'dropped', [
    ...columnReaders(model, ref, column).map(({ name }) => name),
    ...textIndexesOn(model, ref, column),
  ])
}

/** A table or one of its columns: SQLite follows a rename in views and triggers, not in a full-text index. */
export function requireNoTextIndex(model: SchemaModel, ref: TableRef, to: string, column?: string): void {
  if (sameName(column ?? ref.name, to)) return
  const object = column === undefined ? ref.name : `column ${ref.name}.${column}`
  refuse(object, 'renamed', textIndexesOn(model, ref, column))
}

const everyColumn = /(?:\bSELECT|\bDISTINCT|\bALL|[.,])\s*\*/i

/**
 * RENAME COLUMN follows in the SELECT of a view, and a result without a name of its own then has the new name (measured on 3.50); on other
 * servers a view shows it under the old one.
 */
export function renamedInViews(model: SchemaModel, ref: TableRef, column: string, to: string): string | undefined {
  const readers = new Set(columnReaders(model, ref, column).map(({ name }) => name))
  const views = [...model.views.values()].flatMap(
    ({ ref: { name }, columns, definition, source = definition, broken }) => {
      if (columns !== undefined || broken === true) return []
      const isRead =
        readers.has(`view ${name}`) || (everyColumn.test(source) && mentionsTable(source, 'view', ref.name))
      return isRead ? [name] : []
    },
  )
  if (views.length === 0) return undefined
  return `views that show ${ref.name}.${column} show it as ${to} from now on, unless they name it with AS: ${views.join(', ')}`
}

import { isMigrateError, MigrateError, type SchemaModel, type TableRef } from '@org/migrate-core/dialect'
import { type FollowedColumn, followColumn, isCaptured, readsThrough } from '../ddl/column-exposure.ts'
import { type BodyKind, mayMention, mentionsTable, parseBody, renameColumnInBody } from '../ddl/rename-in-body.ts'
import { moduleOption } from '../introspect/virtual.ts'
import { isRowidName } from '../sql/rowid-names.ts'
import { foldName, sameName } from '../sql/tokenize.ts'

interface Body {
  /** For messages. */
  readonly name: string
  /** The view, or the trigger's table. */
  readonly relation: string
  readonly text: string
  readonly kind: BodyKind
}

/** Views and triggers that work, without those that go with `dropped`. */
function bodies(model: SchemaModel, dropped?: TableRef): readonly Body[] {
  const views = [...model.views.values()].flatMap(({ ref, source, definition, broken }): Body[] =>
    broken === true || (dropped !== undefined && sameName(ref.name, dropped.name))
      ? []
      : [{ name: `view ${ref.name}`, relation: ref.name, text: source ?? definition, kind: 'view' }],
  )
  const triggers = [...model.triggers.values()].map(
    ({ name, table, definition }): Body => ({
      name: `trigger ${name} on ${table.name}`,
      relation: table.name,
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

/** Views and triggers that name the table, or a view that they read it by. */
function bodiesAround(model: SchemaModel, { name }: TableRef): readonly Body[] {
  const names = [name]
  const all = bodies(model)
  const around = new Set<Body>()
  for (const relation of names) {
    for (const body of all) {
      if (around.has(body) || !mayMention(body.text, relation)) continue
      around.add(body)
      if (body.kind === 'view') names.push(body.relation)
    }
  }
  return all.filter((body) => around.has(body))
}

interface Refusal {
  readonly object: string
  /** What cannot happen to it. */
  readonly change: string
  readonly why?: string
  readonly remedy?: string
}

function refuse({ object, change, why, remedy }: Refusal, dependants: readonly string[]): void {
  if (dependants.length === 0) return
  const one = dependants.length === 1
  const reason = why ?? `${one ? 'reads' : 'read'} it, and would fail when used`
  throw new MigrateError(
    'DEPENDENT_OBJECTS',
    { object, dependants },
    `${object} cannot be ${change}: ${dependants.join(', ')} ${reason}.`,
    {
      remedy:
        remedy ??
        `In the same revision, drop ${one ? 'it' : 'them'} before the change (\`dropView\`, \`dropTrigger\`, \`dropTable\` for a full-text index), and create what is still needed after it.`,
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
    { object: ref.name, change: 'dropped' },
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

const columnObject = ({ name }: TableRef, column: string): string => `column ${name}.${column}`

/** What reads a column, also by another view: a view of `*` works without it. */
function columnReaders(model: SchemaModel, ref: TableRef, column: string): readonly Body[] {
  const columns = new Map([...model.tables.values()].map((table) => [foldName(table.ref.name), table.columns]))
  const columnsOf = (name: string): readonly string[] | undefined =>
    columns.get(foldName(name))?.map((each) => each.name)
  const change = { table: ref.name, from: column, to: `${column}_` }
  const followed = followColumn(model, ref, column)
  return bodiesAround(model, ref).filter(
    ({ text, kind }) =>
      (mentionsTable(text, kind, ref.name) &&
        reads(() => renameColumnInBody(text, kind, change, columnsOf) !== text)) ||
      readsThrough(parseBody(text, kind), followed),
  )
}

export function requireColumnUnread(model: SchemaModel, ref: TableRef, column: string): void {
  refuse({ object: columnObject(ref, column), change: 'dropped' }, [
    ...columnReaders(model, ref, column).map(({ name }) => name),
    ...textIndexesOn(model, ref, column),
  ])
}

/** A table or one of its columns: SQLite follows a rename in views and triggers, not in a full-text index. */
export function requireNoTextIndex(model: SchemaModel, ref: TableRef, to: string, column?: string): void {
  if (sameName(column ?? ref.name, to)) return
  const object = column === undefined ? ref.name : columnObject(ref, column)
  refuse({ object, change: 'renamed' }, textIndexesOn(model, ref, column))
}

/** Bodies in which the column's new name means, or would be, another column. SQLite checks none of them when a column is added. */
function captured(
  model: SchemaModel,
  ref: TableRef,
  gained: FollowedColumn,
  current: FollowedColumn,
): readonly string[] {
  return bodiesAround(model, ref).flatMap(({ name, relation, text, kind }) => {
    const isShownTwo =
      kind === 'view' && gained.ofRelation(relation) === 'followed' && current.ofRelation(relation) === 'other'
    return isShownTwo || isCaptured(parseBody(text, kind), gained, current) ? [name] : []
  })
}

function refuseCaptured(
  ref: TableRef,
  { column, name }: { readonly column: string; readonly name: string },
  change: string,
  dependants: readonly string[],
): void {
  const [uses, it] = dependants.length === 1 ? ['uses', 'it'] : ['use', 'them']
  refuse(
    {
      object: columnObject(ref, column),
      change,
      why: `${uses} that name for another column, and would show other values or fail`,
      remedy: isRowidName(name)
        ? `In the same revision, drop ${it} before the change (\`dropView\`, \`dropTrigger\`), and create ${it} after it with another name of the hidden rowid: rowid, oid or _rowid_.`
        : `In the same revision, drop ${it} before the change (\`dropView\`, \`dropTrigger\`), and create ${it} after it with the table before the name.`,
    },
    dependants,
  )
}

/** In a view or a trigger, the name of a new column can mean another column now. */
export function requireNameUnused(before: SchemaModel, after: SchemaModel, ref: TableRef, column: string): void {
  const [gained, current] = [followColumn(after, ref, column), followColumn(before, ref, column)]
  refuseCaptured(ref, { column, name: column }, 'added', captured(before, ref, gained, current))
}

/**
 * RENAME COLUMN follows where a view or a trigger names the table's column. It fails where one names it by another view or a subquery, which
 * then shows it under the new name; and the new name may mean another column there.
 */
export function requireRenameFollowed(model: SchemaModel, ref: TableRef, column: string, to: string): void {
  if (sameName(column, to)) return
  const followed = followColumn(model, ref, column)
  const readers = bodiesAround(model, ref).filter(({ text, kind }) => readsThrough(parseBody(text, kind), followed))
  const [names, it] = readers.length === 1 ? ['names', 'it'] : ['name', 'them']
  refuse(
    {
      object: columnObject(ref, column),
      change: 'renamed',
      why: `${names} it by a view, a subquery or a join that shows it, where SQLite does not follow a rename`,
      remedy: `In the same revision, drop ${it} before the rename (\`dropView\`, \`dropTrigger\`), and create ${it} after it with the new name. Or give the column its present name with AS in the view or subquery that shows it.`,
    },
    readers.map(({ name }) => name),
  )
  refuseCaptured(
    ref,
    { column, name: to },
    `renamed to ${to}`,
    captured(model, ref, followed, followColumn(model, ref, to)),
  )
}

/**
 * RENAME COLUMN follows in the SELECT of a view, and a result without a name of its own then has the new name (measured on 3.50); on other
 * servers a view shows it under the old one.
 */
export function renamedInViews(model: SchemaModel, ref: TableRef, column: string, to: string): string | undefined {
  const { ofRelation } = followColumn(model, ref, column)
  const views = bodiesAround(model, ref).flatMap(({ kind, relation }) =>
    kind === 'view' && ofRelation(relation) === 'followed' ? [relation] : [],
  )
  if (views.length === 0) return undefined
  return `views that show ${ref.name}.${column} show it as ${to} from now on, unless they name it with AS: ${views.join(', ')}`
}

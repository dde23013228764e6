import {
  type ColumnModel,
  type ConstraintModel,
  type ConstraintOf,
  type Dialect,
  findTable,
  type IndexElement,
  type IndexModel,
  type PolicyModel,
  type ReferentialAction,
  type TableModel,
} from '@org/migrate-core/dialect'
import { array, type Code, call, literal, objectOf, onOwnLines, string, verbatimCode } from '../../render/code.ts'
import { type Document, list } from '../../render/document.ts'
import { memberName } from '../../render/source-text.ts'
import type { UndeclaredObject } from '../undeclared.ts'
import { withoutUsualNames } from '../usual-names.ts'
import { columnCode, quoted } from './columns.ts'
import { callWith, chain, type DrizzleWriting, functionOf } from './writing.ts'

const actions: { readonly [A in ReferentialAction]: string } = {
  noAction: 'no action',
  restrict: 'restrict',
  cascade: 'cascade',
  setNull: 'set null',
  setDefault: 'set default',
}

/** `t.id`, or `t['a-b']`. */
function member(of: string, key: string | undefined): Code {
  const name = memberName(key ?? '')
  return verbatimCode(name === key ? `${of}.${name}` : `${of}[${name}]`)
}

const columnsOf = (
  of: string,
  table: TableModel,
  columns: readonly string[],
  { keysOf }: DrizzleWriting,
): readonly Code[] => columns.map((name) => member(of, keysOf(table).get(name)))

/** The key that is declared with its column: one column, without a name of its own. */
function inlineKey(table: TableModel, { dialect }: DrizzleWriting): string | undefined {
  const key = withoutUsualNames(dialect, table).constraints.find(({ kind }) => kind === 'primaryKey')
  if (key?.kind !== 'primaryKey') return undefined
  const [name, more] = key.columns
  const column = more === undefined ? table.columns.find((one) => one.name === name) : undefined
  // Drizzle's `primaryKey()` says NOT NULL, which SQLite does not imply.
  if (column === undefined || column.nullable) return undefined
  const isCounted = column.identity?.mode === 'autoIncrement'
  return key.name === undefined || isCounted ? name : undefined
}

const named = (name: string | undefined): readonly Code[] => (name === undefined ? [] : [string(name)])

function foreignKey(key: ConstraintOf<'foreignKey'>, table: TableModel, writing: DrizzleWriting): Code {
  const target = findTable(writing.schema, key.references.table) ?? table
  const isOwn = target.ref.name === table.ref.name && target.ref.schema === table.ref.schema
  const keyOf = target.constraints.find(({ kind }) => kind === 'primaryKey') as ConstraintOf<'primaryKey'> | undefined
  const columns = key.references.columns.length === 0 ? (keyOf?.columns ?? []) : key.references.columns
  const options = objectOf([
    ['name', key.name === undefined ? undefined : string(key.name)],
    ['columns', array(columnsOf('t', table, key.columns, writing))],
    ['foreignColumns', array(columnsOf(isOwn ? 't' : writing.nameOf('table', target.ref), target, columns, writing))],
  ])
  const changes = (['onDelete', 'onUpdate'] as const).flatMap((event) => {
    const action = key[event]
    return action === undefined ? [] : [call(event, [string(actions[action])])]
  })
  return chain(call(writing.uses('foreignKey'), [options]), changes)
}

type Parts = {
  readonly [K in ConstraintModel['kind']]: (
    one: ConstraintOf<K>,
    table: TableModel,
    writing: DrizzleWriting,
  ) => Code | undefined
}

const constraints: Parts = {
  primaryKey: ({ name, columns }, table, writing) =>
    call(writing.uses('primaryKey'), [
      objectOf([
        ['name', name === undefined ? undefined : string(name)],
        ['columns', array(columnsOf('t', table, columns, writing))],
      ]),
    ]),
  unique: ({ name, columns, nullsNotDistinct }, table, writing) =>
    chain(call(writing.uses('unique'), named(name)), [
      call('on', columnsOf('t', table, columns, writing)),
      ...(nullsNotDistinct ? [verbatimCode('nullsNotDistinct()')] : []),
    ]),
  check: ({ name = '', expression }, _table, writing) =>
    call(writing.uses('check'), [string(name), writing.sql(expression)]),
  foreignKey,
  exclude: () => undefined,
}

/** An enum that is no type of the server: text, and a CHECK by whose form or name it is known again. */
function enumCheck({ name, type }: ColumnModel, { ref }: TableModel, writing: DrizzleWriting): Code | undefined {
  const { dialect } = writing
  if (type.kind !== 'enum' || type.name !== undefined || dialect.name === 'mysql') return undefined
  const values = type.values.map((value) => quoted(value, writing)).join(', ')
  const expression = writing.sql(`${dialect.sql.quote.identifier(name).text} IN (${values})`)
  const own = dialect.name === 'postgres' ? `${ref.name}_${name}_enum` : ''
  return call(writing.uses('check'), [string(own), expression])
}

/** An element as SQL has it: Drizzle has no function for a collation, a length, or the order of an expression. */
function elementText(element: IndexElement, { name, sql }: Dialect): string {
  const { column, expression = '', prefixLength, collation, operatorClass, order, nulls } = element
  const quote = (text: string): string => sql.quote.identifier(text).text
  const isBare = order === undefined && nulls === undefined && collation === undefined && operatorClass === undefined
  const term = column === undefined ? (isBare && name !== 'mysql' ? expression : `(${expression})`) : quote(column)
  return [
    prefixLength === undefined ? term : `${term}(${prefixLength})`,
    ...(collation === undefined ? [] : [`COLLATE ${name === 'sqlite' ? collation : quote(collation)}`]),
    ...(operatorClass === undefined ? [] : [operatorClass]),
    ...(order === undefined ? [] : [order.toUpperCase()]),
    ...(nulls === undefined ? [] : [`NULLS ${nulls.toUpperCase()}`]),
  ].join(' ')
}

/** An element of an index: with Drizzle's functions where they express it, else as SQL. */
function elementOf(element: IndexElement, table: TableModel, isOnly: boolean, writing: DrizzleWriting): Code {
  const { column, expression: _, ...options } = element
  const isPlain = Object.values(options).every((value) => value === undefined)
  if (column !== undefined && isPlain) return member('t', writing.keysOf(table).get(column))
  const isExpressible =
    column !== undefined && isOnly && element.collation === undefined && element.prefixLength === undefined
  if (writing.dialect.name !== 'postgres' || !isExpressible) return writing.sql(elementText(element, writing.dialect))
  const { order, nulls = order === 'desc' ? 'first' : undefined, operatorClass } = element
  return chain(member('t', writing.keysOf(table).get(column)), [
    ...(order === undefined ? [] : [verbatimCode(`${order}()`)]),
    ...(nulls === undefined ? [] : [verbatimCode(nulls === 'first' ? 'nullsFirst()' : 'nullsLast()')]),
    ...(operatorClass === undefined ? [] : [call('op', [string(operatorClass)])]),
  ])
}

function index(
  { name, unique, elements, where, method, options }: IndexModel,
  table: TableModel,
  writing: DrizzleWriting,
): Code {
  // Drizzle keeps the options of an element on its column: with two of one column they would mix.
  const isOnly = ({ column }: IndexElement): boolean => elements.filter((one) => one.column === column).length === 1
  const given = elements.map((element) => elementOf(element, table, isOnly(element), writing))
  const isPostgres = writing.dialect.name === 'postgres'
  const methods = [
    isPostgres && method !== undefined ? call('using', [string(method), ...given]) : call('on', given),
    !isPostgres && method !== undefined ? call('using', [string(method)]) : undefined,
    where === undefined ? undefined : call('where', [writing.sql(where)]),
    options === undefined ? undefined : call('with', [literal(options)]),
  ]
  const start = call(writing.uses(unique ? 'uniqueIndex' : 'index'), [string(name)])
  return chain(
    start,
    methods.filter((one) => one !== undefined),
  )
}

function policy({ name, as, for: command, to, using, withCheck }: PolicyModel, writing: DrizzleWriting): Code {
  return callWith(writing.uses('pgPolicy'), [string(name)], {
    as: string(as),
    for: string(command),
    to: literal(to.length === 1 ? to[0] : to),
    using: using === undefined ? undefined : writing.sql(using),
    withCheck: withCheck === undefined ? undefined : writing.sql(withCheck),
  })
}

/** Whether a key refers to a table that comes later, so that the types of both would depend on each other. */
const refersAhead = (table: TableModel, later: ReadonlySet<TableModel>, { schema }: DrizzleWriting): boolean =>
  table.constraints.some((one) => {
    const target = one.kind === 'foreignKey' ? findTable(schema, one.references.table) : undefined
    return target !== undefined && target !== table && later.has(target)
  })

interface TableCode {
  readonly document: Document
  readonly undeclared: readonly UndeclaredObject[]
}

/** The statement that declares a table. `later`: the tables that come after it. */
export function tableCode(
  table: TableModel,
  later: ReadonlySet<TableModel>,
  isExported: boolean,
  writing: DrizzleWriting,
): TableCode {
  const key = inlineKey(table, writing)
  const columns = table.columns.map((column) => ({
    column,
    ...columnCode(column, table, column.name === key, writing),
  }))
  const members = objectOf(
    columns.map(({ column, code }) => [writing.keysOf(table).get(column.name) ?? '', code] as const),
  )
  const parts = [
    ...table.constraints.flatMap((one) => {
      if (one.kind === 'primaryKey' && key !== undefined) return []
      const write = constraints[one.kind] as (
        one: ConstraintModel,
        table: TableModel,
        writing: DrizzleWriting,
      ) => Code | undefined
      return write(one, table, writing) ?? []
    }),
    ...table.columns.flatMap((column) => enumCheck(column, table, writing) ?? []),
    ...table.indexes.map((one) => index(one, table, writing)),
    ...(table.policies ?? []).map((one) => policy(one, writing)),
  ]
  const type = refersAhead(table, later, writing) ? `: ${writing.uses(writing.vocabulary.part)}[]` : ''
  const callback = `(t)${type} => `
  const { document, ...shape } = array(parts)
  const extra = parts.length === 0 ? [] : [{ ...shape, document: list(callback, document) }]
  const statement = chain(
    call(functionOf(writing, table.ref, writing.vocabulary.table, 'table'), [
      string(table.ref.name),
      onOwnLines(members),
      ...extra,
    ]),
    table.rowSecurity?.enabled && (table.policies ?? []).length === 0 ? [verbatimCode('enableRLS()')] : [],
  )
  const name = `${isExported ? 'export ' : ''}const ${writing.nameOf('table', table.ref)} = `
  return { document: list(name, statement.document), undeclared: columns.flatMap(({ undeclared }) => undeclared) }
}

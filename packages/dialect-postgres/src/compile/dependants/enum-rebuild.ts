import {
  type ColumnModel,
  type ConstraintModel,
  join,
  type OperationOf,
  type SchemaModel,
  type SqlFragment,
  type Statement,
  sql,
  type TableModel,
  type TableRef,
} from '@org/migrate-core/dialect'
import { mentions } from '../../sql/names-in.ts'
import { quote } from '../../sql/quote.ts'
import type { Features } from '../../sql/version.ts'
import { canonicaliseColumn, typeOf } from '../../types/canonicalise.ts'
import { enumUse, holdsEnumValue } from '../../types/enum-columns.ts'
import { dropNamed, restoreConstraint } from '../constraints.ts'
import { defaultValue } from '../definitions/definitions.ts'
import { createIndex, dropIndex } from '../indexes.ts'
import { alterTable, columnOf, enumOf, refText, sameRef, statement, tableOf } from '../statements.ts'
import { refuseDependants, refuseEnum, refuseGenerated, surroundings } from './dependants.ts'
import { extraStatements, requireRestorable } from './extras.ts'
import { restoreSettings } from './settings.ts'

interface Rebuild {
  readonly operation: OperationOf<'alterEnum'>
  readonly before: SchemaModel
  readonly after: SchemaModel
  readonly values: readonly string[]
  readonly features: Features
}

interface User {
  readonly table: TableModel
  readonly columns: readonly { readonly column: ColumnModel; readonly array: boolean }[]
}

/** The tables with columns of the enum or of its array. A partition follows its parent. */
function usersOf(model: SchemaModel, ref: TableRef): readonly User[] {
  return [...model.tables.values()].flatMap((table) => {
    if (table.opaque === 'partition') return []
    const columns = table.columns.flatMap((column) => {
      const use = enumUse(model, table.ref, typeOf(column), ref)
      return use === undefined ? [] : [{ column, array: use === 'array' }]
    })
    return columns.length === 0 ? [] : [{ table, columns }]
  })
}

type Replacements = readonly { readonly value: string; readonly replaceBy?: string }[]

/** The old value as text, with the values that go replaced. No subquery may stand in USING: arrays go value by value. */
function converted(column: SqlFragment, array: boolean, type: SqlFragment, drop: Replacements): SqlFragment {
  const pairs = drop.flatMap(({ value, replaceBy }) =>
    replaceBy === undefined ? [] : [{ from: quote.literal(value), to: quote.literal(replaceBy) }],
  )
  if (array) {
    const text = pairs.reduce(
      (inner, { from, to }) => sql`array_replace(${inner}, ${from}, ${to})`,
      sql`${column}::text[]`,
    )
    return sql`${text}::${type}[]`
  }
  if (pairs.length === 0) return sql`${column}::text::${type}`
  const whens = join(
    pairs.map(({ from, to }) => sql`WHEN ${from} THEN ${to}`),
    ' ',
  )
  return sql`(CASE ${column}::text ${whens} ELSE ${column}::text END)::${type}`
}

/** Rows that hold a value which goes, and for which there is no other, are named before anything is changed. */
function leftOver({ table, columns }: User, drop: Replacements): readonly Statement[] {
  const removedValues = drop.flatMap(({ value, replaceBy }) => (replaceBy === undefined ? [value] : []))
  if (removedValues.length === 0) return []
  return columns.map(({ column, array }) => {
    const holds = holdsEnumValue(quote.identifier(column.name), array, removedValues)
    return statement(sql`SELECT * FROM ${quote.table(table.ref)} WHERE ${holds} LIMIT 5`, [table.ref], {
      expectEmpty: `rows with ${removedValues.map((value) => `'${value}'`).join(', ')} in ${refText(table.ref)}.${column.name}`,
      remedy: 'Say with `replaceBy` which value they get, or change the rows before.',
    })
  })
}

function retype({ table, columns }: User, { operation, after }: Rebuild): Statement {
  const type = quote.table(operation.enum)
  const now = tableOf(after, table.ref)
  const actions = columns.flatMap(({ column, array }) => {
    const name = quote.identifier(column.name)
    const default_ = canonicaliseColumn(columnOf(now, column.name)).default
    const alter = (action: SqlFragment): SqlFragment => sql`ALTER COLUMN ${name} ${action}`
    const target = array ? sql`${type}[]` : type
    return [
      ...(canonicaliseColumn(column).default === undefined ? [] : [alter(sql`DROP DEFAULT`)]),
      alter(sql`TYPE ${target} USING ${converted(name, array, type, operation.drop ?? [])}`),
      ...(default_ === undefined ? [] : [alter(sql`SET DEFAULT ${defaultValue(default_)}`)]),
    ]
  })
  return alterTable(table.ref, join(actions), { note: `rewrite ${refText(table.ref)}` })
}

const columnsOf = (user: User): readonly string[] => user.columns.map(({ column }) => column.name)

/** Texts that compare the column with a value of the old type could not be read against the new one. */
function isText(expressions: readonly (string | undefined)[], names: readonly string[]): boolean {
  return expressions.some((text) => text !== undefined && names.some((name) => mentions(text, name)))
}

/** The names that a text of a table may know the type by: its columns', and its own, in a cast. */
function namesFor(user: User | undefined, type: TableRef): readonly string[] {
  return user === undefined ? [] : [...columnsOf(user), type.name]
}

function mustGo(constraint: ConstraintModel, table: TableRef, users: readonly User[], type: TableRef): boolean {
  const own = users.find((user) => sameRef(user.table.ref, table))
  const columns = namesFor(own, type)
  if (constraint.kind === 'check') return isText([constraint.expression], columns)
  if (constraint.kind === 'exclude') {
    return isText([constraint.where, ...constraint.elements.map(({ expression }) => expression)], columns)
  }
  if (constraint.kind !== 'foreignKey') return false
  const target = users.find((user) => sameRef(user.table.ref, constraint.references.table))
  return (
    constraint.columns.some((column) => columns.includes(column)) ||
    (target !== undefined && constraint.references.columns.some((column) => columnsOf(target).includes(column)))
  )
}

/** Checks, foreign keys and indexes that could not stay while the types on their two sides differ. */
function keysAndIndexes(model: SchemaModel, users: readonly User[], type: TableRef, features: Features) {
  const tables = [...model.tables.values()].filter(({ opaque }) => opaque === undefined)
  const constraints = tables.flatMap(({ ref, constraints: all }) =>
    all.filter((one) => mustGo(one, ref, users, type)).map((one) => ({ ref, one })),
  )
  const indexes = users.flatMap((user) =>
    user.table.indexes
      .filter(({ where, elements }) =>
        isText([where, ...elements.map(({ expression }) => expression)], namesFor(user, type)),
      )
      .map((index) => ({ ref: user.table.ref, index })),
  )
  return {
    away: [
      ...constraints.map(({ ref, one }) => dropNamed(ref, one)),
      ...indexes.map(({ ref, index }) => dropIndex(ref, index.name)),
    ],
    back: [
      ...indexes.flatMap(({ ref, index }) => createIndex({ table: ref, index }, features)),
      ...constraints.flatMap(({ ref, one }) => restoreConstraint(ref, one, features)),
    ],
  }
}

/** In the way of nothing: no name of a user begins so. */
export const oldEnumName = '_migrate_old_enum'

/**
 * Values are taken away from an enum by a new type of its name: the columns go over to it, value by value, and the old type
 * goes. Everything that names the columns with values of the old type goes before and comes back after.
 */
export function rebuildEnum(rebuild: Rebuild): readonly Statement[] {
  const { operation, before, values, features } = rebuild
  const drop = operation.drop ?? []
  const users = usersOf(before, operation.enum)
  const type = quote.table(operation.enum)
  const old = quote.table({ ...operation.enum, name: oldEnumName })
  const enumModel = enumOf(before, operation.enum)
  requireRestorable(`enum ${refText(operation.enum)}`, enumModel)
  refuseEnum(enumModel)
  for (const user of users) {
    for (const column of columnsOf(user)) {
      refuseGenerated(before, user.table.ref, column, true)
      refuseDependants(before, user.table.ref, column, 'of a new type', columnOf(user.table, column).ofHeirs)
    }
  }
  const surrounding = surroundings(before, [
    ...users.map((user) => ({ table: user.table.ref, columns: namesFor(user, operation.enum) })),
    // Views that name the type itself, in a cast.
    { table: operation.enum, columns: undefined },
  ])
  const keys = keysAndIndexes(before, users, operation.enum, features)
  return [
    ...users.flatMap((user) => leftOver(user, drop)),
    ...surrounding.away,
    ...keys.away,
    statement(sql`ALTER TYPE ${type} RENAME TO ${quote.identifier(oldEnumName)}`, []),
    statement(sql`CREATE TYPE ${type} AS ENUM (${join(values.map((value) => quote.literal(value)))})`, []),
    ...users.map((user) => retype(user, rebuild)),
    statement(sql`DROP TYPE ${old}`, []),
    ...extraStatements(enumModel.extras, { table: operation.enum }),
    ...keys.back,
    ...users.flatMap((user) => restoreSettings(user.table, columnsOf(user))),
    ...surrounding.back,
  ]
}

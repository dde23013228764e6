import type { ColumnModel, ConstraintModel, Deferrable, TableModel } from '@org/migrate-core/dialect'
import { assign, putTable, tableKey } from '@org/migrate-core/dialect'
import { keyType, type Making } from '../../../../packages/conformance/src/random/columns.ts'
import { canBeReferred, foreignKey } from '../../../../packages/conformance/src/random/tables.ts'
import {
  freeColumns,
  keysTo,
  type Mutation,
  type Mutations,
  ofConstraint,
  ofIndex,
  ofSchema,
  ofTable,
  primaryKeyOf,
  tablesOf,
} from './draft.ts'

type Kind = ConstraintModel['kind']
type PutOff = Extract<ConstraintModel, { kind: 'unique' | 'primaryKey' | 'foreignKey' }>

const number = { kind: 'integer', bits: 32 } as const

const dropped = (kind: Kind, on?: Mutation['on']): Mutation =>
  ofTable((table, { random }) => {
    const candidates = table.constraints.filter((one) => one.kind === kind)
    if (candidates.length === 0) return undefined
    const removed = random.pick(candidates)
    return { ...table, constraints: table.constraints.filter((one) => one !== removed) }
  }, on)

/** Columns of few enough bytes for a key, whose values can be compared. */
const keyable = ({ type }: ColumnModel): boolean =>
  ['integer', 'uuid', 'date'].includes(type.kind) || (type.kind === 'varchar' && (type.length ?? 255) <= 60)

/** MariaDB takes no CHECK over a column that a foreign key may change, and none over one that counts. */
const isCheckable =
  ({ constraints }: TableModel) =>
  ({ name, type, identity, generated }: ColumnModel): boolean =>
    type.kind === 'integer' &&
    identity === undefined &&
    generated === undefined &&
    !constraints.some((one) => one.kind === 'foreignKey' && one.columns.includes(name))

const withPrimaryKey = (table: TableModel, columns: readonly string[] | undefined): TableModel => {
  const otherConstraints = table.constraints.filter(({ kind }) => kind !== 'primaryKey')
  return {
    ...table,
    constraints: columns === undefined ? otherConstraints : [{ kind: 'primaryKey', columns }, ...otherConstraints],
  }
}

const isReferred = (model: Parameters<typeof keysTo>[0], table: TableModel): boolean =>
  keysTo(model, table.ref).length > 0

const counts = ({ columns }: TableModel): boolean => columns.some(({ identity }) => identity !== undefined)

/** Another word of how a constraint is put off, or none. */
function otherwise({ random }: Making, deferrable: Deferrable | undefined): Deferrable | undefined {
  return random.pick(([undefined, 'immediate', 'deferred'] as const).filter((one) => one !== deferrable))
}

const putOff = (kind: PutOff['kind']): Mutation =>
  ofTable(
    (table, making, _called, model) => {
      // A key that is checked later cannot be referred to.
      if (kind !== 'foreignKey' && isReferred(model, table)) return undefined
      const candidates = table.constraints.find((one): one is PutOff => one.kind === kind)
      if (candidates === undefined) return undefined
      const changed = assign(candidates, 'deferrable', otherwise(making, candidates.deferrable))
      return { ...table, constraints: table.constraints.map((one) => (one === candidates ? changed : one)) }
    },
    ({ deferrable }) => deferrable.includes(kind),
  )

export const keyMutations: Mutations = {
  'primary key turned round': ofTable((table, _making, _called, model) => {
    const columns = primaryKeyOf(table)?.columns ?? []
    return columns.length < 2 || isReferred(model, table) || counts(table)
      ? undefined
      : withPrimaryKey(table, [...columns].reverse())
  }),
  'primary key widened': ofTable((table, making, _called, model) => {
    const columns = primaryKeyOf(table)?.columns
    const more = freeColumns(model, table, making.fragments).find(keyable)
    if (columns === undefined || more === undefined || isReferred(model, table) || counts(table)) return undefined
    const wider = table.columns.map((one) => (one === more ? { ...one, nullable: false } : one))
    return withPrimaryKey({ ...table, columns: wider }, [...columns, more.name])
  }),
  'primary key dropped': ofTable((table, _making, _called, model) =>
    primaryKeyOf(table) === undefined || isReferred(model, table) || counts(table)
      ? undefined
      : withPrimaryKey(table, undefined),
  ),
  'primary key moved': ofTable((table, making, called, model) => {
    if (isReferred(model, table) || counts(table)) return undefined
    const column: ColumnModel = { name: called('column'), type: keyType(making), nullable: false }
    return withPrimaryKey({ ...table, columns: [...table.columns, column] }, [column.name])
  }),
  'primary key deferrable or not': putOff('primaryKey'),
  'unique added': ofTable((table, making, called, model) => {
    const fit = freeColumns(model, table, making.fragments).filter(keyable)
    if (fit.length === 0) return undefined
    const columns = making.random.sample(fit, making.random.int(1, 2)).map(({ name }) => name)
    return { ...table, constraints: [...table.constraints, { kind: 'unique', name: called('unique'), columns }] }
  }),
  'unique dropped': dropped('unique'),
  'unique turned into an index': ofTable((table, { random }, called) => {
    const candidates = table.constraints.flatMap((one) => (one.kind === 'unique' ? [one] : []))
    if (candidates.length === 0) return undefined
    const removed = random.pick(candidates)
    const elements = removed.columns.map((column) => ({ column }))
    return {
      ...table,
      constraints: table.constraints.filter((one) => one !== removed),
      indexes: [...table.indexes, { name: called('index'), unique: true, elements }],
    }
  }),
  'unique deferrable or not': putOff('unique'),
  'nulls distinct or not': ofConstraint(
    (one) =>
      one.kind === 'unique' ? assign(one, 'nullsNotDistinct', one.nullsNotDistinct ? undefined : true) : undefined,
    ({ nullsNotDistinct }) => nullsNotDistinct,
  ),
  'check added': ofTable((table, { fragments, random }, called) => {
    const fit = table.columns.filter(isCheckable(table))
    if (fit.length === 0) return undefined
    const expression = `${fragments.quoted(random.pick(fit).name)} < 1000000`
    return { ...table, constraints: [...table.constraints, { kind: 'check', name: called('check'), expression }] }
  }),
  'check dropped': dropped('check'),
  'check changed': ofConstraint((one, { fragments, random }, table) => {
    const fit = table.columns.filter(isCheckable(table))
    if (one.kind !== 'check' || fit.length === 0) return undefined
    return { ...one, expression: `${fragments.quoted(random.pick(fit).name)} <> 12345` }
  }),
  'constraint renamed': ofConstraint((one, { features }, _table, called) => {
    if (one.name === undefined || one.kind === 'primaryKey') return undefined
    return one.kind === 'unique' || one.kind === 'foreignKey' || features.schemas
      ? { ...one, name: called(one.kind) }
      : { ...one, name: called('check') }
  }),
  'exclusion added': ofTable(
    (table, { fragments }, called) => {
      const column = called('column')
      return {
        ...table,
        columns: [...table.columns, { name: column, type: number, nullable: true }],
        constraints: [
          ...table.constraints,
          {
            kind: 'exclude',
            name: called('exclusion'),
            method: 'btree',
            elements: [{ expression: fragments.quoted(column), operator: '=' }],
          },
        ],
      }
    },
    ({ exclude }) => exclude,
  ),
  'exclusion changed': ofConstraint(
    (one) => {
      if (one.kind !== 'exclude') return undefined
      const where = one.where === undefined ? `${one.elements[0]?.expression} > 100` : undefined
      return assign(one, 'where', where)
    },
    ({ exclude }) => exclude,
  ),
  'exclusion dropped': dropped('exclude', ({ exclude }) => exclude),
  'foreign key added': ofTable((table, making, called, model) => {
    const targets = tablesOf(model).filter((one) => canBeReferred(one) && primaryKeyOf(one) !== undefined)
    if (targets.length === 0) return undefined
    const { columns, constraint } = foreignKey(making, table, making.random.pick(targets), called)
    return { ...table, columns: [...table.columns, ...columns], constraints: [...table.constraints, constraint] }
  }),
  'foreign keys in a circle added': ofSchema((model, making, called) => {
    const fit = tablesOf(model).filter((one) => canBeReferred(one) && primaryKeyOf(one) !== undefined)
    const [one, other] = making.random.sample(fit, 2)
    if (one === undefined || other === undefined) return undefined
    let result = model
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      const { columns, constraint } = foreignKey(making, from, to, called)
      const now = result.tables.get(tableKey(from.ref)) ?? from
      result = putTable(result, {
        ...now,
        columns: [...now.columns, ...columns],
        constraints: [...now.constraints, constraint],
      })
    }
    return result
  }),
  'foreign key dropped': dropped('foreignKey'),
  'foreign key changed': ofConstraint((one) =>
    one.kind === 'foreignKey' ? { ...one, onDelete: one.onDelete === 'cascade' ? 'setNull' : 'cascade' } : undefined,
  ),
  'foreign key leads elsewhere': ofTable((table, making, called, model) => {
    const keys = table.constraints.flatMap((one) => (one.kind === 'foreignKey' ? [one] : []))
    const targets = tablesOf(model).filter((one) => canBeReferred(one) && primaryKeyOf(one) !== undefined)
    if (keys.length === 0 || targets.length === 0) return undefined
    const removed = making.random.pick(keys)
    const { columns, constraint } = foreignKey(making, table, making.random.pick(targets), called)
    return {
      ...table,
      columns: [...table.columns, ...columns],
      constraints: [
        ...table.constraints.filter((one) => one !== removed),
        { ...constraint, name: removed.name ?? called('foreign') },
      ],
    }
  }),
  'foreign key deferrable or not': putOff('foreignKey'),
  'index added': ofTable((table, { random }, called) => {
    const fit = table.columns.filter(keyable)
    if (fit.length === 0) return undefined
    const elements = random.sample(fit, random.int(1, 2)).map(({ name }) => ({ column: name }))
    return { ...table, indexes: [...table.indexes, { name: called('index'), unique: false, elements }] }
  }),
  'index dropped': ofTable((table, { random }) => {
    if (table.indexes.length === 0) return undefined
    const removed = random.pick(table.indexes)
    return { ...table, indexes: table.indexes.filter((one) => one !== removed) }
  }),
  'index unique or not': ofIndex((index) => (index.nullsNotDistinct ? undefined : { ...index, unique: !index.unique })),
  'index turned round': ofIndex(
    (index) => {
      const [first, ...rest] = index.elements
      if (first === undefined || first.expression !== undefined) return undefined
      const { nulls: _, ...element } = first
      const turned = assign(element, 'order', first.order === 'desc' ? undefined : ('desc' as const))
      return { ...index, elements: [turned, ...rest] }
    },
    ({ descendingIndexes }) => descendingIndexes,
  ),
  'index of other columns': ofIndex((index) =>
    index.elements.length > 1 ? { ...index, elements: index.elements.slice(1) } : undefined,
  ),
  'index of everything': ofIndex(
    (index) => (index.where === undefined ? undefined : assign(index, 'where', undefined)),
    ({ partialIndexes }) => partialIndexes,
  ),
  'index comment': ofIndex(
    (index) => assign(index, 'comment', index.comment === undefined ? "it's found" : undefined),
    ({ comments }) => comments,
  ),
  'index renamed': ofIndex((index, _making, called) => ({ ...index, name: called('index') })),
}

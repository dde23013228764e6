import type {
  ColumnModel,
  ColumnType,
  ConstraintModel,
  IndexModel,
  Operation,
  OperationKind,
  PolicyModel,
  SchemaModel,
  TableModel,
  TableRef,
} from '@org/migrate-core/dialect'
import type { Random } from '../../kit/random.ts'

// Few names, so that things meet; some that break careless maps and paths.
const tableNames = ['users', 'posts', 'x.y', 'constructor', 'a/b']
const columnNames = ['id', 'email', 'c', '__proto__', 'd/e']
const otherNames = ['one', 'two', 'thr/ee']
const values = ['red', 'green', 'blue', 'grey']

const maybe = <T extends object>(r: Random, part: () => T, probability = 0.3): T | Record<never, never> =>
  r.chance(probability) ? part() : {}

function ref(r: Random, names: readonly string[]): TableRef {
  return r.chance(0.2) ? { schema: 's', name: r.pick(names) } : { name: r.pick(names) }
}

function existing(r: Random, from: Iterable<{ readonly ref: TableRef }>, names: readonly string[]): TableRef {
  const refs = [...from].map((part) => part.ref)
  return refs.length > 0 && r.chance(0.9) ? r.pick(refs) : ref(r, names)
}

function enumType(r: Random, model: SchemaModel): ColumnType {
  const existingTable = [...model.enums.values()]
  if (existingTable.length === 0 || r.chance(0.2)) return { kind: 'enum', name: r.pick(otherNames), values }
  const { ref: own, values: has } = r.pick(existingTable)
  return { kind: 'enum', ...own, values: has }
}

function columnType(r: Random, model: SchemaModel): ColumnType {
  return r.pick<ColumnType>([
    { kind: 'text' },
    { kind: 'integer', bits: 32 },
    { kind: 'integer', bits: 64 },
    { kind: 'varchar', length: r.int(1, 3) },
    { kind: 'timestamp', withTimezone: r.chance(0.5) },
    enumType(r, model),
    { kind: 'native', dialect: 'sqlite', sql: 'DATETIME' },
  ])
}

function column(r: Random, model: SchemaModel, name = r.pick(columnNames)): ColumnModel {
  return {
    name,
    type: columnType(r, model),
    nullable: r.chance(0.5),
    ...(r.chance(0.2)
      ? { generated: { expression: 'lower(x)', stored: r.chance(0.5) } }
      : maybe(r, () => ({ default: { kind: 'literal' as const, value: r.pick([1, 'a', null, true]) } }))),
    ...maybe(r, () => ({ native: { sqlite: 'VARCHAR(9)' } }), 0.2),
    ...maybe(r, () => ({ onUpdate: 'now' as const }), 0.1),
    ...maybe(r, () => ({ comment: 'said' }), 0.2),
    ...maybe(r, () => ({ collation: 'NOCASE' }), 0.2),
  }
}

function some(r: Random, from: readonly string[]): readonly string[] {
  return r.sample(from, r.int(1, Math.max(1, Math.min(2, from.length))))
}

function constraint(r: Random, columns: readonly string[], model: SchemaModel): ConstraintModel {
  const name = maybe(r, () => ({ name: r.pick(otherNames) }), 0.5)
  const own = some(r, columns)
  const to = existing(r, model.tables.values(), tableNames)
  return r.pick<() => ConstraintModel>([
    () => ({ kind: 'primaryKey', ...name, columns: own }),
    () => ({ kind: 'unique', ...name, columns: own, ...maybe(r, () => ({ deferrable: 'deferred' as const })) }),
    () => ({ kind: 'check', ...name, expression: `${own[0]} > ${r.int(0, 2)}` }),
    () => ({
      kind: 'foreignKey',
      ...name,
      columns: own,
      references: { table: to, columns: r.chance(0.2) ? [] : r.sample(columnNames, own.length) },
      ...maybe(r, () => ({ onDelete: 'cascade' as const })),
    }),
    () => ({ kind: 'exclude', ...name, elements: [{ expression: own[0] ?? 'x', operator: '=' }] }),
  ])()
}

function index(r: Random, columns: readonly string[]): IndexModel {
  return {
    name: r.pick(otherNames),
    unique: r.chance(0.3),
    elements: [
      ...some(r, columns).map((name) => ({ column: name, ...maybe(r, () => ({ order: 'desc' as const })) })),
      ...(r.chance(0.2) ? [{ expression: 'lower(x)' }] : []),
    ],
    ...maybe(r, () => ({ include: some(r, columns) }), 0.2),
    ...maybe(r, () => ({ where: 'x > 1' }), 0.2),
    ...maybe(r, () => ({ comment: 'said' }), 0.2),
  }
}

const policy = (r: Random): PolicyModel => ({
  name: r.pick(otherNames),
  as: r.pick(['permissive', 'restrictive']),
  for: r.pick(['all', 'update']),
  to: r.pick([['public'], ['one', 'two']]),
  ...maybe(r, () => ({ using: 'c > 1' })),
  ...maybe(r, () => ({ withCheck: 'c > 2' })),
})

function table(r: Random, model: SchemaModel): TableModel {
  const names = r.sample(columnNames, r.int(1, 4))
  const constraints = Array.from({ length: r.int(0, 2) }, () => constraint(r, names, model))
  const keys = constraints.filter(({ kind }) => kind === 'primaryKey')
  return {
    ref: ref(r, tableNames),
    columns: names.map((name) => column(r, model, name)),
    // SQLite lets two constraints have one name; what is said of them by name cannot be taken back then.
    constraints: constraints.filter(
      (item, at) =>
        item !== keys[1] && (item.name === undefined || constraints.findIndex(({ name }) => name === item.name) === at),
    ),
    indexes: r.chance(0.5) ? [index(r, names)] : [],
    options: r.chance(0.2) ? { strict: true } : {},
    ...maybe(r, () => ({ policies: [policy(r)] }), 0.4),
    ...maybe(r, () => ({ comment: 'said' }), 0.2),
  }
}

function namesIn(r: Random, existingTable: TableModel | undefined): readonly string[] {
  return existingTable === undefined || r.chance(0.1) ? columnNames : existingTable.columns.map(({ name }) => name)
}

function rows(r: Random, columns: readonly string[]) {
  return Array.from({ length: r.int(1, 2) }, () => columns.map(() => r.pick([1, 'a', null])))
}

type Generators = { readonly [K in OperationKind]: (r: Random, model: SchemaModel) => Extract<Operation, { kind: K }> }

interface Parts {
  readonly target: TableRef
  readonly names: readonly string[]
  readonly existingTable: TableModel | undefined
}

function parts(r: Random, model: SchemaModel): Parts {
  const target = existing(r, model.tables.values(), tableNames)
  const existingTable = [...model.tables.values()].find(
    ({ ref: own }) => own.name === target.name && own.schema === target.schema,
  )
  return { target, existingTable, names: namesIn(r, existingTable) }
}

const ifExists = (r: Random) => maybe(r, () => ({ ifExists: true as const }), 0.2)
const ifNotExists = (r: Random) => maybe(r, () => ({ ifNotExists: true as const }), 0.2)

function namedOf(r: Random, items: readonly { readonly name?: string }[] | undefined): string {
  const names = (items ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]))
  return names.length > 0 && r.chance(0.9) ? r.pick(names) : r.pick(otherNames)
}

const generators: Generators = {
  createTable: (r, model) => ({ kind: 'createTable', table: table(r, model), ...ifNotExists(r) }),
  dropTable: (r, model) => ({
    kind: 'dropTable',
    table: parts(r, model).target,
    ...ifExists(r),
    ...maybe(r, () => ({ cascade: true as const })),
  }),
  renameTable: (r, model) => ({
    kind: 'renameTable',
    table: parts(r, model).target,
    to: r.pick(tableNames),
    ...ifExists(r),
  }),
  alterTableOptions: (r, model) => ({
    kind: 'alterTableOptions',
    table: parts(r, model).target,
    options: { strict: r.pick([true, null]), ...maybe(r, () => ({ engine: r.pick(['a', 'b', null]) })) },
  }),
  addColumn: (r, model) => ({
    kind: 'addColumn',
    table: parts(r, model).target,
    column: column(r, model),
    ...ifNotExists(r),
  }),
  dropColumn: (r, model) => {
    const { target, names } = parts(r, model)
    return { kind: 'dropColumn', table: target, column: r.pick(names), ...ifExists(r) }
  },
  alterColumn: (r, model) => {
    const { target, names } = parts(r, model)
    const change = {
      ...maybe(r, () => ({ type: columnType(r, model) }), 0.5),
      ...maybe(r, () => ({ native: { sqlite: 'BLOB' } }), 0.2),
      ...maybe(r, () => ({ nullable: r.chance(0.5) })),
      ...maybe(r, () => ({ default: r.pick([null, { kind: 'now' as const }]) })),
      ...maybe(r, () => ({ generated: null })),
      ...maybe(r, () => ({ identity: r.pick([null, { mode: 'always' as const }]) }), 0.1),
      ...maybe(r, () => ({ onUpdate: r.pick([null, 'now' as const]) }), 0.1),
      ...maybe(r, () => ({ collation: r.pick([null, 'C']) })),
      ...maybe(r, () => ({ comment: r.pick([null, 'new']) })),
    }
    return {
      kind: 'alterColumn',
      table: target,
      column: r.pick(names),
      change,
      ...maybe(r, () => ({ using: 'x' }), 0.2),
      ...maybe(r, () => ({ usingBack: 'y' }), 0.1),
    }
  },
  renameColumn: (r, model) => {
    const { target, names } = parts(r, model)
    return { kind: 'renameColumn', table: target, column: r.pick(names), to: r.pick(columnNames), ...ifExists(r) }
  },
  addConstraint: (r, model) => {
    const { target, names } = parts(r, model)
    return { kind: 'addConstraint', table: target, constraint: constraint(r, names, model), ...ifNotExists(r) }
  },
  dropConstraint: (r, model) => {
    const { target, names, existingTable } = parts(r, model)
    const item =
      existingTable !== undefined && existingTable.constraints.length > 0
        ? r.pick(existingTable.constraints)
        : constraint(r, names, model)
    const selector =
      item.name !== undefined || item.kind === 'exclude'
        ? { name: item.name ?? 'one' }
        : item.kind === 'check'
          ? { kind: item.kind, expression: item.expression }
          : item.kind === 'primaryKey'
            ? { kind: item.kind }
            : { kind: item.kind, columns: item.columns }
    return { kind: 'dropConstraint', table: target, constraint: selector, ...ifExists(r) }
  },
  renameConstraint: (r, model) => {
    const { target, existingTable } = parts(r, model)
    return {
      kind: 'renameConstraint',
      table: target,
      constraint: namedOf(r, existingTable?.constraints),
      to: r.pick(otherNames),
    }
  },
  createIndex: (r, model) => {
    const { target, names } = parts(r, model)
    return { kind: 'createIndex', table: target, index: index(r, names), ...ifNotExists(r) }
  },
  dropIndex: (r, model) => {
    const { target, existingTable } = parts(r, model)
    return { kind: 'dropIndex', table: target, index: namedOf(r, existingTable?.indexes), ...ifExists(r) }
  },
  renameIndex: (r, model) => {
    const { target, existingTable } = parts(r, model)
    return { kind: 'renameIndex', table: target, index: namedOf(r, existingTable?.indexes), to: r.pick(otherNames) }
  },
  createSchema: (r) => ({ kind: 'createSchema', schema: r.pick(['s', 't']), ...ifNotExists(r) }),
  dropSchema: (r) => ({ kind: 'dropSchema', schema: r.pick(['s', 't']), ...ifExists(r) }),
  setSchema: (r, model) => {
    const object = r.pick(['table', 'view', 'enum', 'sequence'] as const)
    const parts = { table: model.tables, view: model.views, enum: model.enums, sequence: model.sequences }
    const existingTable = existing(r, parts[object].values(), tableNames)
    return { kind: 'setSchema', object, ref: existingTable, schema: r.pick(['s', 'other', null]) }
  },
  createEnum: (r) => ({
    kind: 'createEnum',
    enum: { ref: ref(r, otherNames), values: r.sample(values, r.int(1, 4)) },
    ...ifNotExists(r),
  }),
  alterEnum: (r, model) => {
    const target = existing(r, model.enums.values(), otherNames)
    const existingTable = [...model.enums.values()].find(
      ({ ref: own }) => own.name === target.name && own.schema === target.schema,
    )
    const pool = existingTable !== undefined && r.chance(0.9) ? existingTable.values : values
    return {
      kind: 'alterEnum',
      enum: target,
      ...maybe(r, () => ({ add: [{ value: r.pick(values), ...maybe(r, () => ({ before: r.pick(pool) })) }] }), 0.5),
      ...maybe(r, () => ({ rename: [{ value: r.pick(pool), to: r.pick([...values, 'new']) }] }), 0.4),
      ...maybe(
        r,
        () => ({
          drop: r
            .sample(pool, r.int(1, 2))
            .map((value) => ({ value, ...maybe(r, () => ({ replaceBy: r.pick(pool) }), 0.2) })),
        }),
        0.4,
      ),
      ...maybe(r, () => ({ order: r.sample(pool, pool.length) }), 0.3),
    }
  },
  renameEnum: (r, model) => ({
    kind: 'renameEnum',
    enum: existing(r, model.enums.values(), otherNames),
    to: r.pick(otherNames),
  }),
  dropEnum: (r, model) => ({ kind: 'dropEnum', enum: existing(r, model.enums.values(), otherNames), ...ifExists(r) }),
  createView: (r) => ({
    kind: 'createView',
    view: {
      ref: ref(r, [...tableNames, 'view']),
      definition: 'SELECT 1',
      ...maybe(r, () => ({ materialized: true as const })),
    },
    ...ifNotExists(r),
  }),
  replaceView: (r, model) => ({
    kind: 'replaceView',
    view: {
      ref: existing(r, model.views.values(), ['view']),
      definition: `SELECT ${r.int(2, 9)}`,
      ...maybe(r, () => ({ columns: ['x'] })),
    },
  }),
  renameView: (r, model) => ({
    kind: 'renameView',
    view: existing(r, model.views.values(), ['view']),
    to: r.pick([...tableNames, 'view']),
  }),
  dropView: (r, model) => ({
    kind: 'dropView',
    view: existing(r, model.views.values(), ['view']),
    ...ifExists(r),
    ...maybe(r, () => ({ materialized: true as const })),
  }),
  createTrigger: (r, model) => {
    const target = existing(r, [...model.tables.values(), ...model.views.values()], tableNames)
    return {
      kind: 'createTrigger',
      trigger: { name: r.pick(otherNames), table: target, definition: 'CREATE TRIGGER …' },
      ...ifNotExists(r),
    }
  },
  dropTrigger: (r, model) => {
    const all = [...model.triggers.values()]
    const one = all.length > 0 && r.chance(0.9) ? r.pick(all) : { name: 'one', table: ref(r, tableNames) }
    return { kind: 'dropTrigger', table: one.table, trigger: one.name, ...ifExists(r) }
  },
  setRowSecurity: (r, model) => ({
    kind: 'setRowSecurity',
    table: parts(r, model).target,
    change: r.pick([{ enabled: true }, { enabled: false }, { forced: true }, { enabled: true, forced: false }]),
  }),
  createPolicy: (r, model) => ({
    kind: 'createPolicy',
    table: parts(r, model).target,
    policy: policy(r),
    ...ifNotExists(r),
  }),
  alterPolicy: (r, model) => {
    const { target, existingTable } = parts(r, model)
    return {
      kind: 'alterPolicy',
      table: target,
      policy: namedOf(r, existingTable?.policies),
      change: { to: ['three'], ...maybe(r, () => ({ using: r.pick(['c > 5', null]) })) },
    }
  },
  dropPolicy: (r, model) => {
    const { target, existingTable } = parts(r, model)
    return { kind: 'dropPolicy', table: target, policy: namedOf(r, existingTable?.policies), ...ifExists(r) }
  },
  createSequence: (r, model) => {
    const { target, names } = parts(r, model)
    return {
      kind: 'createSequence',
      sequence: {
        ref: ref(r, otherNames),
        ...maybe(r, () => ({ start: '5' })),
        ...maybe(r, () => ({ cycle: true })),
        ...maybe(r, () => ({ ownedBy: { table: target, column: r.pick(names) } }), 0.5),
      },
      ...ifNotExists(r),
    }
  },
  alterSequence: (r, model) => {
    const { target, names } = parts(r, model)
    return {
      kind: 'alterSequence',
      sequence: existing(r, model.sequences.values(), otherNames),
      change: {
        increment: r.pick(['2', '3', null]),
        ...maybe(r, () => ({ start: r.pick(['7', null]) })),
        ...maybe(r, () => ({ ownedBy: r.pick([null, { table: target, column: r.pick(names) }]) })),
      },
    }
  },
  dropSequence: (r, model) => ({
    kind: 'dropSequence',
    sequence: existing(r, model.sequences.values(), otherNames),
    ...ifExists(r),
  }),
  createExtension: (r) => ({ kind: 'createExtension', extension: r.pick(otherNames), ...ifNotExists(r) }),
  dropExtension: (r) => ({ kind: 'dropExtension', extension: r.pick(otherNames), ...ifExists(r) }),
  setComment: (r, model) => {
    const { target, names, existingTable } = parts(r, model)
    const on = r.pick([
      { table: target },
      { table: target, column: r.pick(names) },
      { table: target, index: namedOf(r, existingTable?.indexes) },
    ])
    return { kind: 'setComment', on, comment: r.pick([null, 'other']) }
  },
  insertRows: (r, model) => {
    const { target, names } = parts(r, model)
    const columns = some(r, names)
    return {
      kind: 'insertRows',
      table: target,
      columns,
      rows: rows(r, columns),
      ...maybe(r, () => ({ key: columns.slice(0, 1) }), 0.6),
    }
  },
  deleteRows: (r, model) => {
    const { target, names } = parts(r, model)
    const key = some(r, names)
    return { kind: 'deleteRows', table: target, key, rows: rows(r, key) }
  },
  expectNone: (r) => ({ kind: 'expectNone', what: r.pick(otherNames), query: 'SELECT 1 WHERE 1 = 0' }),
  sql: (r, model) => ({
    kind: 'sql',
    text: 'SELECT\n1',
    ...maybe(r, () => ({ inverse: 'SELECT 2' }), 0.7),
    ...maybe(r, () => ({ effects: [generators.addColumn(r, model)] }), 0.5),
    ...maybe(r, () => ({ nonTransactional: true as const })),
  }),
  run: (r) => ({
    kind: 'run',
    label: r.pick(otherNames),
    down: r.pick(['function', 'restore', 'none', 'missing'] as const),
    direction: r.pick(['up', 'down'] as const),
  }),
}

export const kinds = Object.keys(generators) as OperationKind[]

/** Any operation; most of them fit the model, some do not. */
export function operation(r: Random, model: SchemaModel, kind: OperationKind = r.pick(kinds)): Operation {
  return generators[kind](r, model)
}

import type {
  ColumnType,
  ColumnTypeKind,
  ConstraintKind,
  ConstraintModel,
  Operation,
  TableModel,
} from '@org/migrate-core/dialect'

const typesByKind: { readonly [K in ColumnTypeKind]: readonly Extract<ColumnType, { kind: K }>[] } = {
  integer: [
    { kind: 'integer', bits: 16 },
    { kind: 'integer', bits: 32 },
    { kind: 'integer', bits: 64 },
  ],
  boolean: [{ kind: 'boolean' }],
  text: [{ kind: 'text' }],
  varchar: [{ kind: 'varchar' }, { kind: 'varchar', length: 12 }],
  char: [{ kind: 'char', length: 2 }],
  decimal: [
    { kind: 'decimal' },
    { kind: 'decimal', precision: 10 },
    { kind: 'decimal', precision: 10, scale: 2 },
    { kind: 'decimal', scale: 2 },
  ],
  real: [{ kind: 'real' }],
  double: [{ kind: 'double' }],
  date: [{ kind: 'date' }],
  time: [{ kind: 'time' }, { kind: 'time', precision: 3 }],
  timestamp: [
    { kind: 'timestamp', withTimezone: false },
    { kind: 'timestamp', withTimezone: true },
    { kind: 'timestamp', withTimezone: false, precision: 0 },
    { kind: 'timestamp', withTimezone: true, precision: 6 },
  ],
  json: [{ kind: 'json' }],
  uuid: [{ kind: 'uuid' }],
  bytes: [{ kind: 'bytes' }, { kind: 'bytes', length: 16 }],
  enum: [
    { kind: 'enum', values: ['sad', 'ok'] },
    { kind: 'enum', name: 'mood', values: ['sad'] },
    { kind: 'enum', schema: 'app', name: 'mood', values: ["so 'so'"] },
  ],
  native: [
    { kind: 'native', dialect: 'postgres', sql: 'tsvector' },
    { kind: 'native', dialect: 'duckdb', sql: 'HUGEINT' },
  ],
}

/** Every type, with every part that it can have. */
export const types: readonly ColumnType[] = Object.values(typesByKind).flat()

const constraintsByKind: { readonly [K in ConstraintKind]: readonly Extract<ConstraintModel, { kind: K }>[] } = {
  primaryKey: [{ kind: 'primaryKey', name: 'pk', columns: ['c0', 'c1'], deferrable: 'deferred' }],
  unique: [
    { kind: 'unique', columns: ['c0'] },
    { kind: 'unique', name: 'uq', columns: ['c1', 'c0'], nullsNotDistinct: true, deferrable: 'immediate' },
  ],
  check: [
    { kind: 'check', expression: "c0 <> 'a'" },
    { kind: 'check', name: 'ck', expression: 'c1 > 0', notValid: true },
  ],
  foreignKey: [
    { kind: 'foreignKey', columns: ['c0'], references: { table: { name: 'other' }, columns: [] } },
    {
      kind: 'foreignKey',
      name: 'fk',
      columns: ['c0', 'c1'],
      references: { table: { schema: 'app', name: 'other' }, columns: ['a', 'b'] },
      onDelete: 'setNull',
      onUpdate: 'cascade',
      match: 'full',
      deferrable: 'deferred',
      notValid: true,
    },
  ],
  exclude: [
    { kind: 'exclude', elements: [{ expression: 'c0', operator: '=' }] },
    {
      kind: 'exclude',
      name: 'ex',
      method: 'gist',
      elements: [
        { expression: 'c0', operator: '=' },
        { expression: 'c1', operator: '&&' },
      ],
      where: 'c1 IS NOT NULL',
      deferrable: 'immediate',
    },
  ],
}
const constraints: readonly ConstraintModel[] = Object.values(constraintsByKind).flat()

const table: TableModel = {
  ref: { schema: 'app', name: 'all' },
  columns: [
    ...types.map((type, at) => ({ name: `c${at}`, type, nullable: at % 2 === 0 })),
    { name: 'd1', type: { kind: 'text' }, nullable: true, default: { kind: 'literal', value: null } },
    { name: 'd2', type: { kind: 'text' }, nullable: false, default: { kind: 'literal', value: "it's" } },
    { name: 'd3', type: { kind: 'double' }, nullable: false, default: { kind: 'literal', value: -1.5e21 } },
    { name: 'd4', type: { kind: 'boolean' }, nullable: false, default: { kind: 'literal', value: false } },
    { name: 'd5', type: { kind: 'timestamp', withTimezone: true }, nullable: true, default: { kind: 'now' } },
    { name: 'd6', type: { kind: 'uuid' }, nullable: true, default: { kind: 'expression', sql: 'gen_random_uuid()' } },
    { name: 'g1', type: { kind: 'text' }, nullable: true, generated: { expression: 'lower(d2)', stored: true } },
    { name: 'g2', type: { kind: 'text' }, nullable: true, generated: { expression: 'upper(d2)', stored: false } },
    {
      name: 'i1',
      type: { kind: 'integer', bits: 64 },
      nullable: false,
      identity: { mode: 'always', start: 5, increment: -1, minValue: '-9', maxValue: '9', cache: 1, cycle: true },
      collation: 'C',
      comment: 'said of it',
      native: { sqlite: 'INTEGER', mysql: 'BIGINT UNSIGNED' },
    },
    { name: 'u1', type: { kind: 'timestamp', withTimezone: false }, nullable: false, onUpdate: 'now' },
  ],
  constraints,
  indexes: [
    { name: 'plain', unique: false, elements: [{ column: 'c0' }] },
    {
      name: 'whole',
      unique: true,
      elements: [
        { column: 'c0', order: 'desc', nulls: 'last', collation: 'C', operatorClass: 'text_ops', prefixLength: 9 },
        { expression: 'lower(d2)', order: 'asc' },
        { expression: 'upper(d2)' },
      ],
      where: 'c1 > 1',
      method: 'btree',
      include: ['d1'],
      nullsNotDistinct: true,
      options: { fillfactor: '70' },
      comment: 'said of the index',
    },
  ],
  options: { strict: true, engine: 'InnoDB' },
  comment: 'said of the table',
}
const all = table.ref

/** Every kind of thing that an operation can say, in the order that a file has it. */
export const everything: readonly Operation[] = [
  { kind: 'createTable', table, ifNotExists: true },
  { kind: 'createTable', table: { ...table, ref: { name: 'fts' }, constraints: [], indexes: [], opaque: 'virtual' } },
  ...constraints.map((constraint): Operation => ({ kind: 'addConstraint', table: all, constraint, ifNotExists: true })),
  ...table.columns.map((column): Operation => ({ kind: 'addColumn', table: all, column, ifNotExists: true })),
  ...table.indexes.flatMap((index): readonly Operation[] => [
    { kind: 'createIndex', table: all, index, ifNotExists: true, concurrently: true },
    { kind: 'dropTable', table: { name: 'between' } },
  ]),
  { kind: 'dropConstraint', table: all, constraint: { name: 'uq', kind: 'unique' }, ifExists: true },
  { kind: 'dropConstraint', table: all, constraint: { kind: 'check', expression: 'c1 > 0' } },
  { kind: 'dropConstraint', table: all, constraint: { kind: 'primaryKey' } },
  {
    kind: 'alterColumn',
    table: all,
    column: 'c0',
    change: {
      type: { kind: 'varchar', length: 9 },
      native: { mysql: 'TINYTEXT' },
      nullable: true,
      default: { kind: 'literal', value: null },
      generated: { expression: 'lower(d2)', stored: true },
      identity: { mode: 'byDefault' },
      onUpdate: 'now',
      collation: 'C',
      comment: 'other',
    },
    using: { sqlite: 'c0', postgres: 'c0::varchar', mysql: 'c0' },
  },
  {
    kind: 'alterColumn',
    table: all,
    column: 'c1',
    change: { default: null, generated: null, identity: null, onUpdate: null, collation: null, comment: null },
  },
  { kind: 'alterTableOptions', table: all, options: { strict: null, engine: 'Aria' } },
  { kind: 'setComment', on: { table: all }, comment: null },
  { kind: 'setComment', on: { table: all, index: 'plain' }, comment: "it's" },
  {
    kind: 'alterEnum',
    enum: { schema: 'app', name: 'mood' },
    add: [{ value: 'a', before: 'b' }, { value: 'c', after: 'd' }, { value: 'e' }],
    rename: [{ value: 'f', to: 'g' }],
    drop: [{ value: 'h', replaceBy: 'i' }, { value: 'j' }],
    order: ['k', 'l'],
  },
  {
    kind: 'createSequence',
    sequence: {
      ref: { name: 'ids' },
      type: 'integer64',
      start: '1',
      increment: '-1',
      minValue: '-9223372036854775808',
      maxValue: '0',
      cache: 5,
      cycle: false,
      ownedBy: { table: all, column: 'i1' },
    },
  },
  { kind: 'alterSequence', sequence: { name: 'ids' }, change: { maxValue: null, cycle: true, ownedBy: null } },
  {
    kind: 'createView',
    view: { ref: { schema: 'app', name: 'v' }, columns: ['a'], definition: 'SELECT 1', materialized: true },
    ifNotExists: true,
  },
  { kind: 'createExtension', extension: 'citext', schema: 'app', ifNotExists: true },
  {
    kind: 'sql',
    text: { sqlite: 'SELECT 1', postgres: 'SELECT 2', mysql: 'SELECT 3' },
    inverse: 'SELECT 4',
    effects: [{ kind: 'sql', text: 'SELECT 5', effects: [], nonTransactional: true }],
    nonTransactional: true,
  },
  {
    kind: 'insertRows',
    table: all,
    columns: ['b', '1', '__proto__'],
    rows: [
      ['text', { $bigint: '9007199254740993' }, { $bytes: 'AAH/' }],
      [null, { $json: { list: [1, 'a', { deep: true }], none: [] } }, -0.5],
    ],
    key: ['b'],
  },
  { kind: 'deleteRows', table: all, key: ['1', 'b'], rows: [[1, true]] },
]

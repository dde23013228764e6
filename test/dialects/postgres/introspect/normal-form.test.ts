import type { ColumnModel, ColumnType, Operation, TableModel } from '@org/migrate-core/dialect'
import { tableDifferences } from '@org/migrate-core/dialect'
import { expect, it } from 'vitest'
import { describeOn, describeOnDialects } from '../../../kit/servers.ts'
import { applied, compileOne, world } from '../compile/kit.ts'

const columns = (types: { readonly [name: string]: ColumnType }): readonly ColumnModel[] =>
  Object.entries(types).map(([name, type]) => ({ name, type, nullable: true }))

const base: TableModel = {
  ref: { name: 't' },
  columns: columns({
    a: { kind: 'integer', bits: 32 },
    b: { kind: 'integer', bits: 64 },
    small: { kind: 'integer', bits: 16 },
    s: { kind: 'text' },
    v: { kind: 'varchar', length: 20 },
    k: { kind: 'char', length: 3 },
    n: { kind: 'decimal', precision: 10, scale: 2 },
    d: { kind: 'double' },
    ok: { kind: 'boolean' },
    day: { kind: 'date' },
    at: { kind: 'timestamp', withTimezone: true },
    m: { kind: 'enum', name: 'mood', values: ['x', 'y'] },
    j: { kind: 'json' },
  }),
  constraints: [],
  indexes: [],
  options: {},
}

describeOnDialects(
  ['postgres', 'postgres-next'],
  'an expression that was declared and what is printed of it',
  (_createDatabase, server) => {
    const on = world(server)
    const expressions = [
      'a > 0',
      "a BETWEEN 1 AND 5 AND s LIKE 'x%'",
      'a NOT BETWEEN 1 AND 5',
      "v IN ('a', 'b')",
      "v NOT IN ('a', 'b')",
      "s IN ('it''s')",
      'b IN (1, 2, 3)',
      'small IN (1, 2)',
      'n > 0 AND n <= 1.5',
      'a > 1.5',
      'd > 0 AND d < 1.5',
      "length(v) > 3 AND lower(s) <> 'a'",
      "k = 'abc'",
      "m = 'x' OR m IN ('x', 'y')",
      'NOT ok OR a IS NOT NULL',
      'ok IS TRUE AND ok = true',
      '(a + 1) * 2 - b / 3 > -1',
      'a != 3 AND (b = 1 OR b = 2) AND NOT (a = 5)',
      "day > '2020-01-02' AND day < DATE '2030-01-01'",
      'coalesce(a, 0) >= 0',
      "j ->> 'x' IS NOT NULL",
      "CASE WHEN a > 0 THEN s ELSE 'none' END <> 'x'",
      "s ILIKE '%a%' AND s NOT LIKE 'b%' AND s ~ '^c'",
      "s || 'x' <> v",
      'a IS DISTINCT FROM 3',
      "cast(a AS text) = '1'",
      'a = ANY (ARRAY[1, 2])',
      'abs(-a) < 100 AND mod(a, 2) = 0',
      'n * 2 > a',
      "to_tsvector('english', s) @@ to_tsquery('english', 'x & y')",
    ]

    it.each(expressions)('%s', async (expression) => {
      const { database, dialect, session } = on()
      await database.sql("CREATE TYPE mood AS ENUM ('x', 'y')")
      const declared: TableModel = {
        ...base,
        constraints: [{ kind: 'check', expression }],
        indexes: [{ name: 'i', unique: false, elements: [{ column: 'a' }], where: expression }],
      }
      await applied(on(), '', { kind: 'createTable', table: declared })
      const introspected = (await dialect.introspection.schema(session)).tables.get('t') as TableModel
      expect(tableDifferences(dialect.model.normalise(declared), dialect.model.normalise(introspected))).toEqual([])
    })
  },
)

describeOn('postgres', 'expressions that differ', () => {
  const on = world('postgres')
  it.each([
    ['a > 0', 'a >= 0'],
    ["v IN ('a', 'b')", "v IN ('b', 'a')"],
    ['a / 2 > 1', 'a::numeric / 2 > 1'],
    ["v = 'ab'", "v = 'ab'::varchar(1)"],
    ['a - (b - 1) > 0', '(a - b) - 1 > 0'],
    ['NOT (a = 1 OR b = 1)', 'NOT a = 1 OR b = 1'],
    ["s = 'A'", "s = 'a'"],
    ["k = 'a'", "k::text = 'a'"],
    ['"A" > 0', 'a > 0'],
    ["to_tsvector('english', s) <> ''", "to_tsvector('simple', s) <> ''"],
    ["quote_literal('english'::regconfig) <> s", "quote_literal('english') <> s"],
  ])('%s and %s stay different', (one, other) => {
    const { dialect } = on()
    const table = (expression: string) =>
      dialect.model.normalise({ ...base, constraints: [{ kind: 'check', expression }] })
    expect(tableDifferences(table(one), table(other))).not.toEqual([])
  })
})

describeOnDialects(['postgres', 'postgres-next'], 'a jsonb default', (_createDatabase, server) => {
  const on = world(server)
  const table = (value: string): TableModel => ({
    ref: { name: 't' },
    columns: [{ name: 'j', type: { kind: 'native', dialect: 'postgres', sql: 'jsonb' }, nullable: true }].map(
      (column) => ({ ...column, default: { kind: 'literal', value } }),
    ) as readonly ColumnModel[],
    constraints: [],
    indexes: [],
    options: {},
  })

  it.each([
    '{}',
    '[]',
    '[{"id":"name","visible":true},{"id":null}]',
    '{"bb":1,"a":{"z":[],"y":{}},"aa":"it\'s","\u00e9":2,"ab":3,"b":1}',
    '{"a":1,"a":2,"number":-0.50,"large":12345678901234567890.10,"power":1e3,"small":-1.5E-2}',
    '{"text":"\\u0041 \\n \\/ \\\\ \\" 1 \\ud83d\\ude00","1":"2"}',
    '"1"',
    ' 1 ',
    'true',
  ])('%s is the one that the server shows', async (value) => {
    const { dialect, session } = on()
    await applied(on(), '', { kind: 'createTable', table: table(value) })
    const introspected = (await dialect.introspection.schema(session)).tables.get('t') as TableModel
    expect(tableDifferences(dialect.model.normalise(table(value)), dialect.model.normalise(introspected))).toEqual([])
    expect(dialect.model.normalise(table(value)).columns[0]?.default).toEqual(introspected.columns[0]?.default)
  })

  it.each([
    ['1', '1.0'],
    ['12345678901234567890', '12345678901234567891'],
    ['{"a":"1"}', '{"a":1}'],
    ['["n1"]', '[1]'],
    ['[1,2]', '[2,1]'],
  ])('%s and %s stay different', (one, other) => {
    const { dialect } = on()
    expect(tableDifferences(dialect.model.normalise(table(one)), dialect.model.normalise(table(other)))).not.toEqual([])
  })
})

describeOnDialects(['postgres', 'postgres-next'], 'operator classes', (_createDatabase, server) => {
  const on = world(server)

  it('are said only where they are not those that a column has anyway', async () => {
    const { database, dialect } = on()
    const classes = await database.sql(`
      SELECT m.amname AS method, o.opcname AS name, format_type(o.opcintype, NULL) AS type, CASE WHEN o.opcdefault THEN 1 END AS usual
      FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod JOIN pg_type t ON t.oid = o.opcintype
      WHERE o.opcname !~ '(box|range)_inclusion|bloom|multi_ops' AND t.typtype <> 'p' AND NOT (m.amname = 'gist' AND o.opcname = 'inet_ops')`)
    const declarable = classes.filter(({ method, name, type }) => {
      const table: TableModel = {
        ...base,
        columns: columns({ c: dialect.types.fromSql(String(type)) }),
        indexes: [
          {
            name: 'i',
            unique: false,
            method: String(method),
            elements: [{ column: 'c', operatorClass: String(name) }],
          },
        ],
      }
      return dialect.model.normalise(table).indexes[0]?.elements[0]?.operatorClass !== undefined
    })
    expect(classes.length).toBeGreaterThan(80)
    expect(declarable).toEqual(classes.filter(({ usual }) => usual === null))
  })

  it.each<[string, ColumnType, string]>([
    ['varchar(20)', { kind: 'varchar', length: 20 }, 'text_ops'],
    ['mood', { kind: 'enum', name: 'mood', values: ['x', 'y'] }, 'enum_ops'],
    ['integer[]', { kind: 'native', dialect: 'postgres', sql: 'integer[]' }, 'array_ops'],
    ['int4range', { kind: 'native', dialect: 'postgres', sql: 'int4range' }, 'range_ops'],
    ['datemultirange', { kind: 'native', dialect: 'postgres', sql: 'datemultirange' }, 'multirange_ops'],
    ['cidr', { kind: 'native', dialect: 'postgres', sql: 'cidr' }, 'inet_ops'],
    ['cidr, not its own', { kind: 'native', dialect: 'postgres', sql: 'cidr' }, 'cidr_ops'],
  ])('of a column of type %s', async (_what, type, operatorClass) => {
    const { database, dialect, session } = on()
    await database.sql("CREATE TYPE mood AS ENUM ('x', 'y')")
    const declared: TableModel = {
      ...base,
      columns: columns({ c: type }),
      indexes: [{ name: 'i', unique: false, elements: [{ column: 'c', operatorClass }] }],
    }
    await applied(on(), '', { kind: 'createTable', table: declared })
    const introspected = (await dialect.introspection.schema(session)).tables.get('t') as TableModel
    expect(tableDifferences(dialect.model.normalise(declared), dialect.model.normalise(introspected))).toEqual([])
  })
})

describeOn('postgres', 'what the server does by itself', () => {
  const on = world('postgres')

  it('names constraints as advance says, also after the table was renamed and where a name is taken', async () => {
    const { database, dialect, session } = on()
    const table: TableModel = {
      ...base,
      constraints: [
        { kind: 'unique', columns: ['a', 'b'] },
        { kind: 'check', expression: 'a > 0' },
        { kind: 'check', expression: 'a < 9' },
        { kind: 'check', expression: 'a < b' },
        { kind: 'foreignKey', columns: ['a', 'b'], references: { table: { name: 't' }, columns: ['a', 'b'] } },
        { kind: 'primaryKey', columns: ['s'] },
      ],
    }
    const operations: readonly Operation[] = [
      { kind: 'createTable', table },
      { kind: 'renameTable', table: { name: 't' }, to: 'u' },
      { kind: 'addConstraint', table: { name: 'u' }, constraint: { kind: 'unique', columns: ['v'] } },
      {
        kind: 'addColumn',
        table: { name: 'u' },
        column: { name: 'id', type: { kind: 'integer', bits: 32 }, native: { postgres: 'bigserial' }, nullable: true },
      },
      { kind: 'renameColumn', table: { name: 'u' }, column: 'a', to: 'z' },
    ]
    await database.sql("CREATE TYPE mood AS ENUM ('x', 'y')")
    let model = await dialect.introspection.schema(session)
    for (const operation of operations) {
      const { statements, after } = compileOne(dialect, model, operation)
      for (const { sql } of statements) await session.execute(sql)
      model = after
    }
    const introspected = await dialect.introspection.schema(session)
    const names = (of: TableModel | undefined) => of?.constraints.map(({ name }) => name).sort()
    expect(names(model.tables.get('u'))).toEqual([
      't_a_b_fkey',
      't_a_b_key',
      't_a_check',
      't_a_check1',
      't_check',
      't_pkey',
      'u_v_key',
    ])
    expect(names(introspected.tables.get('u'))).toEqual(names(model.tables.get('u')))
    expect([...model.sequences]).toEqual([...introspected.sequences])
    expect(
      tableDifferences(
        dialect.model.normalise(model.tables.get('u') as TableModel),
        dialect.model.normalise(introspected.tables.get('u') as TableModel),
      ),
    ).toEqual([])
  })

  it('refuses to drop a column that a check, an index or an exclusion reads, which the server would drop too', async () => {
    const { database, dialect, session } = on()
    await database.sql('CREATE TABLE t (a int, b int, c int, CHECK (a < b)); CREATE INDEX i ON t (c) WHERE b > 0')
    const model = await dialect.introspection.schema(session)
    expect(() => dialect.model.apply(model, { kind: 'dropColumn', table: { name: 't' }, column: 'b' })).toThrow(
      'constraint t_check, index i',
    )
  })
})

import {
  bigint,
  boolean,
  client,
  column,
  enumeration,
  expression,
  type InsertOf,
  integer,
  json,
  now,
  type RowOf,
  table,
  text,
  timestamp,
  toModel,
  varchar,
} from '@org/migrate-core'
import { describe, expect, expectTypeOf, it } from 'vitest'

const teams = table('teams', { id: column(text(), { nullable: false }) }, { primaryKey: ['id'] })

const people = table(
  'people',
  {
    id: column(integer(), { nullable: false, identity: { mode: 'always' } }),
    team: column(text()),
    name: column(varchar(40), { nullable: false, collation: 'NOCASE', comment: 'as they write it' }),
    score: column(bigint(), { nullable: false, default: 5, native: { sqlite: 'INTEGER' } }),
    active: column(boolean(), { default: true }),
    settings: column(json<{ readonly theme: string }>()),
    mood: column(enumeration(['ok', 'bad'], { name: 'mood', schema: 'app' })),
    seen: column(timestamp({ precision: 3 }), { nullable: false, default: now() }),
    upper: column(text(), { generated: { as: expression('upper(name)'), stored: true } }),
  },
  {
    primaryKey: { name: 'pk_people', columns: ['id'] },
    uniques: [{ name: 'uq_people', columns: ['team', 'name'], nullsNotDistinct: true }],
    indexes: [
      {
        name: 'people_seen',
        columns: [{ column: 'seen', order: 'desc' }, expression('lower(name)')],
        where: expression('active'),
      },
      { name: 'people_name', columns: ['name'], unique: true },
    ],
    foreignKeys: [
      {
        name: 'fk_team',
        columns: ['team'],
        references: { table: teams, columns: ['id'] },
        onDelete: 'setNull',
        deferrable: 'deferred',
      },
    ],
    checks: [{ name: 'scored', expression: expression('score >= 0') }],
    options: { strict: true },
    comment: 'who is here',
  },
)

describe('table', () => {
  it('gives the model that op.createTable takes', () => {
    expect(people.model).toEqual({
      ref: { name: 'people' },
      columns: [
        { name: 'id', type: { kind: 'integer', bits: 32 }, nullable: false, identity: { mode: 'always' } },
        { name: 'team', type: { kind: 'text' }, nullable: true },
        {
          name: 'name',
          type: { kind: 'varchar', length: 40 },
          nullable: false,
          collation: 'NOCASE',
          comment: 'as they write it',
        },
        {
          name: 'score',
          type: { kind: 'integer', bits: 64 },
          nullable: false,
          default: { kind: 'literal', value: 5 },
          native: { sqlite: 'INTEGER' },
        },
        { name: 'active', type: { kind: 'boolean' }, nullable: true, default: { kind: 'literal', value: true } },
        { name: 'settings', type: { kind: 'json' }, nullable: true },
        { name: 'mood', type: { kind: 'enum', values: ['ok', 'bad'], name: 'mood', schema: 'app' }, nullable: true },
        {
          name: 'seen',
          type: { kind: 'timestamp', withTimezone: false, precision: 3 },
          nullable: false,
          default: { kind: 'now' },
        },
        {
          name: 'upper',
          type: { kind: 'text' },
          nullable: true,
          generated: { expression: 'upper(name)', stored: true },
        },
      ],
      constraints: [
        { kind: 'primaryKey', name: 'pk_people', columns: ['id'] },
        { kind: 'unique', name: 'uq_people', columns: ['team', 'name'], nullsNotDistinct: true },
        { kind: 'check', name: 'scored', expression: 'score >= 0' },
        {
          kind: 'foreignKey',
          name: 'fk_team',
          columns: ['team'],
          references: { table: { name: 'teams' }, columns: ['id'] },
          onDelete: 'setNull',
          deferrable: 'deferred',
        },
      ],
      indexes: [
        {
          name: 'people_seen',
          unique: false,
          elements: [{ column: 'seen', order: 'desc' }, { expression: 'lower(name)' }],
          where: 'active',
        },
        { name: 'people_name', unique: true, elements: [{ column: 'name' }] },
      ],
      options: { strict: true },
      comment: 'who is here',
    })
  })

  it('freezes all of it', () => {
    const parts: object[] = [
      people,
      people.columns,
      people.model,
      people.model.columns,
      people.model.constraints[3] ?? {},
    ]
    for (const part of parts) expect(Object.isFrozen(part)).toBe(true)
  })

  it('knows the rows', () => {
    expectTypeOf<RowOf<typeof people>>().toEqualTypeOf<{
      id: number
      team: string | null
      name: string
      score: bigint
      active: boolean | null
      settings: { readonly theme: string } | null
      mood: 'ok' | 'bad' | null
      seen: string
      upper: string | null
    }>()
    expectTypeOf<InsertOf<typeof people>>().toEqualTypeOf<{
      name: string
      team?: string | null | undefined
      score?: bigint | undefined
      active?: boolean | null | undefined
      settings?: { readonly theme: string } | null | undefined
      mood?: 'ok' | 'bad' | null | undefined
      seen?: string | undefined
    }>()
  })

  it.each<readonly [object, string]>([
    [{ primaryKey: 'a' }, 'table t: `primaryKey`: a list of texts is expected, and it is a string'],
    [{ uniques: [['a']] }, 'table t: `uniques`: an object is expected, and it is a list of 1'],
    [{ indexes: [{ columns: ['a'] }] }, 'table t: `indexes`: `name`: a text is expected, and it is undefined'],
    [
      { foreignKeys: [{ columns: ['a'], references: { table: 'x', columns: ['y'] }, onDelete: 'SET NULL' }] },
      'table t: `foreignKeys`: `onDelete`: it is one of "noAction", "restrict", "cascade", "setNull", "setDefault"',
    ],
    [
      { foreignKeys: [{ columns: ['a'], references: { table: 'x', columns: [undefined] } }] },
      'table t: `foreignKeys`: `references`: `columns`: a list of texts is expected, and it is a list of 1',
    ],
    [
      { foreignKeys: [{ columns: ['a'], references: () => undefined }] },
      'table t: `foreignKeys`: `references`: an object is expected, and it is a function',
    ],
  ])('refuses %j, which is written as for another tool', (extras, message) => {
    expect(() => table('t', { a: column(text()) }, extras as never)).toThrow(message)
  })

  it.each<readonly [string, () => unknown, string]>([
    ['client.uuid', () => column(text(), { clientDefault: client.uuid }), 'call it: client.uuid()'],
    ['a text', () => column(text(), { clientDefault: 'x' as never }), "a function or client.literal('…') is expected"],
  ])('refuses %s as a client default', (_, run, why) => {
    expect(run).toThrow(`column: \`clientDefault\`: ${why}`)
  })

  it('refuses at compile time, and again when names were computed, what is over no column', () => {
    const invalid = (run: () => unknown, code = 'INVALID_OPERATION') =>
      expect(run).toThrowError(expect.objectContaining({ code }))
    const columns = { a: column(text()) }
    const references = { table: 'x', columns: ['y'] }
    // @ts-expect-error no such column
    invalid(() => table('t', columns, { primaryKey: ['b'] }))
    // @ts-expect-error no such column
    invalid(() => table('t', columns, { indexes: [{ name: 'i', columns: ['b'] }] }))
    // @ts-expect-error no such column
    invalid(() => table('t', columns, { indexes: [{ name: 'i', columns: [{ column: 'b' }] }] }))
    // @ts-expect-error no such column
    invalid(() => table('t', columns, { foreignKeys: [{ columns: ['b'], references }] }))
    invalid(() => table('t', {}))
    invalid(() =>
      table('t', columns, {
        indexes: [
          { name: 'i', columns: ['a'] },
          { name: 'i', columns: ['a'] },
        ],
      }),
    )
    invalid(() => table('t', { a: column(text(), { default: 'x', generated: { as: expression('1') } }) }))
    // @ts-expect-error the member is called `as`
    invalid(() => table('t', { a: column(text(), { generated: { expression: '1' } }) }))
    // @ts-expect-error a text alone is no expression
    invalid(() => table('t', columns, { checks: [{ expression: "a <> ''" }] }))
    // @ts-expect-error nothing is checked
    invalid(() => table('t', columns, { checks: [{ name: 'c' }] }))
    // @ts-expect-error no table
    invalid(() => table('t', columns, { foreignKeys: [{ columns: ['a'] }] }), 'INVALID_OPTION')
    invalid(() => table('', columns), 'INVALID_NAME')
    invalid(() => table('t', { 'a\0b': column(text()) }), 'INVALID_NAME')
  })

  it('takes any other name', () => {
    const odd = table('constructor', { 'a"b': column(text()), 'größe 🦊': column(text()) }, { primaryKey: ['a"b'] })
    expect(odd.model.columns.map(({ name }) => name)).toEqual(['a"b', 'größe 🦊'])
  })
})

describe('what a declaration does not know', () => {
  it.each<[string, object, string]>([
    ['primaryKey', { columns: ['id'], nmae: 'own_pk' }, 'nmae'],
    ['uniques', [{ columns: ['id'], nullsDistinct: false }], 'nullsDistinct'],
    [
      'foreignKeys',
      [{ columns: ['id'], references: { table: 'a', columns: ['id'] }, ondelete: 'cascade' }],
      'ondelete',
    ],
    [
      'foreignKeys',
      [{ columns: ['id'], references: { table: 'a', columns: ['id'], onDelete: 'cascade' } }],
      'onDelete',
    ],
    ['checks', [{ expression: expression('id > 0'), notValid: true }], 'notValid'],
    ['rowSecurity', { enable: true }, 'enable'],
    ['policies', [{ name: 'own', roles: ['app'] }], 'roles'],
  ])('is refused in %s, and not lost', (extra, given, odd) => {
    expect(() => table('t', { id: column(integer()) }, { [extra]: given })).toThrowError(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(odd) }),
    )
  })

  it.each<[string, object, string]>([
    ['identity', { mode: 'byDefault', startWith: 5 }, 'startWith'],
    ['generated', { as: expression('1'), storred: true }, 'storred'],
  ])('is refused in %s of a column', (option, given, odd) => {
    expect(() => column(integer(), { [option]: given })).toThrowError(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(odd) }),
    )
  })
})

describe('toModel', () => {
  it('gathers tables, the named enums of their columns and the schemas', () => {
    const elsewhere = table(
      'notes',
      { id: column(text()) },
      { schema: 'app', foreignKeys: [{ columns: ['id'], references: { table: 'notes', columns: ['id'] } }] },
    )
    const model = toModel([teams, people, elsewhere])
    expect([...model.tables.keys()]).toEqual(['teams', 'people', 'app.notes'])
    expect([...model.enums]).toEqual([['app.mood', { ref: { schema: 'app', name: 'mood' }, values: ['ok', 'bad'] }]])
    expect(model.schemas).toEqual(['app'])
    expect(elsewhere.model.constraints).toEqual([
      { kind: 'foreignKey', columns: ['id'], references: { table: { schema: 'app', name: 'notes' }, columns: ['id'] } },
    ])
  })

  it('refuses two tables of one name', () => {
    expect(() => toModel([teams, table('teams', { x: column(text()) })])).toThrowError(
      expect.objectContaining({ code: 'OBJECT_EXISTS' }),
    )
  })

  it('refuses two enums of one name with other values, which are one type of PostgreSQL', () => {
    const withMood = (name: string, ...values: readonly string[]) =>
      table(name, { mood: column(enumeration(values, { name: 'mood' })) })
    expect(toModel([withMood('a', 'ok', 'bad'), withMood('b', 'ok', 'bad')]).enums.size).toBe(1)
    expect(() => toModel([withMood('a', 'ok', 'bad'), withMood('b', 'ok', 'worse')])).toThrowError(
      expect.objectContaining({ code: 'OBJECT_EXISTS', details: { object: 'enum mood' } }),
    )
  })
})

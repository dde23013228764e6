import { emptySchema, type Operation, replay, type SchemaModel, schemaDifferences } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { describe, expect, test } from 'vitest'
import { creationsOf } from '../../../packages/autogenerate/src/differences/creations.ts'
import { randomModel } from '../../../packages/conformance/src/random/generate.ts'
import { features, fragments } from '../../dialects/conformance/subjects.ts'
import { caseSeed, runSeed } from '../../kit/random.ts'
import { counts } from '../../kit/scale.ts'
import { declaredBy } from './kit.ts'
import { integer, key, primary, schema, table, view } from './models.ts'

/** Each operation in one word or two: `table users`, `key users_team`. */
function inShort(operation: Operation): string {
  switch (operation.kind) {
    case 'createTable':
      return `table ${operation.table.ref.name}`
    case 'createView':
      return `view ${operation.view.ref.name}`
    case 'addConstraint':
      return `key ${operation.constraint.name}`
    case 'createSequence':
      return `sequence ${operation.sequence.ref.name}${operation.sequence.ownedBy === undefined ? '' : ' owned'}`
    case 'alterSequence':
      return `owner of ${operation.sequence.name}`
    case 'createTrigger':
      return `trigger ${operation.trigger.name}`
    case 'createEnum':
      return `enum ${operation.enum.ref.name}`
    case 'createSchema':
      return `schema ${operation.schema}`
    case 'createExtension':
      return `extension ${operation.extension}`
    default:
      return operation.kind
  }
}

const orderOf = (model: SchemaModel, ...options: [] | [{ readonly circles: 'inline' }]): readonly string[] =>
  creationsOf(model, ...options).map(inShort)

const id = integer('id', { nullable: false })

describe('the order of creations', () => {
  test('a table stands behind those that it refers to, whatever the order of their names', () => {
    const chain = schema({
      tables: [
        table('a', [id, integer('b')], [primary('id'), key('a_b', 'b', 'b')]),
        table('b', [id, integer('c')], [primary('id'), key('b_c', 'c', 'c')]),
        table('c', [id, integer('up')], [primary('id'), key('c_up', 'up', 'c')]),
      ],
    })
    expect(orderOf(chain)).toEqual(['table c', 'table b', 'table a'])
  })

  test('of a circle one foreign key comes when the tables are there; inside, where that is asked for', () => {
    const circle = schema({
      tables: [
        table('users', [id, integer('team')], [primary('id'), key('users_team', 'team', 'teams')]),
        table('teams', [id, integer('lead')], [primary('id'), key('teams_lead', 'lead', 'users')]),
        table('notes', [id, integer('by')], [primary('id'), key('notes_by', 'by', 'users')]),
      ],
    })
    expect(orderOf(circle)).toEqual(['table teams', 'table users', 'table notes', 'key teams_lead'])
    expect(orderOf(circle, { circles: 'inline' })).toEqual(['table teams', 'table users', 'table notes'])
  })

  test('a view stands behind the views that it reads, also where they mention each other by chance', () => {
    const views = schema({
      tables: [table('t', [id, integer('b')])],
      views: [
        view('a', 'SELECT id, 1 AS c FROM b'),
        view('b', 'SELECT id FROM "c"'),
        view('c', 'SELECT id, 2 AS a, b FROM t'),
        view('d', 'SELECT id FROM x, "odd ""name"""'),
        view('odd "name"', 'SELECT id FROM t'),
      ],
    })
    const order = orderOf(views)
    expect(order).toEqual(['table t', 'view c', 'view b', 'view a', 'view odd "name"', 'view d'])
  })

  test('what tables need is before them, and triggers are last', () => {
    const sequence = { ref: { name: 'n' }, ownedBy: { table: { name: 't' }, column: 'id' } }
    const whole: SchemaModel = {
      ...schema({
        schemas: ['app'],
        extensions: ['citext'],
        tables: [table('t', [id]), { ...table('fts', [id]), opaque: 'virtual' }],
        views: [view('v', 'SELECT id FROM t')],
        triggers: [
          { name: 'on_v', table: 'v', definition: 'CREATE TRIGGER …' },
          { name: 'on_fts', table: 'fts', definition: 'CREATE TRIGGER …' },
        ],
        enums: [{ name: 'mood', schema: 'feelings', values: ['sad'] }],
      }),
      sequences: new Map([['n', sequence]]),
    }
    expect(orderOf(whole)).toEqual([
      'schema app',
      'schema feelings',
      'extension citext',
      'enum mood',
      'sequence n',
      'table t',
      'owner of n',
      'view v',
      'trigger on_v',
    ])
  })

  test('a chain of 20,000 tables is ordered', () => {
    const tables = Array.from({ length: 20_000 }, (_, at) =>
      table(`t${at}`, [id, integer('next')], at === 19_999 ? [] : [key(`k${at}`, 'next', `t${at + 1}`)]),
    )
    const order = orderOf(schema({ tables }))
    expect(order[0]).toBe('table t19999')
    expect(order).toHaveLength(20_000)
  })
})

describe('folded over an empty schema', () => {
  const seed = runSeed()

  test.each(['sqlite', 'postgres', 'mariadb', 'mysql'] as const)('creations give the schema again: %s', (flavour) => {
    for (let at = 0; at < counts.operationLaws; at += 1) {
      const model = declaredBy(randomModel(caseSeed(seed, at), features[flavour], fragments[flavour]).operations)
      for (const circles of ['separate', 'inline'] as const) {
        const replayed = replay(emptySchema, creationsOf(model, { circles }))
        expect(schemaDifferences(model, replayed), `TEST_SEED=${seed} TEST_CASE=${at}`).toEqual([])
        expect([...replayed.schemas].sort()).toEqual([...model.schemas].sort())
      }
    }
  })

  test('a serial column that was declared, and one that was read, with its sequence', async () => {
    const { apply: applyToModel } = (await postgresDialect({ url: 'postgresql://none/none' }).load()).model
    const serial = { kind: 'native', dialect: 'postgres', sql: 'bigserial' } as const
    const declared = schema({ tables: [table('t', [{ name: 'id', type: serial, nullable: false }], [primary('id')])] })
    const read = replay(emptySchema, creationsOf(declared), applyToModel)
    expect([...read.sequences.values()]).toEqual([
      { ref: { name: 't_id_seq' }, ownedBy: { table: { name: 't' }, column: 'id' } },
    ])
    expect(orderOf(declared)).toEqual(['table t'])
    expect(orderOf(read)).toEqual(['sequence t_id_seq', 'table t', 'owner of t_id_seq'])
    expect(schemaDifferences(declared, replay(emptySchema, creationsOf(declared)))).toEqual([])
    expect(schemaDifferences(read, replay(emptySchema, creationsOf(read)))).toEqual([])
    expect(schemaDifferences(read, replay(emptySchema, creationsOf(read), applyToModel))).toEqual([])
  })
})

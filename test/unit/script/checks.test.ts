import { integer, type Migrator, type OperationRecorder } from '@org/migrate-core'
import type { SqlText } from '@org/migrate-core/dialect'
import { expect, test } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { anything, bookkeeping, describeOnGrounds, type Ground } from './ground.ts'

interface CheckOptions {
  readonly what?: string
  readonly query?: SqlText
}

function migratorOn(
  ground: Ground,
  { what = 'items below zero', query = 'SELECT id FROM item WHERE n < 0' }: CheckOptions = {},
) {
  const chain = [
    {
      revision: 'r1',
      downRevision: null,
      upgrade(op: OperationRecorder) {
        op.createTable('item', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('n', integer())
          t.primaryKey(['id'])
        })
        op.insertRows('item', [{ id: 1, n: 1 }], { key: ['id'] })
      },
    },
    {
      revision: 'r2',
      downRevision: 'r1',
      upgrade(op: OperationRecorder) {
        op.expectNone(what, query)
        op.createTable('later', (t) => t.column('id', integer()))
        op.insertRows('item', [{ id: 2, n: 2 }], { key: ['id'] })
        op.expectNone('items of another number', 'SELECT id FROM item WHERE n <> id')
      },
    },
  ]
  return migratorOf(ground.dialect(), chain)
}

const second = (migrator: Migrator) => migrator.script('head', { from: 'r1' })

async function everything(ground: Ground): Promise<unknown> {
  const { catalog, heads, history, journal } = (await anything(ground)) as { readonly [part: string]: unknown }
  return { catalog, heads, history, journal, items: await ground.rows('SELECT id, n FROM item ORDER BY id') }
}

describeOnGrounds('a check in a script', (createGround) => {
  test('stops the client before the first change, and lets it by where there is no such row', async () => {
    const [online, offline] = [await createGround(), await createGround()]
    await migratorOn(online).upgrade()
    await migratorOn(offline).upgrade('r1')
    const printed = await second(migratorOn(offline))
    expect(printed).toContain('-- There must be no items below zero.')
    offline.client('UPDATE item SET n = -1;\n')
    const stateBefore = await everything(offline)
    expect(offline.client(printed)).toMatchObject({
      stopped: true,
      output: expect.stringContaining('items below zero'),
    })
    expect(await everything(offline)).toEqual(stateBefore)

    offline.client('UPDATE item SET n = 1;\n')
    expect(offline.client(printed)).toMatchObject({ stopped: false })
    expect(await offline.catalog()).toEqual(await online.catalog())
    expect(await bookkeeping(offline)).toEqual(await bookkeeping(online))
    await migratorOn(online).downgrade('r1')
    const back = await migratorOn(offline).script('r1', { command: 'downgrade', from: 'head' })
    expect(offline.client(back)).toMatchObject({ stopped: false })
    expect(await offline.catalog()).toEqual(await online.catalog())
  })

  test('from where the database stands stops a client that is told to stop at errors', async () => {
    const ground = await createGround()
    await migratorOn(ground).upgrade('r1')
    const scriptText = await migratorOn(ground).script('head', { from: 'current', ...ground.scriptOptions })
    ground.client('UPDATE item SET n = -1;\n')
    const stateBefore = await everything(ground)
    expect(ground.client(scriptText)).toMatchObject({
      stopped: true,
      output: expect.stringContaining('items below zero'),
    })
    expect(await everything(ground)).toEqual(stateBefore)
    ground.client('UPDATE item SET n = 1;\n')
    expect(ground.client(scriptText)).toMatchObject({ stopped: false })
    expect(await migratorOn(ground).status()).toMatchObject({ state: 'atHead', interrupted: [] })
  })

  test('in the middle stops the client there', async () => {
    const ground = await createGround()
    await migratorOn(ground).upgrade('r1')
    ground.client('INSERT INTO item (id, n) VALUES (7, 8);\n')
    expect(ground.client(await second(migratorOn(ground)))).toMatchObject({
      stopped: true,
      output: expect.stringContaining('items of another number'),
    })
    expect(await ground.rows('SELECT version_num FROM migrate_version')).toEqual([{ version_num: 'r1' }])
    expect(await ground.rows('SELECT id FROM item ORDER BY id')).toEqual([{ id: 1 }, { id: 7 }])
  })

  const hostile: readonly (readonly [string, CheckOptions])[] = [
    ['words that are the name of a table', { what: 'item' }],
    ['words with quotes of every kind', { what: `it's "so" \`or\` $migrate$ 'not'; \\ -- é` }],
    [
      'words that are longer than a name may be',
      { what: 'an item with a number that is lower than what a number may be. '.repeat(3) },
    ],
    [
      'a query with quotes and comments',
      { query: "SELECT id AS \"a\" FROM item -- it's; `so`\n WHERE n < 0 AND '\\\\' <> ';--' /* $migrate$ */" },
    ],
    [
      'a column called as a variable of the block around it',
      { query: 'SELECT found FROM (SELECT n AS found FROM item) AS x WHERE found < 0' },
    ],
    [
      'a question mark that is an operator',
      {
        query: {
          sqlite: 'SELECT id FROM item WHERE n < 0',
          postgres: `SELECT id FROM item WHERE n < 0 AND '{"a": 1}'::jsonb ?? 'a'`,
          mysql: 'SELECT id FROM item WHERE n < 0',
        },
      },
    ],
  ]
  test.each(hostile)('stops the client and lets it by with %s', async (_, options) => {
    const ground = await createGround()
    await migratorOn(ground, options).upgrade('r1')
    const printed = await second(migratorOn(ground, options))
    ground.client('UPDATE item SET n = -1;\n')
    const stateBefore = await everything(ground)
    expect(ground.client(printed)).toMatchObject({ stopped: true })
    expect(await everything(ground)).toEqual(stateBefore)
    ground.client('UPDATE item SET n = 1;\n')
    expect(ground.client(printed)).toMatchObject({ stopped: false })
    expect(await migratorOn(ground, options).status()).toMatchObject({ state: 'atHead', interrupted: [] })
  })
})

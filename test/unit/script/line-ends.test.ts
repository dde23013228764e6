import { enumeration, expression, integer, type OperationRecorder, text, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { describeOnGrounds, type GroundName } from './ground.ts'

const table = (op: OperationRecorder): void =>
  op.createTable('notes', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('body', text())
    t.primaryKey(['id'])
  })

const rows = (op: OperationRecorder): void => {
  op.insertRows('notes', [
    { id: 1, body: 'a\r\n\r\nb' },
    { id: 2, body: "c\r\r\n'\\" },
    { id: 3, body: 'd\re' },
  ])
}

/** SQLite and MariaDB keep what an author wrote, so that no other spelling may be sent. */
const written: readonly {
  readonly title: string
  readonly label: string
  readonly add: (op: OperationRecorder) => void
}[] = [
  {
    title: 'a view',
    label: 'create view shown',
    add: (op) => op.createView('shown', expression("SELECT 'x\r\ny' AS z")),
  },
  {
    title: 'SQL of the author',
    label: "sql: UPDATE notes SET body = 'x y'",
    add: (op) => op.sql("UPDATE notes SET body = 'x\r\ny'"),
  },
  {
    title: 'a check',
    label: 'add check no_lines to notes',
    add: (op) => op.addCheck('notes', expression("body <> 'x\r\ny'"), { name: 'no_lines' }),
  },
]

const isStripping = (name: GroundName): boolean => name !== 'postgres' && name !== 'postgres-next'

describeOnGrounds('a line end with a carriage return', (createGround, name) => {
  test('is stored by a script as it is in the rows', async () => {
    const ground = await createGround()
    const script = await migratorOf(ground.dialect(), line(table, rows)).script('head', {
      from: 'base',
      ...ground.scriptOptions,
    })
    expect(ground.client(script)).toMatchObject({ stopped: false })
    expect(await ground.rows('SELECT body FROM notes ORDER BY id')).toEqual([
      { body: 'a\r\n\r\nb' },
      { body: "c\r\r\n'\\" },
      { body: 'd\re' },
    ])
  })

  const stripped = isStripping(name) ? written : []
  test.each(stripped)(
    'in $title stops a script before anything is written, and not what stands before it, or a run',
    async (each) => {
      const ground = await createGround()
      const migrator = migratorOf(ground.dialect(), line(table, each.add))
      await expect(migrator.script('head', { from: 'base', ...ground.scriptOptions })).rejects.toMatchObject({
        code: 'NOT_PRINTABLE',
        details: { steps: [{ revision: 'r2', label: each.label }] },
      })
      const script = await migrator.script('r1', { from: 'base', ...ground.scriptOptions })
      expect(ground.client(script)).toMatchObject({ stopped: false })
      expect((await migrator.upgrade()).applied).toEqual(['main:r2'])
    },
  )

  const defaults = name === 'sqlite' ? ['a default of SQLite, which keeps its text,'] : []
  test.each(defaults)('in %s stops a script', async () => {
    const ground = await createGround()
    const migrator = migratorOf(
      ground.dialect(),
      line(table, (op) => op.addColumn('notes', 'extra', text(), { default: 'x\r\ny' })),
    )
    await expect(migrator.script('head', { from: 'base', ...ground.scriptOptions })).rejects.toMatchObject({
      code: 'NOT_PRINTABLE',
      details: { steps: [{ revision: 'r2', label: 'add column notes.extra' }] },
    })
  })

  const inDdl = name === 'mysql' || name === 'mariadb' ? ['defaults, comments and enums'] : []
  test.each(inDdl)('is in %s as in a run', async () => {
    const [online, offline] = [await createGround(), await createGround()]
    const chain = line((op) =>
      op.createTable('t', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('d', varchar(20), { default: 'x\r\ny', comment: 'c\r\nd' })
        t.column('e', enumeration(['a\r\nb', 'c']))
        t.primaryKey(['id'])
        t.comment('e\r\nf')
      }),
    )
    await migratorOf(online.dialect(), chain).upgrade()
    const offlineMigrator = migratorOf(offline.dialect(), chain)
    expect(offline.client(await offlineMigrator.script('head', { from: 'base' }))).toEqual({
      stopped: false,
      output: '',
    })
    expect(await offline.catalog()).toEqual(await online.catalog())
    expect(
      await offline.rows(
        "SELECT COLUMN_COMMENT AS c FROM information_schema.columns WHERE TABLE_SCHEMA = DATABASE() AND COLUMN_NAME = 'd'",
      ),
    ).toEqual([{ c: 'c\r\nd' }])
  })
})

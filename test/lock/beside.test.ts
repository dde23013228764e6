import { createMigrator, graphOf, integer, type OperationRecorder, revisions } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { describeOn } from '../kit/servers.ts'

const makes = (revision: string, downRevision: string | null, table: string, step?: () => Promise<void>) => ({
  revision,
  downRevision,
  upgrade: (op: OperationRecorder) => {
    op.createTable(table, (t) => t.column('id', integer()))
    if (step !== undefined) op.run('step', { up: step, down: 'none' })
  },
})

describeOn('postgres', 'a run that looks while another one is at work', (fresh) => {
  it('does not believe what looks wrong with the tables: it waits, and plans again', async () => {
    const db = await fresh()
    let entered = (): void => undefined
    const inside = new Promise<void>((resolve) => {
      entered = resolve
    })
    let go = (): void => undefined
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    const migrator = (list: Parameters<typeof revisions>[0]) =>
      createMigrator({ dialect: postgresDialect({ url: db.url }), tiers: [graphOf(revisions(list))] })
    const held = makes('a', null, 't', async () => {
      entered()
      await gate
    })
    const first = migrator([held]).upgrade()
    await inside
    // What is only there for a moment, as the tables of a run whose history is not read yet.
    await db.sql('CREATE TABLE u (id integer)')
    const second = migrator([makes('a', null, 't', async () => undefined), makes('b', 'a', 'u')])
    let waited = (): void => undefined
    const waiting = new Promise<void>((resolve) => {
      waited = resolve
    })
    const run = second.upgrade('head', { onEvent: ({ type }) => type === 'waiting' && waited() })
    await Promise.race([waiting, run])
    await db.sql('DROP TABLE u')
    go()
    expect((await first).applied).toEqual(['main:a'])
    expect((await run).applied).toEqual(['main:b'])
  })

  it('believes it where nobody is at work', async () => {
    const db = await fresh()
    await db.sql('CREATE TABLE u (id integer)')
    const alone = createMigrator({
      dialect: postgresDialect({ url: db.url }),
      tiers: [graphOf(revisions([makes('b', null, 'u')]))],
    })
    await expect(alone.upgrade()).rejects.toMatchObject({ code: 'OBJECT_EXISTS' })
    expect(await db.sql("SELECT 1 FROM pg_tables WHERE tablename = 'migrate_version'")).toEqual([])
  })
})

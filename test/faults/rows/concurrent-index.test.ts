import { integer, type MigrationEvent, type OperationRecorder, revisions } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { describeOn, type TestDatabase } from '../../kit/servers.ts'
import { upgradeAt } from '../proxy/chain.ts'
import { atWork, type OtherSession, otherSession } from '../proxy/other.ts'

const first = {
  revision: 'r1',
  downRevision: null,
  upgrade(op: OperationRecorder) {
    op.createTable('a', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('n', integer())
      t.primaryKey(['id'])
    })
    op.insertRows('a', [{ id: 1, n: 0 }], { key: ['id'] })
  },
}
const building = () =>
  revisions([
    first,
    {
      revision: 'r2',
      downRevision: 'r1',
      upgrade: (op) => op.createIndex('a', 'a_n', ['n'], { concurrently: true }),
    },
  ])

const indexes = `SELECT c.relname AS name, i.indisvalid AS valid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = 'a'::regclass ORDER BY 1`
const built = [
  { name: 'a_n', valid: true },
  { name: 'a_pkey', valid: true },
]

describeOn('postgres', 'an index that is built concurrently', (createDatabase) => {
  const atFirst = async (): Promise<TestDatabase> => {
    const database = await createDatabase()
    expect((await upgradeAt(database.url, { revisions: revisions([first]) })).error).toBeUndefined()
    return database
  }
  const writing = async (database: TestDatabase): Promise<OtherSession> => {
    const writer = await otherSession(database.url)
    await writer.sql('BEGIN')
    await writer.sql('UPDATE a SET n = 5')
    return writer
  }

  it('row 53: that a writer kept from its end is dropped and built again in the same run', async () => {
    const database = await atFirst()
    const writer = await writing(database)
    const statements: string[] = []
    let left: unknown
    const onEvent = (event: MigrationEvent): void => {
      if (event.type === 'statement') statements.push(event.sql)
      if (event.type !== 'waiting' || left !== undefined) return
      left = database.sql(indexes)
      void writer.sql('COMMIT')
    }
    const run = { revisions: building(), lockTimeoutMs: 300, run: { onEvent } }
    expect(await upgradeAt(database.url, run)).toEqual({ applied: ['main:r2'] })
    expect(await left).toContainEqual({ name: 'a_n', valid: false })
    expect(statements.map((sql) => sql.replace(/"a_n".*/, ''))).toEqual([
      'CREATE INDEX CONCURRENTLY ',
      'DROP INDEX CONCURRENTLY ',
      'CREATE INDEX CONCURRENTLY ',
    ])
    expect(await database.sql(indexes)).toEqual(built)
  })

  it('row 53: that never came to its end leaves nothing that the next run cannot fix', async () => {
    const database = await atFirst()
    const writer = await writing(database)
    const { error } = await upgradeAt(database.url, { revisions: building(), lockTimeoutMs: 200, lockRetries: 2 })
    expect(error).toMatchObject({ code: 'STATEMENT_FAILED', details: { fault: 'busy' }, location: { revision: 'r2' } })
    await writer.sql('COMMIT')
    expect((await upgradeAt(database.url, { revisions: building() })).applied).toEqual(['main:r2'])
    expect(await database.sql(indexes)).toEqual(built)
  })

  it.each(['ready', 'still being built'])(
    'row 53: never drops one of that name that another session makes meanwhile (%s)',
    async (state) => {
      const database = await atFirst()
      // Keeps the run from the table itself: when its time is up there is no index yet.
      const holder = await otherSession(database.url)
      await holder.sql('BEGIN')
      await holder.sql('LOCK TABLE a IN SHARE ROW EXCLUSIVE MODE')
      const other = await otherSession(database.url)
      let theirs: Promise<unknown> | undefined
      const meanwhile = async (): Promise<void> => {
        await holder.sql('COMMIT')
        if (state === 'ready') {
          await other.sql('CREATE INDEX a_n ON a (id, n)')
          return
        }
        const writer = await writing(database)
        theirs = other.sql('CREATE INDEX CONCURRENTLY a_n ON a (id, n)')
        await atWork(database, 'CREATE INDEX CONCURRENTLY a_n')
        await atWork(database, '%INDEX CONCURRENTLY "a_n"')
        await writer.sql('COMMIT')
      }
      let done: Promise<void> | undefined
      const sent: string[] = []
      const onEvent = (event: MigrationEvent): void => {
        if (event.type === 'statement') sent.push(event.sql)
        if (event.type === 'waiting') done ??= meanwhile()
      }
      const limits = { lockTimeoutMs: 1_500, lockRetries: 20 }
      const { error } = await upgradeAt(database.url, { revisions: building(), ...limits, run: { onEvent } })
      await done
      await theirs
      expect(error).toMatchObject({
        code: 'STATEMENT_FAILED',
        details: { fault: 'exists' },
        location: { revision: 'r2' },
      })
      expect(sent.filter((sql) => !sql.startsWith('CREATE INDEX CONCURRENTLY'))).toEqual([])
      expect(await database.sql("SELECT indexdef FROM pg_indexes WHERE indexname = 'a_n'")).toEqual([
        { indexdef: 'CREATE INDEX a_n ON public.a USING btree (id, n)' },
      ])
      expect(await database.sql(indexes)).toEqual(built)
    },
  )

  it('row 49: is built by one while another waits for the lock of the run, and neither stands in the way of the other', async () => {
    const database = await atFirst()
    const writer = await writing(database)
    const holding = upgradeAt(database.url, { revisions: building(), lockTimeoutMs: 60_000 })
    await atWork(database, 'CREATE INDEX CONCURRENTLY')
    const waited: string[] = []
    let notify: (() => void) | undefined
    const waits = new Promise<void>((resolve) => {
      notify = resolve
    })
    const onEvent = (event: MigrationEvent): void => {
      if (event.type !== 'waiting') return
      waited.push(JSON.stringify(event))
      notify?.()
    }
    const waiting = upgradeAt(database.url, { revisions: building(), waitMs: 60_000, run: { onEvent } })
    await waits
    // Only the writer keeps the build up: one who waited for the lock in a transaction would keep it up for ever.
    await writer.sql('COMMIT')
    expect(await holding).toEqual({ applied: ['main:r2'] })
    expect(await waiting).toEqual({ applied: [] })
    expect(waited.join('\n')).toMatch(/lock/)
    expect(await database.sql(indexes)).toEqual(built)
  })
})

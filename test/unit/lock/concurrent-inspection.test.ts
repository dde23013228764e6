import { integer, type OperationRecorder } from '@org/migrate-core'
import type { Session, UnloadedDialect } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnEach } from '../../kit/servers.ts'

/** Something that others wait for. */
function signal() {
  let give = (): void => undefined
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { give, given }
}

/** Calls `answered` behind each query, and lets no other one go out meanwhile. */
function watched(dialect: UnloadedDialect, answered: (sql: string) => Promise<void>): UnloadedDialect {
  return {
    ...dialect,
    connection: {
      ...dialect.connection,
      async connect(options) {
        const session = await dialect.connection.connect(options)
        let before: Promise<unknown> = Promise.resolve()
        const query: Session['query'] = (sql, params) => {
          const rows = before.then(async () => {
            const result = await session.query(sql, params)
            await answered(sql)
            return result
          })
          before = rows.catch(() => undefined)
          return rows
        }
        const queryTogether: Session['queryTogether'] = async (reads) => {
          const rows = (await session.queryTogether?.(reads)) ?? []
          await answered(reads.map(({ sql }) => sql).join('; '))
          return rows
        }
        // The session's own state is private to it: its methods are called on it.
        const get = (of: typeof session, name: keyof typeof session): unknown => {
          const value: unknown = of[name]
          return typeof value === 'function' ? value.bind(of) : value
        }
        return new Proxy(session, {
          get: (of, name) => {
            if (name === 'queryTogether') return queryTogether
            return name === 'query' ? query : get(of, name as keyof typeof session)
          },
        })
      },
    },
  }
}

const table = (revision: string, downRevision: string | null, name: string, step?: () => Promise<void>) => ({
  revision,
  downRevision,
  upgrade: (op: OperationRecorder) => {
    op.createTable(name, (t) => t.column('id', integer()))
    if (step !== undefined) op.run('step', { up: step, down: 'none' })
  },
})

describeOnEach(['mariadb', 'mysql'], 'a look beside a run whose statements commit one by one', (createDatabase) => {
  it('takes nothing for wrong that the run made, however its steps fall between the questions', async () => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    const [inside, gate] = [signal(), signal()]
    const migrator = (on: UnloadedDialect, step: () => Promise<void>) =>
      migratorOf(on, [table('a', null, 't', async () => undefined), table('b', 'a', 'u', step)])
    const runner = migrator(dialect, async () => {
      inside.give()
      await gate.given
    })
    await runner.upgrade('a')

    // First the run makes its table, behind what is read of the revisions. When that is looked for again the run ends, behind the
    // first of the questions.
    let queries = 0
    let ended: Promise<unknown> = Promise.resolve()
    const watchedDialect = watched(dialect, async (sql) => {
      if (!/FROM `migrate_(version|journal)`/.test(sql)) return
      queries += 1
      if (queries === 2) {
        ended = runner.upgrade()
        await inside.given
      }
      if (queries === 3) {
        gate.give()
        await ended
      }
    })
    // Where an upgrade would wait for the lock, a plan is made beside the run.
    const result = await migrator(watchedDialect, async () => undefined).plan()

    expect(queries).toBeGreaterThan(3)
    expect(await ended).toMatchObject({ applied: ['main:b'] })
    expect(result).toMatchObject({ steps: [], to: [{ tier: 'main', heads: ['b'] }] })
    expect(await db.sql('SELECT revision FROM migrate_history ORDER BY revision')).toEqual([
      { revision: 'a' },
      { revision: 'b' },
    ])
  })

  it('says of a step that ends between the questions that it has ended', async () => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    const [inside, gate] = [signal(), signal()]
    const migrator = (on: UnloadedDialect, step: () => Promise<void>) => migratorOf(on, [table('a', null, 't', step)])
    const run = migrator(dialect, async () => {
      inside.give()
      await gate.given
    }).upgrade()
    await inside.given

    let queries = 0
    const watchedDialect = watched(dialect, async (sql) => {
      if (!/FROM `migrate_(version|journal)`/.test(sql)) return
      queries += 1
      if (queries > 1) return
      gate.give()
      await run
    })
    const result = await migrator(watchedDialect, async () => undefined).status()
    expect(result).toMatchObject({ state: 'atHead', revision: ['a'], interrupted: [] })
    expect((await run).applied).toEqual(['main:a'])
  })

  it('believes it where no run is at work', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id integer)')
    const singleMigrator = migratorOf(mysqlDialect({ url: db.url }), [table('a', null, 't')])
    await expect(singleMigrator.upgrade()).rejects.toMatchObject({ code: 'OBJECT_EXISTS' })
    expect(await db.sql("SHOW TABLES LIKE 'migrate_version'")).toEqual([])
  })
})

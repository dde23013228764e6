import { integer, type StepDatabase } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { describe, expect, it } from 'vitest'
import { errorOf, line, migratorOf, type Recorded } from '../../kit/migrator.ts'
import { describeOn } from '../../kit/servers.ts'
import { temporaryFolder } from './kit.ts'

const makes =
  (name: string): Recorded =>
  (op) =>
    op.createTable(name, (t) => {
      t.column('id', integer(), { nullable: false })
      t.primaryKey(['id'])
    })

function stops(newDialect: () => Promise<UnloadedDialect>): void {
  it.each([
    [
      'revision',
      'Stopped inside r2; it was rolled back, and changed nothing.',
      'Run it again: what was finished stays, and the rest runs from its start.',
    ],
    [
      'run',
      'Stopped inside r2; the run is one transaction, and all of it was rolled back.',
      'Run it again: it starts with the first of its revisions.',
    ],
  ] as const)(
    'inside a revision says that it was rolled back, and run again it starts there: %s',
    async (transaction, message, remedy) => {
      const stop = new AbortController()
      const up = async (db: StepDatabase): Promise<void> => {
        await db.execute('INSERT INTO a (id) VALUES (1)')
        stop.abort()
        await db.execute('INSERT INTO a (id) VALUES (2)')
      }
      const chain = line(makes('a'), (op) => op.run('fill', { up, down: 'none' }), makes('b'))
      const migrator = migratorOf(await newDialect(), chain, { transaction })
      const error = await errorOf(migrator.upgrade('head', { signal: stop.signal }))
      const applied = transaction === 'run' ? [] : ['main:r1']
      expect([error.code, error.message, error.details]).toEqual(['ABORTED', message, { applied }])
      expect(error.remedy).toBe(remedy)
      expect((await migrator.status()).tiers[0]?.heads).toEqual(transaction === 'run' ? [] : ['r1'])
      const { applied: rest } = await migrator.upgrade()
      expect([...applied, ...rest]).toEqual(['main:r1', 'main:r2', 'main:r3'])
    },
  )

  it('between two revisions says that the second did not start', async () => {
    const stop = new AbortController()
    const onEvent = ({ type }: { readonly type: string }): void => {
      if (type === 'stepFinished') stop.abort()
    }
    const migrator = migratorOf(await newDialect(), line(makes('a'), makes('b')), { transaction: 'revision' })
    const error = await errorOf(migrator.upgrade('head', { signal: stop.signal, onEvent }))
    expect([error.code, error.message]).toEqual(['ABORTED', 'Stopped before r2, which did not start.'])
  })
}

describe('a run of SQLite that is stopped', () => {
  const folder = temporaryFolder()
  stops(async () => sqliteDialect({ url: `${folder.path}/stopped.db` }))
})

describeOn('postgres', 'a run that is stopped', (createDatabase) => {
  stops(async () => postgresDialect({ url: (await createDatabase()).url }))
})

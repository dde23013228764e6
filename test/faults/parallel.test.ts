import { integer, type OperationRecorder, type StepDatabase } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { migratorOf } from '../kit/migrator.ts'
import { describeOnEach, familyOf, serverNames } from '../kit/servers.ts'
import { dialectFor } from './runner/dialects.ts'

describeOnEach(serverNames, 'a data step', (createDatabase, server) => {
  it('sends thirty statements at once, in a run with a signal, without a warning of Node', async () => {
    const database = await createDatabase()
    const warnings: string[] = []
    const collect = (warning: Error): void => {
      warnings.push(warning.message)
    }
    process.on('warning', collect)
    try {
      const upgrade = (op: OperationRecorder): void => {
        op.createTable('t', (t) => {
          t.column('id', integer(), { nullable: false })
          t.primaryKey(['id'])
        })
        const up = async (db: StepDatabase): Promise<void> => {
          const numbers = Array.from({ length: 30 }, (_, number) => number)
          await Promise.all(numbers.map((number) => db.execute('INSERT INTO "t" ("id") VALUES (?)', [number])))
        }
        op.run('fill', { up, down: 'none' })
      }
      const migrator = migratorOf(dialectFor(familyOf(server), database.url), [
        { revision: 'r1', downRevision: null, upgrade },
      ])
      await migrator.upgrade('head', { signal: new AbortController().signal })
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      process.off('warning', collect)
    }
    expect(warnings).toEqual([])
    expect(Number((await database.sql('SELECT count(*) AS n FROM t'))[0]?.n)).toBe(30)
  })
})

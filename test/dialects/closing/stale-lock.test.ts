// What `status` says of the lock: the row was read before the files were, who holds the lock after it.
import { createMigrator, graphOf, integer, revisions } from '@org/migrate-core'
import { expect, it } from 'vitest'
import { dialectFor } from '../../faults/runner/dialects.ts'
import { line } from '../../kit/migrator.ts'
import { describeOnEach, familyOf } from '../../kit/own-sessions.ts'

describeOnEach(['postgres', 'mariadb', 'mysql'], 'status while a run ends', (createDatabase, server) => {
  it('does not call the lock of a run that ended in order abandoned', async () => {
    const database = await createDatabase()
    const dialect = dialectFor(familyOf(server), database.url)
    const chain = line(
      (op) => op.createTable('t', (t) => void t.column('id', integer())),
      (op) =>
        op.run('slow', {
          up: async () => {
            started()
            await released
          },
          down: 'none',
        }),
    )
    let started = (): void => undefined
    let release = (): void => undefined
    const isStarted = new Promise<void>((resolve) => {
      started = resolve
    })
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const migrator = createMigrator({ dialect, tiers: [graphOf(revisions(chain))] })
    await migrator.upgrade('r1')
    const run = migrator.upgrade()
    await isStarted
    const source = revisions(chain)
    const slow = new Proxy(source, {
      get(of, name) {
        const value: unknown = Reflect.get(of, name, of)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          const result: unknown = value.apply(of, args)
          if (!(result instanceof Promise)) return result
          return (async () => {
            release()
            await run
            return result
          })()
        }
      },
    })
    const status = await createMigrator({ dialect, tiers: [graphOf(slow)] }).status()
    await run
    expect(status.lock).not.toHaveProperty('abandonedBy')
  })
})

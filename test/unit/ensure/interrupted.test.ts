import { examine } from '@org/migrate-autogenerate'
import { expect, it } from 'vitest'
import { instance, type Order } from '../../faults/rolling-update/instance.ts'
import { describeOnServers, type Ground } from './ground.ts'
import { appliedOnce, migratorOf, versions } from './kit.ts'

const limitMs = 120_000

/** A release whose r3 is committed in more than one part on every server. */
const release = (ground: Ground, knows: number) =>
  migratorOf(ground, { knows, nonTransactional: ground.name === 'postgres' })

/** A run of r3 that is killed inside its data step: half of r3 stands, and the server has noticed that it is gone. */
async function killed(ground: Ground, work: 'upgrade' | 'downgrade'): Promise<void> {
  const order: Order = {
    url: ground.url,
    knows: 3,
    work,
    options: { target: 'r2' },
    gated: true,
    nonTransactional: ground.name === 'postgres',
  }
  const run = instance(order)
  await run.inside()
  await run.kill()
  await expect.poll(async () => (await release(ground, 3).lock.report()).held).toBe(false)
}

const directions = async (ground: Ground): Promise<readonly string[]> =>
  (await ground.sql('SELECT revision, direction FROM migrate_history ORDER BY id')).map(
    (row) => `${row.revision} ${row.direction}`,
  )

const labels = async (ground: Ground): Promise<readonly number[]> =>
  (await ground.sql('SELECT id FROM labels')).map((row) => Number(row.id))

describeOnServers('a revision that a killed run interrupted', (createGround) => {
  it(
    'is nothing that an older program starts on: it names the program to run, and changes nothing',
    async () => {
      const ground = await createGround()
      await release(ground, 2).upgrade()
      await killed(ground, 'upgrade')
      const before = await ground.picture()
      const older = release(ground, 2)
      const interrupted = {
        code: 'NOT_AT_HEAD',
        details: { state: 'interrupted' },
        message: expect.stringContaining('r3'),
        remedy: 'Run the program that has this revision, which resumes it.',
      }
      await expect(older.ensure({ mode: 'verify' })).rejects.toMatchObject(interrupted)
      await expect(older.ensure({ mode: 'wait', timeoutMs: 300 })).rejects.toMatchObject(interrupted)
      const runs = [
        () => older.ensure({ mode: 'apply' }),
        () => older.upgrade(),
        () => older.resume(),
        () => older.script('head', { from: 'current' }),
      ]
      for (const run of runs) {
        await expect(run()).rejects.toMatchObject({
          code: 'REVISION_INTERRUPTED',
          details: { revision: 'r3' },
          remedy: 'Run the program that has this revision, which resumes it.',
        })
      }
      expect((await examine(older)).findings).toContainEqual(
        expect.objectContaining({
          about: 'interrupted',
          next: 'Run the program that has this revision, which resumes it.',
        }),
      )
      expect(await older.status({ files: false })).toEqual({ state: 'interrupted', revision: ['r2'], pending: 0 })
      expect(await ground.picture()).toEqual(before)
    },
    limitMs,
  )

  it(
    'is told by verify, and finished by apply, of the program that has it',
    async () => {
      const ground = await createGround()
      await release(ground, 2).upgrade()
      await killed(ground, 'upgrade')
      const newer = release(ground, 4)
      await expect(newer.ensure({ mode: 'verify' })).rejects.toMatchObject({
        code: 'NOT_AT_HEAD',
        details: { state: 'interrupted', pending: 2 },
        remedy: expect.stringContaining('migrate upgrade'),
      })
      expect(await newer.status({ files: false })).toEqual({ state: 'interrupted', revision: ['r2'], pending: 2 })
      expect(await newer.ensure({ mode: 'apply' })).toMatchObject({
        state: 'atHead',
        revision: ['r4'],
        applied: ['main:r3', 'main:r4'],
      })
      await appliedOnce(ground, 'r1', 'r2', 'r3', 'r4')
      expect(await labels(ground)).toEqual([1])
      expect(await ground.sql('SELECT revision FROM migrate_journal')).toEqual([])
    },
    limitMs,
  )

  it(
    'in the upgrade is nothing to go down from: resume finishes it, and then the way is free',
    async () => {
      const ground = await createGround()
      await release(ground, 2).upgrade()
      await killed(ground, 'upgrade')
      const migrator = release(ground, 3)
      const before = await ground.picture()
      for (const target of ['r1', 'r2', 'base']) {
        await expect(migrator.downgrade(target)).rejects.toMatchObject({
          code: 'REVISION_INTERRUPTED',
          details: { revision: 'r3' },
          remedy: expect.stringContaining('migrate resume'),
        })
      }
      expect(await ground.sql('SELECT version_num FROM migrate_version')).toMatchObject([{ version_num: 'r2' }])
      expect(await ground.sql('SELECT revision FROM migrate_journal')).not.toEqual([])
      expect(await ground.picture()).toEqual(before)
      expect((await migrator.resume()).applied).toEqual(['main:r3'])
      expect(await versions(ground)).toEqual(['r3'])
      expect(await labels(ground)).toEqual([1])
      expect((await migrator.downgrade('r1')).applied).toEqual(['main:r3', 'main:r2'])
      expect(await versions(ground)).toEqual(['r1'])
      await appliedOnce(ground, 'r1', 'r2', 'r3')
    },
    limitMs,
  )

  it(
    'in the downgrade is finished downwards before an upgrade goes up',
    async () => {
      const ground = await createGround()
      await release(ground, 3).upgrade()
      await killed(ground, 'downgrade')
      expect(await versions(ground)).toEqual(['r3'])
      const migrator = release(ground, 3)
      await expect(migrator.ensure({ mode: 'verify' })).rejects.toMatchObject({
        code: 'NOT_AT_HEAD',
        details: { state: 'interrupted' },
      })
      expect(await migrator.ensure({ mode: 'apply' })).toMatchObject({ state: 'atHead', revision: ['r3'] })
      expect(await directions(ground)).toEqual(['r1 up', 'r2 up', 'r3 up', 'r3 down', 'r3 up'])
      expect(await labels(ground)).toEqual([1])
      expect(await ground.sql('SELECT id, label_id FROM notes')).toEqual([])
    },
    limitMs,
  )

  it(
    'in the downgrade is finished downwards by resume; an older program is refused unless it is told to serve',
    async () => {
      const ground = await createGround()
      await release(ground, 3).upgrade()
      await killed(ground, 'downgrade')
      const interrupted = await ground.picture()
      await expect(release(ground, 2).ensure({ mode: 'verify' })).rejects.toMatchObject({
        code: 'NOT_AT_HEAD',
        details: { state: 'interrupted' },
        remedy: expect.stringContaining('the program that has this revision'),
      })
      await expect(release(ground, 2).ensure({ mode: 'apply' })).rejects.toMatchObject({
        code: 'REVISION_FILE_NEEDED',
        details: { revision: 'r3' },
      })
      for (const mode of ['verify', 'apply', 'wait'] as const) {
        expect((await release(ground, 2).ensure({ mode, ahead: 'serve' })).state).toBe('ahead')
      }
      expect(await ground.picture()).toEqual(interrupted)
      expect((await release(ground, 3).resume()).applied).toEqual(['main:r3'])
      expect(await versions(ground)).toEqual(['r2'])
      expect(await directions(ground)).toEqual(['r1 up', 'r2 up', 'r3 up', 'r3 down'])
      await expect(labels(ground)).rejects.toThrow()
      const before = await ground.picture()
      expect((await release(ground, 3).resume()).applied).toEqual([])
      expect(await ground.picture()).toEqual(before)
    },
    limitMs,
  )
})

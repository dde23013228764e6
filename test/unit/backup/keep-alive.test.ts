import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keepSessionAlive } from '../../../packages/core/src/run/backup/keep-session-alive.ts'
import { errorOf } from '../../kit/migrator.ts'
import { describeOnEach, familyOf } from '../../kit/own-sessions.ts'
import { backupFolder, dialectOf, filled, shop, withPrograms } from './kit.ts'

withPrograms()
const folder = backupFolder()

describeOnEach(
  ['postgres', 'mariadb', 'mysql'],
  'the session of a run that waits for its backup',
  (createDatabase, server) => {
    const isPostgres = familyOf(server) === 'postgres'

    test('is not idle for longer than the server allows', async () => {
      const database = await createDatabase()
      const session = await dialectOf(database).connection.connect({ purpose: 'run' })
      await session.execute(isPostgres ? "SET idle_session_timeout = '1s'" : 'SET wait_timeout = 1')
      const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 2_500))
      await keepSessionAlive(session, new AbortController().signal, wait, 200)
      expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1n }])
      await session.close()
    })

    test('ends the backup where it is lost, and nothing is migrated', async () => {
      const database = await createDatabase()
      const session = await dialectOf(database).connection.connect({ purpose: 'run' })
      const [row] = await session.query(isPostgres ? 'SELECT pg_backend_pid() AS id' : 'SELECT connection_id() AS id')
      const lost = keepSessionAlive(
        session,
        new AbortController().signal,
        async (signal) => {
          await database.sql(isPostgres ? `SELECT pg_terminate_backend(${row?.id})` : `KILL ${row?.id}`)
          await expect.poll(() => signal.aborted).toBe(true)
          signal.throwIfAborted()
        },
        100,
      )
      expect(await errorOf(lost)).toMatchObject({ code: 'CONNECTION_LOST' })
      await session.close()
    })

    test('keeps other runs out until the backup is made', async () => {
      const database = await createDatabase()
      await filled(database)
      const [started, go] = [join(folder.path, 'started'), join(folder.path, 'go')]
      const backupCommand = {
        run: `touch '${started}'; while [ ! -e '${go}' ]; do sleep 0.1; done; echo made > "$BACKUP_FILE"`,
        verify: 'true',
      }
      const first = shop(database, { backupCommand }).upgrade('head', { backup: folder.file, allowDataLoss: true })
      await expect.poll(() => existsSync(started)).toBe(true)
      const second = shop(database, { lockWaitMs: 0 }).upgrade('head', { allowDataLoss: true })
      expect(await errorOf(second)).toMatchObject({ code: 'LOCKED' })
      expect(existsSync(folder.file)).toBe(false)
      writeFileSync(go, '')
      expect((await first).applied).toEqual(['main:r2'])
    })
  },
)

import { createMigrator, graphOf, revisions } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'

describeOnEach(
  ['mariadb', 'mysql'],
  'while a session runs a statement with a character of four bytes',
  (createDatabase) => {
    it('who holds the lock is said, and a run waits for it', async () => {
      const db = await createDatabase()
      let go = (): void => {}
      let entered = (): void => {}
      const inside = new Promise<void>((resolve) => {
        entered = resolve
      })
      const gate = new Promise<void>((resolve) => {
        go = resolve
      })
      const chain = revisions([
        {
          revision: 'r1',
          downRevision: null,
          upgrade: (op) =>
            op.run('wait', {
              up: async (step) => {
                await step.query('SELECT 1')
                entered()
                await gate
              },
              down: 'none',
            }),
        },
      ])
      const migrator = () => createMigrator({ dialect: mysqlDialect({ url: db.url }), tiers: [graphOf(chain)] })
      let isSpeaking = true
      // MariaDB makes an error of its end, MySQL an answer.
      const speaking = Promise.allSettled([db.sql("SELECT SLEEP(30), '\u{1F600}' AS face")]).finally(() => {
        isSpeaking = false
      })
      const holding = migrator().upgrade()
      await inside
      expect(await migrator().lock.report()).toMatchObject({
        held: true,
        holder: expect.stringMatching(/^connection \d+ of root@/),
      })
      const reported: string[] = []
      const waiting = migrator().upgrade('head', {
        onEvent: (event) => {
          if (event.type !== 'waiting') return
          reported.push(event.what)
          go()
        },
      })
      expect((await holding).applied).toEqual(['main:r1'])
      expect((await waiting).applied).toEqual([])
      expect(reported[0]).toMatch(/held by connection \d+ of root@/)
      // All of that was asked while the statement ran.
      expect(isSpeaking).toBe(true)
      const listed = await db.sql('SHOW PROCESSLIST')
      for (const { Id, Info } of listed)
        if (String(Info).startsWith('SELECT SLEEP(30)')) await db.sql(`KILL QUERY ${Id}`)
      await speaking
    })
  },
)

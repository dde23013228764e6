import type { Revision, StepDatabase } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { drizzleOf, toDrizzle } from '@org/migrate-drizzle/mysql'
import * as declared from '@org/migrate-schema'
import { chat, schema, user } from '@org/migrate-schema/mysql'
import { eq, sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { aChat, aUser } from '../../../kit/drizzle-rows.ts'
import { full, sample } from '../../../kit/drizzle-sample.ts'
import { queried } from '../../../kit/drizzle-version.ts'
import { migratorOf } from '../../../kit/migrator.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

const samples = toDrizzle(sample)

describeOnDialects(['mariadb', 'mysql'], 'a data step with Drizzle', (createDatabase) => {
  const run = (url: string, work: (db: StepDatabase) => Promise<void>) => {
    const revision: Revision = {
      revision: 'r1',
      downRevision: null,
      upgrade(op) {
        op.createTable(sample)
        for (const name of ['folder', 'chat', 'user'] as const) op.createTable(declared.tables[name])
        op.run('work', work)
      },
    }
    return migratorOf(mysqlDialect({ url }), [revision]).upgrade()
  }

  it('works with typed tables inside the revision’s transaction; a throw in a transaction leaves nothing', async () => {
    const database = await createDatabase()
    await run(database.url, async (db) => {
      const drizzle = drizzleOf(db, queried(schema))
      await drizzle.insert(samples).values(full)
      await expect(
        drizzle.transaction(async (inner) => {
          await inner.delete(samples)
          throw new Error('back')
        }),
      ).rejects.toThrow('back')
      const [row] = await drizzle.select().from(samples).where(eq(samples.big, full.big))
      expect(row).toMatchObject({ ...full })
      await drizzle.insert(chat).values(aChat)
      await drizzle.insert(user).values(aUser)
      expect(await drizzle.query.chat.findMany()).toEqual([{ ...aChat, share_id: null, pinned: null, meta: {} }])
      expect((await drizzle.select().from(user))[0]).toMatchObject(aUser)
    })
    expect(await database.sql('SELECT id, CAST(big AS char) AS big FROM sample')).toEqual([
      { id: 'a', big: '9223372036854775807' },
    ])
    expect(
      await database.sql(
        'SELECT CAST(created_at AS char) AS at, REPLACE(CAST(chat AS char), " ", "") AS chat, CAST(meta AS char) AS meta FROM chat',
      ),
    ).toEqual([{ at: '1717250400', chat: '{"n":12345678901234567890,"x":[1.5,"ü",null]}', meta: '{}' }])
  })

  it('cannot end the revision’s transaction, nor change the schema', async () => {
    const attempt = async (text: string) => {
      const { url } = await createDatabase()
      return run(url, async (db) => void (await drizzleOf(db).execute(sql.raw(text))))
    }
    await expect(attempt('COMMIT')).rejects.toMatchObject({ code: 'TRANSACTION_CONTROL_IN_STEP' })
    await expect(attempt('DROP TABLE sample')).rejects.toMatchObject({ code: 'DDL_IN_DATA_STEP' })
  })
})

import { check as checkMigrator } from '@org/migrate-autogenerate'
import { createMigrator, readDeclared } from '@org/migrate-core'
import { tables } from '@org/migrate-schema'
import type { OpenWebuiDatabase } from '@org/migrate-schema/database'
import { openWebuiTiers } from '@org/migrate-schema/tiers'
import { expect, it } from 'vitest'
import { dialectOf } from './dialect.ts'
import { failure, onDatabases, openService, patience } from './kit.ts'

const user = (id: string) => ({
  id,
  name: id,
  email: id,
  role: 'user',
  profile_image_url: '',
  created_at: 1n,
  updated_at: 1n,
  last_active_at: 1n,
  settings: { theme: id },
})

async function insertUsers(service: OpenWebuiDatabase): Promise<void> {
  const rows = ['u1', 'u2', 'u3'].map(user)
  if (service.dialect === 'postgres') await service.db.insert(service.tables.user).values(rows)
  else if (service.dialect === 'mysql') await service.db.insert(service.tables.user).values(rows)
  else await service.db.insert(service.tables.user).values(rows)
}

async function selectUsers(service: OpenWebuiDatabase): Promise<unknown> {
  if (service.dialect === 'postgres') return service.db.select().from(service.tables.user)
  if (service.dialect === 'mysql') return service.db.select().from(service.tables.user)
  return service.db.select().from(service.tables.user)
}

onDatabases('a row that its column cannot read', (createDatabase, name) => {
  it(
    'is named by the query, with table, column and key, and found by a check of the data',
    async () => {
      const database = await createDatabase()
      const quoted = name === 'mariadb' || name === 'mysql' ? '`user`' : '"user"'
      const service = await openService(database.env)
      await insertUsers(service)
      const migrator = createMigrator({ dialect: dialectOf(name, database), tiers: openWebuiTiers() })
      const check = () => checkMigrator(migrator, { data: true, declared: readDeclared(tables) })
      const unreadable = async () => (await check()).findings.filter(({ kind }) => kind === 'unreadable rows')
      expect(await unreadable()).toEqual([])
      await database.sql(`UPDATE ${quoted} SET settings = '{"theme": ' WHERE id = 'u2'`)
      expect(await failure(selectUsers(service) as Promise<unknown>)).toMatchObject({
        code: 'VALUE_INVALID',
        details: { table: 'user', column: 'settings', key: 'id u2', why: 'the text is not JSON' },
        message: 'user.settings of the row with id u2: the text is not JSON.',
      })
      expect((await check()).ok).toBe(false)
      expect(await unreadable()).toEqual([
        {
          kind: 'unreadable rows',
          level: 'problem',
          revisions: [],
          what: '1 row of user cannot be read: the values of settings are not of the declared type.',
          next: 'Correct user.settings in these rows: a query that reads them fails with VALUE_INVALID.',
          differences: ['id u2: the text is not JSON'],
        },
      ])
    },
    patience,
  )
})

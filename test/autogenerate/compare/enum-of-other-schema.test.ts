import { compare } from '@org/migrate-autogenerate'
import { expect, test } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnServers } from '../../unit/ensure/ground.ts'
import { declaredBy, linesOf } from './sql-pair.ts'

const schema = ["CREATE TYPE mood AS ENUM ('sad', 'ok')", 'CREATE SCHEMA app']

describeOnServers(
  'an enum that only a table of another schema uses',
  (openGround) => {
    test('goes with the last column of it, where the declaration has no enums of their own', async () => {
      const ground = await openGround()
      for (const text of [...schema, 'CREATE TABLE app.users (id int PRIMARY KEY, m mood)']) await ground.sql(text)
      const declared = await declaredBy(
        ground,
        ['CREATE SCHEMA app', 'CREATE TABLE app.users (id int PRIMARY KEY)'],
        'table',
      )
      const comparison = await compare(migratorOf(ground.dialect(), []), declared, { answers: { none: true } })
      expect(linesOf(comparison)).toEqual([
        'drop column app.users.m -- loses the values of app.users.m',
        'drop enum mood',
      ])
    })
  },
  ['postgres'],
)

import { compare } from '@org/migrate-autogenerate'
import { expect, test } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnServers } from '../../unit/ensure/ground.ts'
import { declaredBy, linesOf } from './sql-pair.ts'

const table = 'CREATE TABLE t (a int)'
const changed = ['CREATE TABLE t (a int, b int)']
const added = ['add column t.b integer']

const legacyTables = {
  'a column that counts': ['CREATE TABLE legacy (id serial PRIMARY KEY)'],
  'an enum': ["CREATE TYPE mood AS ENUM ('sad')", 'CREATE TABLE legacy (id int, m mood, n mood[])'],
  'a sequence': ['CREATE SEQUENCE numbers', "CREATE TABLE legacy (id int DEFAULT nextval('numbers'))"],
} as const

describeOnServers(
  'what takes part in a comparison',
  (openGround) => {
    test.for(Object.entries(legacyTables))('not what an excluded table uses: %s', async ([, legacy]) => {
      const ground = await openGround()
      for (const text of [...legacy, table]) await ground.sql(text)
      const options = { exclude: [{ kind: 'table', name: 'legacy' }] } as const
      const comparison = await compare(migratorOf(ground.dialect(), []), await declaredBy(ground, changed), options)
      expect(linesOf(comparison)).toEqual(added)
    })

    test('a pattern may name the schema of the connection', async () => {
      const ground = await openGround()
      for (const text of ['CREATE TABLE legacy (id int)', table]) await ground.sql(text)
      const declared = await declaredBy(ground, changed)
      const linesWith = async (options: Parameters<typeof compare>[2]) =>
        linesOf(await compare(migratorOf(ground.dialect(), []), declared, options))
      expect(await linesWith({ exclude: ['public.legacy'] })).toEqual(added)
      expect(await linesWith({ exclude: [{ schema: 'public', name: 'legacy' }] })).toEqual(added)
      expect(await linesWith({ include: ['public.t*'] })).toEqual(added)
      expect(await linesWith({ include: ['other.*'] })).toEqual([])
    })
  },
  ['postgres'],
)

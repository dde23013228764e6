import { type CompareOptions, compare } from '@org/migrate-autogenerate'
import { expect, test } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { revisionWriter } from '../../kit/written-revision.ts'
import { describeOnServers } from '../../unit/ensure/ground.ts'
import { declaredBy } from './sql-pair.ts'

const schema = (values: string, plain: string, list: string) => [
  `CREATE TYPE mood AS ENUM (${values})`,
  `CREATE TABLE t (id int PRIMARY KEY, a mood${plain}, b mood[]${list})`,
]
const before = schema("'sad', 'ok'", " DEFAULT 'sad'", " DEFAULT '{sad,ok}'")

const declarations = {
  'another value': schema("'ok'", " DEFAULT 'ok'", " DEFAULT '{ok}'"),
  'a new value': schema("'ok', 'great'", " DEFAULT 'great'", " DEFAULT '{great}'"),
  'no default': schema("'ok'", '', ''),
} as const

describeOnServers(
  'a value of an enum goes that is a default, and its author says later what takes its place',
  (openGround) => {
    const write = revisionWriter()

    test.for(Object.entries(declarations))('the default becomes %s, up, down and up', async ([, after]) => {
      const ground = await openGround()
      for (const text of before) await ground.sql(text)
      await ground.sql('INSERT INTO t (id) VALUES (1)')
      const empty = migratorOf(ground.dialect(), [])
      const options: CompareOptions = { answers: { none: true } }
      const comparison = await compare(empty, await declaredBy(ground, after), options)
      const changes = comparison.changes.map((one) => {
        if (one.change.kind !== 'operation' || one.change.operation.kind !== 'alterEnum') return one
        const drop = [{ value: 'sad', replaceBy: 'ok' }]
        return { ...one, change: { ...one.change, replacements: [], operation: { ...one.change.operation, drop } } }
      })
      const migrator = migratorOf(ground.dialect(), await write({ ...comparison, changes }, []))
      await migrator.upgrade()
      expect((await compare(migrator, await declaredBy(ground, after), options)).changes).toEqual([])
      await migrator.downgrade('base')
      await ground.sql('INSERT INTO t (id) VALUES (2)')
      expect(await ground.sql('SELECT a::text AS a, b::text AS b FROM t ORDER BY id')).toEqual([
        { a: 'ok', b: '{ok,ok}' },
        { a: 'sad', b: '{sad,ok}' },
      ])
      await migrator.upgrade()
      expect((await compare(migrator, await declaredBy(ground, after), options)).changes).toEqual([])
    })
  },
  ['postgres'],
)

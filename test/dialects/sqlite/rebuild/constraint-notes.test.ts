import { integer } from '@org/migrate-core'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { database, text } from './kit.ts'

const constraints = 'CHECK (a <> b), UNIQUE (a, c) ON CONFLICT REPLACE'

it('A constraint without a name that stays between others without one is no note of a downgrade', async () => {
  const file = database(`CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT UNIQUE, c TEXT, ${constraints})`)
  const migrator = migratorOf(
    sqliteDialect({ url: `sqlite:${file}` }),
    line(
      (op) => op.alterColumn('t', 'b', { nullable: false }),
      (op) => op.addColumn('t', 'd', integer()),
      (op) => op.alterColumn('t', 'c', { default: 'x' }),
    ),
  )
  await migrator.upgrade()
  for (const target of ['r2', 'r1', 'base']) {
    const plan = await migrator.plan(target, { direction: 'down' })
    expect(plan.steps.flatMap(({ notes }) => notes)).toEqual([])
    await migrator.downgrade(target)
  }
  expect(text(file, 't')).toBe(
    `CREATE TABLE "t" (id INTEGER PRIMARY KEY, a TEXT, b TEXT UNIQUE, c TEXT, ${constraints})`,
  )
})

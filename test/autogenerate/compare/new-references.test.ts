import { compare } from '@org/migrate-autogenerate'
import { expect, test } from 'vitest'
import { errorOf, migratorOf } from '../../kit/migrator.ts'
import { revisionWriter } from '../../kit/written-revision.ts'
import { describeEverywhere } from '../../unit/ensure/ground.ts'
import { declaredBy } from './sql-pair.ts'

const parent = 'CREATE TABLE p (id int NOT NULL PRIMARY KEY, code varchar(20) NOT NULL UNIQUE)'
const before = [parent, 'CREATE TABLE t (id int NOT NULL PRIMARY KEY, tenant int)']
const child = (columns: string) => `CREATE TABLE t (id int NOT NULL PRIMARY KEY, tenant int, ${columns})`

const declarations = {
  'a default that is a number': [
    parent,
    child('p_id int DEFAULT 7 NOT NULL, CONSTRAINT f FOREIGN KEY (p_id) REFERENCES p (id)'),
  ],
  'a default that is a text': [
    parent,
    child("p_code varchar(20) DEFAULT 'seven' NOT NULL, CONSTRAINT f FOREIGN KEY (p_code) REFERENCES p (code)"),
  ],
  'a value that was given': [parent, child('p_id int NOT NULL, CONSTRAINT f FOREIGN KEY (p_id) REFERENCES p (id)')],
  'a table that is new': [
    parent,
    'CREATE TABLE n (id int NOT NULL PRIMARY KEY)',
    child('n_id int DEFAULT 7 NOT NULL, CONSTRAINT f FOREIGN KEY (n_id) REFERENCES n (id)'),
  ],
} as const

describeEverywhere('a new column that refers to another table', (openGround) => {
  const write = revisionWriter()

  test.for(Object.entries(declarations))('is refused before anything where no row has %s', async ([title, after]) => {
    const ground = await openGround()
    for (const text of before) await ground.sql(text)
    const empty = migratorOf(ground.dialect(), [])
    const upgradeTo = async (statements: readonly string[]) => {
      const comparison = await compare(empty, await declaredBy(ground, statements), {
        answers: { none: true },
        fill: () => '7',
      })
      return migratorOf(ground.dialect(), await write(comparison, []))
    }
    const migrator = await upgradeTo(after)
    await ground.sql('INSERT INTO t (id) VALUES (1)')
    expect((await errorOf(migrator.upgrade())).code).toBe('BLOCKING_ROWS')
    expect((await compare(empty, await declaredBy(ground, before))).changes).toEqual([])
    if (title === 'a table that is new') await ground.sql('DELETE FROM t')
    else await ground.sql("INSERT INTO p (id, code) VALUES (7, 'seven')")
    await migrator.upgrade()
    const second = await compare(migrator, await declaredBy(ground, after))
    expect(second.changes).toEqual([])
  })
})

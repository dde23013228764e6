import { expect, it } from 'vitest'
import { describeOnEach } from '../../../kit/servers.ts'
import { live } from './kit.ts'

const t = { name: 't' }

describeOnEach(['mysql', 'mariadb'], 'of the indexes that foreign keys use', (createDatabase) => {
  const setup = `CREATE TABLE p (n bigint PRIMARY KEY);
    CREATE TABLE t (x bigint, y bigint, KEY mine (x), CONSTRAINT k FOREIGN KEY (x) REFERENCES p (n),
      CONSTRAINT other FOREIGN KEY (y) REFERENCES p (n))`

  it('those that an author made stay, and those of the server go with their key', async () => {
    const db = await createDatabase()
    await db.sql(setup)
    const at = await live(db)
    const keys = async (): Promise<unknown> =>
      (
        await db.sql(
          "SELECT INDEX_NAME AS name, COLUMN_NAME AS col FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' ORDER BY 1",
        )
      ).map(({ name, col }) => `${name}(${col})`)
    expect(await keys()).toEqual(['mine(x)', 'other(y)'])
    const table = (await at.introspect('t')).tables.get('t')
    expect(table?.indexes.map(({ name }) => name)).toEqual(['mine'])
    expect(table?.hiddenIndexes?.map(({ name, why }) => [name, why])).toEqual([['other', 'foreignKey']])
    await at.run(['t', 'p'], { kind: 'dropIndex', table: t, index: 'mine' })
    expect(await keys()).toEqual(['k(x)', 'other(y)'])
    await at.run(['t', 'p'], {
      kind: 'createIndex',
      table: t,
      index: { name: 'mine', unique: false, elements: [{ column: 'x' }] },
    })
    expect(await keys()).toEqual(['mine(x)', 'other(y)'])
    await at.run(['t', 'p'], { kind: 'dropConstraint', table: t, constraint: { name: 'k' } })
    await at.run(['t', 'p'], { kind: 'dropConstraint', table: t, constraint: { name: 'other' } })
    expect(await keys()).toEqual(['mine(x)'])
  })

  it('the server has one of its own beside a primary key that holds only the beginning of the column', async () => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE p (n varchar(20) PRIMARY KEY);
      CREATE TABLE t (x varchar(20) NOT NULL, PRIMARY KEY (x(5)), CONSTRAINT k FOREIGN KEY (x) REFERENCES p (n))`)
    const table = (await (await live(db)).introspect('t')).tables.get('t')
    expect(table?.indexes).toEqual([])
    expect(table?.hiddenIndexes?.map(({ name, why }) => [name, why])).toEqual([['k', 'foreignKey']])
  })
})

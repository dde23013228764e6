import { expect, it } from 'vitest'
import { describeOn, describeOnEach } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

const readers = {
  'a stored column': 'g INTEGER GENERATED ALWAYS AS (n * 2) STORED',
  'a virtual column': 'g INTEGER GENERATED ALWAYS AS (n * 2) VIRTUAL',
  'a default': 'g INTEGER DEFAULT (n * 2)',
  'a check': 'g INTEGER, CONSTRAINT c CHECK (n < 100)',
  'a check of another column': 'g INTEGER CHECK (g < n)',
}

describeOn('mariadb', 'a column that an expression reads is renamed', (createDatabase) => {
  for (const [what, text] of Object.entries(readers)) {
    it(`at the first try, though the server has opened its table for a view: ${what}`, async () => {
      const db = await createDatabase()
      await db.sql('CREATE TABLE child (id INTEGER PRIMARY KEY, pid INTEGER)')
      await db.sql(`CREATE TABLE parent (id INTEGER PRIMARY KEY, n INTEGER, ${text}) COMMENT = 'it''s \\\\ here'`)
      await db.sql('CREATE VIEW v AS SELECT p.id FROM parent p JOIN child c ON c.pid = p.id')
      await db.sql('SHOW COLUMNS FROM v')
      await migratorOn(db, (op) => op.renameColumn('parent', 'n', 'm')).upgrade()
      const [shown] = await db.sql(
        "SELECT table_comment AS comment, (SELECT count(*) FROM information_schema.columns WHERE table_schema = database() AND table_name = 'parent' AND column_name = 'm') AS renamed FROM information_schema.tables WHERE table_schema = database() AND table_name = 'parent'",
      )
      expect({ ...shown }).toMatchObject({ comment: "it's \\ here", renamed: expect.anything() })
      expect(Number(shown?.renamed)).toBe(1)
    })
  }
})

describeOnEach(['mysql', 'mariadb'], 'a column that the default of another one reads is renamed', (createDatabase) => {
  it.each([
    '',
    ', FOREIGN KEY (n) REFERENCES p (id)',
    ', FOREIGN KEY (n) REFERENCES p (id), CONSTRAINT c CHECK (n < 9)',
  ])('and the default follows, also where its column is changed later in the revision%s', async (constraints) => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (3)')
    await db.sql(`CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, g INTEGER DEFAULT (n * 2)${constraints})`)
    const objects = await objectsOf(db)
    const migrator = migratorOn(db, (op) => {
      op.renameColumn('t', 'n', 'm')
      op.columnComment('t', 'g', 'twice m')
    })
    await migrator.upgrade()
    await db.sql('INSERT INTO t (id, m) VALUES (1, 3)')
    expect(await db.sql('SELECT g FROM t')).toEqual([{ g: 6 }])
    await migrator.downgrade('base')
    expect(await objectsOf(db)).toEqual(objects)
  })
})

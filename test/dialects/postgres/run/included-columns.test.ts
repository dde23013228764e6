import { bigint, integer } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'

const migratorOn = (db: TestDatabase, ...changes: readonly Recorded[]) =>
  migratorOf(postgresDialect({ url: db.url }), line(...changes))

/** Every kind of key that may carry columns besides its own, and a key that sets one of its columns. */
const setup = `CREATE TABLE parent (a int, b int, UNIQUE (a, b));
  CREATE TABLE t (id int, u int, more int, third int, r int4range, a int, b int, CONSTRAINT t_key PRIMARY KEY (id) INCLUDE (more),
  CONSTRAINT t_unique UNIQUE (u) INCLUDE (more, third), CONSTRAINT t_excl EXCLUDE USING gist (r WITH &&) INCLUDE (more))`
const settingKey =
  '; ALTER TABLE t ADD CONSTRAINT t_parent FOREIGN KEY (a, b) REFERENCES parent (a, b) ON DELETE SET NULL (b)'

const constraintsOf = (db: TestDatabase) =>
  db.sql(
    "SELECT conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = 't'::regclass AND contype IN ('p', 'u', 'x', 'f') ORDER BY 1",
  )

describeOnEach(['postgres', 'postgres-next'], 'a column that a key carries along', (createDatabase) => {
  it('is not dropped with the key, which the server would drop without a word', async () => {
    const db = await createDatabase()
    await db.sql(setup)
    const before = await constraintsOf(db)
    expect(before).toHaveLength(3)
    await expect(migratorOn(db, (op) => op.dropColumn('t', 'more')).upgrade()).rejects.toMatchObject({
      code: 'DEPENDENT_OBJECTS',
      details: {
        dependants: ['primary key t_key', 'unique constraint t_unique', 'exclusion constraint t_excl'],
      },
    })
    expect(await constraintsOf(db)).toEqual(before)
  })

  it('gets another name in the key, too, and the downgrade finds no drift', async () => {
    const db = await createDatabase()
    await db.sql(`${setup}${settingKey}`)
    const before = await constraintsOf(db)
    expect(before).toHaveLength(4)
    const migrator = migratorOn(
      db,
      (op) => {
        op.renameColumn('t', 'more', 'most')
        op.renameColumn('t', 'b', 'c')
      },
      (op) => {
        op.dropConstraint('t', 't_unique')
        op.dropConstraint('t', 't_parent')
        op.alterColumn('t', 'most', { type: bigint() })
        op.addColumn('t', 'next', integer())
      },
    )
    await migrator.upgrade()
    await migrator.downgrade('base')
    expect(await constraintsOf(db)).toEqual(before)
  })

  it('of a table that is renamed and dropped later comes back under its name', async () => {
    const db = await createDatabase()
    await db.sql(`${setup}${settingKey}`)
    const before = await constraintsOf(db)
    const migrator = migratorOn(db, (op) => {
      op.renameColumn('t', 'more', 'most')
      op.renameColumn('t', 'b', 'c')
      op.dropTable('t')
    })
    await migrator.upgrade()
    await migrator.downgrade('base')
    expect(await constraintsOf(db)).toEqual(before)
  })
})

describeOnEach(['postgres', 'postgres-next'], 'the comment on the index of a key', (createDatabase) => {
  it('comes back with the key, and with the table', async () => {
    const db = await createDatabase()
    await db.sql(
      `${setup}; COMMENT ON INDEX t_unique IS 'of the index'; COMMENT ON CONSTRAINT t_unique ON t IS 'of the key'; COMMENT ON INDEX t_excl IS 'it''s'`,
    )
    const comments = () =>
      db.sql(
        "SELECT classoid::regclass::text AS catalog, description FROM pg_description WHERE classoid IN ('pg_class'::regclass, 'pg_constraint'::regclass) AND objoid >= 16384 ORDER BY 1, 2",
      )
    const before = await comments()
    expect(before).toHaveLength(3)
    const migrator = migratorOn(
      db,
      (op) => op.dropConstraint('t', 't_unique'),
      (op) => op.dropTable('t'),
    )
    await migrator.upgrade()
    await migrator.downgrade('base')
    expect(await comments()).toEqual(before)
  })
})

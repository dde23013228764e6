import { expression, integer, type OperationRecorder, text } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { line, migratorOf } from '../../../kit/migrator.ts'
import { describeOnDialects } from '../../../kit/servers.ts'

const none = (): void => undefined
const createTable = (op: OperationRecorder) =>
  op.createTable('t', (t) => {
    t.column('id', integer(), { nullable: false, identity: { mode: 'always' } })
    t.column('a', text())
    t.primaryKey(['id'])
  })
const addColumn = (op: OperationRecorder) => op.addColumn('t', 'b', text())

describeOnDialects(
  ['postgres', 'postgres-next'],
  'what a downgrade drops and the next upgrade does not give back',
  (createDatabase) => {
    const notesAfter = async (chain: ReturnType<typeof line>, ...sql: readonly string[]) => {
      const db = await createDatabase()
      const migrator = migratorOf(postgresDialect({ url: db.url }), chain)
      await migrator.upgrade()
      for (const each of sql) await db.sql(each)
      const plan = await migrator.plan('r1', { direction: 'down' })
      await migrator.downgrade('r1')
      return plan.steps.flatMap(({ notes }) => notes)
    }

    it('The plan names what a created table has beside its definition', async () => {
      const notes = await notesAfter(
        line(none, createTable),
        `GRANT SELECT ON t TO PUBLIC; CREATE PUBLICATION pb FOR TABLE t; ALTER TABLE t REPLICA IDENTITY FULL;
          CREATE STATISTICS s ON id, a FROM t; ALTER TABLE t ALTER a SET STORAGE EXTERNAL; GRANT SELECT (a) ON t TO PUBLIC`,
      )
      expect(notes).toEqual([
        'publication pb publishes the rows of t, and logical replication sends no change of a table: a subscriber needs a new column or name before this step, and what this step drops until after it',
        'the next upgrade does not restore: table t: replica identity, statistics s, publication pb, privileges, storage of column a, privileges of column a',
      ])
    })

    it('The plan names the privileges of an added column', async () => {
      expect(await notesAfter(line(createTable, addColumn), 'GRANT UPDATE (b) ON t TO PUBLIC')).toEqual([
        'the next upgrade does not restore: table t: privileges of column b',
      ])
    })

    it('The plan names the privileges of a view and of a sequence', async () => {
      const chain = line(createTable, (op) => {
        op.createView('v', expression('SELECT id FROM t'))
        op.createSequence('q')
      })
      expect(await notesAfter(chain, 'GRANT SELECT ON v TO PUBLIC; GRANT USAGE ON q TO PUBLIC')).toEqual([
        'the next upgrade does not restore: view v: privileges',
        'the next upgrade does not restore: sequence q: privileges',
      ])
    })

    it('What the SQL of the revision may give is said to come with it', async () => {
      const chain = line(none, (op) => {
        createTable(op)
        op.sql('GRANT SELECT ON t TO PUBLIC', { inverse: 'REVOKE SELECT ON t FROM PUBLIC' })
      })
      expect(await notesAfter(chain, 'GRANT INSERT ON t TO PUBLIC')).toEqual([
        'the next upgrade does not restore, unless its own SQL does: table t: privileges',
      ])
    })

    it('A run names what views and columns are without that it drops and makes again, and a downgrade gives it back', async () => {
      const db = await createDatabase()
      const view = expression('SELECT id FROM t')
      const make = (op: OperationRecorder): void => {
        op.createView('v', view)
        op.createView('mv', view, { materialized: true })
      }
      const chain = line(
        (op) => {
          createTable(op)
          make(op)
        },
        (op) => {
          op.dropView('v')
          op.dropView('mv', { materialized: true })
          op.dropColumn('t', 'a', { preserve: true })
          op.addColumn('t', 'a', text())
          make(op)
        },
      )
      const migrator = migratorOf(postgresDialect({ url: db.url }), chain)
      await migrator.upgrade('r1')
      await db.sql(`GRANT SELECT ON v TO PUBLIC; COMMENT ON VIEW v IS 'mine'; CREATE UNIQUE INDEX once ON mv (id);
        GRANT SELECT (a) ON t TO PUBLIC; COMMENT ON INDEX once IS 'mine'`)
      const notes = (await migrator.plan('r2')).steps.flatMap(({ notes: own }) => own)
      expect(notes.filter((note) => note.startsWith('what it drops'))).toEqual([
        'what it drops and makes again is without what it had: table t: privileges of column a',
        'what it drops and makes again is without what it had: view mv: index once',
        'what it drops and makes again is without what it had: view v: privileges, comment',
      ])
      await migrator.upgrade('r2')
      const left = async () =>
        db.sql(`SELECT has_table_privilege('public', 'v', 'SELECT') AS v, has_column_privilege('public', 't', 'a', 'SELECT') AS a,
          EXISTS (SELECT FROM pg_indexes WHERE indexname = 'once') AS once`)
      expect(await left()).toEqual([{ v: false, a: false, once: false }])
      await migrator.downgrade('r1')
      expect(await left()).toEqual([{ v: true, a: true, once: true }])
    })

    it('Rules and statistics that follow renames of a table and its columns are no note, since the next upgrade has them', async () => {
      const db = await createDatabase()
      await db.sql(`CREATE TABLE t (n integer, room integer); CREATE TABLE p (id integer); CREATE STATISTICS s ON n, room FROM t;
        CREATE RULE log AS ON UPDATE TO t WHERE new.n > 5 DO ALSO UPDATE p SET id = new.n WHERE id = new.room`)
      const chain = line(
        (op) => op.renameTable('t', 'u'),
        (op) => op.renameColumn('u', 'n', 'm'),
        (op) => op.createSchema('far'),
        (op) => op.setSchema('table', 'u', 'far'),
      )
      const migrator = migratorOf(postgresDialect({ url: db.url }), chain)
      const objects = () =>
        db.sql(`SELECT pg_get_ruledef(oid) AS text FROM pg_rewrite WHERE rulename = 'log'
          UNION ALL SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext`)
      await migrator.upgrade()
      const upgraded = await objects()
      expect(upgraded).toHaveLength(2)
      for (const target of ['r3', 'r2', 'r1', 'base']) {
        const plan = await migrator.plan(target, { direction: 'down' })
        expect(plan.steps.flatMap(({ notes }) => notes)).toEqual([])
        await migrator.downgrade(target)
      }
      await migrator.upgrade()
      expect(await objects()).toEqual(upgraded)
    })

    it('What every new table gets by ALTER DEFAULT PRIVILEGES is no note, and what is granted besides is one', async () => {
      const db = await createDatabase()
      await db.sql(`ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;
        ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT INSERT ON TABLES TO PUBLIC`)
      const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, createTable))
      await migrator.upgrade()
      const notes = async () =>
        (await migrator.plan('r1', { direction: 'down' })).steps.flatMap(({ notes: own }) => own)
      expect(await notes()).toEqual([])
      await db.sql('GRANT DELETE ON t TO PUBLIC')
      expect(await notes()).toEqual(['the next upgrade does not restore: table t: privileges'])
    })

    it('A comment and a policy that came by hand are drift', async () => {
      const db = await createDatabase()
      const migrator = migratorOf(postgresDialect({ url: db.url }), line(none, createTable))
      await migrator.upgrade()
      await db.sql(`COMMENT ON TABLE t IS 'mine'`)
      await expect(migrator.downgrade('r1')).rejects.toMatchObject({ code: 'DRIFT' })
      await db.sql(`COMMENT ON TABLE t IS NULL; CREATE POLICY own ON t USING (true)`)
      await expect(migrator.downgrade('r1')).rejects.toMatchObject({ code: 'DRIFT' })
      await db.sql(`DROP POLICY own ON t; COMMENT ON COLUMN t.a IS 'mine'`)
      await expect(migrator.downgrade('r1')).rejects.toMatchObject({ code: 'DRIFT' })
    })
  },
)

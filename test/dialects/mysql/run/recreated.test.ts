import { expression, native, text, varchar } from '@org/migrate-core'
import { expect, it } from 'vitest'
import type { Recorded } from '../../../kit/migrator.ts'
import { runSeed } from '../../../kit/random.ts'
import { longRun } from '../../../kit/scale.ts'
import { describeOnEach } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

/** What the last column of a table says beside its name; each is dropped and comes back. */
const columns: readonly string[] = [
  'int',
  'int unsigned zerofill NOT NULL DEFAULT 3',
  "varchar(20) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'x' COMMENT 'it''s'",
  'varchar(20) COLLATE utf8mb4_unicode_ci',
  'timestamp(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)',
  'int INVISIBLE',
  "int NOT NULL DEFAULT 5 COMMENT 'seen' INVISIBLE",
  'int GENERATED ALWAYS AS (id + 1) VIRTUAL',
  "int GENERATED ALWAYS AS (id + 1) STORED COMMENT 'twice'",
  "enum('a','b') DEFAULT 'a'",
  "set('a','b')",
  'bit(5)',
  'year',
  'json',
  "date DEFAULT '0000-00-00'",
  "datetime NOT NULL DEFAULT '2000-00-00 00:00:00'",
]
const mysqlColumns: readonly string[] = [
  'point SRID 4326',
  'int COLUMN_FORMAT FIXED',
  'int /*!80000 STORAGE DISK */',
  'int NOT NULL DEFAULT (abs(-3)) INVISIBLE',
  'int NOT SECONDARY',
]
const mariadbColumns: readonly string[] = [
  'varchar(200) COMPRESSED',
  "text COMPRESSED DEFAULT 'x'",
  'int CHECK (x > 0)',
  'point REF_SYSTEM_ID=4326',
  'inet6',
  'uuid DEFAULT uuid()',
]

/** What stands behind the columns of a table, and behind its parentheses; the table is dropped and comes back. */
const tables: readonly string[] = [
  ', KEY k (b), UNIQUE u (a, b), CONSTRAINT c CHECK (b > a)) ROW_FORMAT=COMPRESSED',
  ", UNIQUE u (s(5)), KEY d (b DESC, a)) COMMENT='it''s' CHARACTER SET latin1",
  ') PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE)',
  ', FULLTEXT KEY f (s)) STATS_PERSISTENT=1 AUTO_INCREMENT=77',
]
const mysqlTables: readonly string[] = [
  ', CONSTRAINT c CHECK (b > a) NOT ENFORCED, KEY i (a) INVISIBLE)',
  ', KEY e ((a + b)), FULLTEXT KEY f (s) WITH PARSER ngram) AUTOEXTEND_SIZE=4194304',
]
const mariadbTables: readonly string[] = [
  ', f date, t date, PERIOD FOR p (f, t), UNIQUE o (a, p WITHOUT OVERLAPS))',
  ', f date, t date, PERIOD FOR p (f, t), KEY i (a) IGNORED) PAGE_COMPRESSED=1 ENGINE=InnoDB',
]

const views: readonly string[] = [
  'CREATE ALGORITHM=MERGE VIEW v AS SELECT id, a FROM t WHERE a > 0 WITH CASCADED CHECK OPTION',
  'CREATE ALGORITHM=TEMPTABLE DEFINER=`some one`@`10.%` SQL SECURITY INVOKER VIEW v (one, two) AS SELECT id, a FROM t',
  "SET NAMES latin1; CREATE VIEW v AS SELECT id, 'x' AS x FROM t WHERE s = 'y' WITH LOCAL CHECK OPTION",
]
const triggers: readonly string[] = [
  'CREATE TRIGGER one BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1; CREATE TRIGGER two BEFORE INSERT ON t FOR EACH ROW SET NEW.b = NEW.a; CREATE TRIGGER three BEFORE INSERT ON t FOR EACH ROW PRECEDES one SET NEW.a = 0',
  'SET sql_mode = \'ANSI_QUOTES,NO_BACKSLASH_ESCAPES\'; CREATE DEFINER="some one"@"10.%" TRIGGER one AFTER DELETE ON "t" FOR EACH ROW INSERT INTO "log" VALUES (\'a\\\', OLD."id")',
  "SET NAMES latin1; CREATE TRIGGER one AFTER UPDATE ON t FOR EACH ROW BEGIN DECLARE x int DEFAULT 1; IF NEW.a > x THEN INSERT INTO log VALUES ('b', NEW.id); END IF; END",
]

const base = 'CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, a int, b int, s varchar(20)'
const modes = "SET sql_mode = 'STRICT_TRANS_TABLES';"

const seed = runSeed()

/** All of them in a long run, else each third. */
const some = (all: readonly string[]): readonly string[] => all.filter((_, at) => longRun || at % 3 === seed % 3)

describeOnEach(
  ['mysql', 'mariadb'],
  `what a derived downgrade makes again (TEST_SEED=${seed})`,
  (createDatabase, server) => {
    const own = <T>(mysql: readonly T[], mariadb: readonly T[]) => (server === 'mysql' ? mysql : mariadb)

    /** It is what the server showed before, or the upgrade is known to have no downgrade. */
    async function comesBack(ddl: string, ...upgrades: readonly Recorded[]): Promise<void> {
      const db = await createDatabase()
      await db.sql('ALTER DATABASE CHARACTER SET utf8mb4')
      await db.sql(`${modes} ${ddl}`)
      const before = await objectsOf(db)
      for (const upgrade of upgrades) {
        const migrator = migratorOn(db, upgrade)
        await migrator.upgrade()
        expect(await objectsOf(db), ddl).not.toEqual(before)
        await migrator.downgrade('base')
        expect(await objectsOf(db), ddl).toEqual(before)
      }
      await db.drop()
    }

    it('a column is the same', async () => {
      for (const column of some([...columns, ...own(mysqlColumns, mariadbColumns)]))
        await comesBack(
          `CREATE TABLE t (id int PRIMARY KEY, x ${column})`,
          (op) => op.alterTable('t', (t) => t.dropColumn('x')),
          (op) => op.dropTable('t'),
        )
    })

    it('a table is the same', async () => {
      for (const table of some([...tables, ...own(mysqlTables, mariadbTables)]))
        await comesBack(`${base}${table}`, (op) => op.dropTable('t'))
    })

    it('a table whose keys say more than the model is the same, also where a revision renames parts of it before', async () => {
      const hidden = own(['INVISIBLE'], ['IGNORED'])[0]
      const ordered = `CREATE TABLE t (a int, b int, PRIMARY KEY (b DESC, a), KEY i (a) ${hidden})`
      const renamedAndDropped: readonly Recorded[] = [
        (op) => op.dropTable('t'),
        (op) => {
          op.alterTable('t', (t) => t.renameColumn('a', 'x'))
          op.dropTable('t')
        },
        (op) => {
          op.alterTable('t', (t) => t.renameIndex('i', 'a'))
          op.renameTable('t', 'u')
          op.dropTable('u')
        },
      ]
      await comesBack(ordered, ...renamedAndDropped)
      if (server === 'mysql') return
      const periods = 'f date, e date, PERIOD FOR p (f, e)'
      await comesBack(
        `CREATE TABLE t (a int, b int, ${periods}, PRIMARY KEY (b, a, p WITHOUT OVERLAPS), KEY i (b))`,
        ...renamedAndDropped,
      )
      await comesBack(`CREATE TABLE t (a int, ${periods}, UNIQUE i (a, p WITHOUT OVERLAPS))`, ...renamedAndDropped)
    })

    it('a primary key that says more than the model is not dropped: it would come back with less', async () => {
      const db = await createDatabase()
      await db.sql('CREATE TABLE t (a int, b int, PRIMARY KEY (b DESC, a))')
      const upgrade: Recorded = (op) => op.dropConstraint('t', { kind: 'primaryKey' })
      await expect(migratorOn(db, upgrade).upgrade()).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        message: expect.stringContaining('it has a descending column'),
      })
    })

    it('a view is the same', async () => {
      for (const view of views)
        await comesBack(
          `${base}); ${view}`,
          (op) => op.dropView('v'),
          (op) => op.replaceView('v', expression('SELECT 1 AS one, 2 AS two'), { options: {} }),
          (op) => op.renameView('v', 'w'),
        )
    })

    it('a trigger is the same, in its place', async () => {
      for (const trigger of triggers)
        await comesBack(
          `CREATE TABLE log (what varchar(20), n int); ${base}); ${trigger}`,
          (op) => op.dropTrigger('t', 'one'),
          (op) => op.dropTable('t'),
          (op) => op.renameTable('t', 'u'),
        )
    })

    it('a number that is shown with zeros, and its default, are what they were', async () => {
      await comesBack('CREATE TABLE t (id int PRIMARY KEY, x int(6) unsigned zerofill DEFAULT 7)', (op) =>
        op.alterTable('t', (t) => t.alterColumn('x', { default: 9 })),
      )
    })

    if (server === 'mysql')
      it('a place that gets another type has its reference system again', async () => {
        await comesBack("CREATE TABLE t (id int PRIMARY KEY, x point SRID 4326 INVISIBLE COMMENT 'p')", (op) =>
          op.alterTable('t', (t) => t.alterColumn('x', { type: text() })),
        )
      })

    if (server === 'mariadb')
      it('a compressed column that gets another type, and one that is declared, are what they were', async () => {
        await comesBack('CREATE TABLE t (id int PRIMARY KEY, x varchar(300) COMPRESSED, y text COMPRESSED)', (op) =>
          op.alterTable('t', (t) => {
            t.alterColumn('x', { type: varchar(40) })
            t.alterColumn('y', { type: text() })
          }),
        )
        await comesBack('CREATE TABLE t (id int PRIMARY KEY, x varchar(300))', (op) =>
          op.alterTable('t', (t) => {
            t.alterColumn('x', { type: native('mysql', 'varchar(300) COMPRESSED') })
            t.addColumn('y', native('mysql', 'text COMPRESSED'))
          }),
        )
      })
  },
)

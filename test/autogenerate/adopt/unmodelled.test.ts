import { pull, readSchema, readSource, survey, surveyPush } from '@org/migrate-autogenerate'
import { column, integer, readDeclared, table, varchar } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { describeOnEach } from '../../kit/servers.ts'

const ddl = (hidden: string): string => `
CREATE TABLE t (id int PRIMARY KEY, a varchar(20) COMMENT 'INVISIBLE', s varchar(20) INVISIBLE DEFAULT 'x',
  p point NOT NULL, KEY k (a) ${hidden}, KEY usual (a, id) COMMENT 'IGNORED INVISIBLE', SPATIAL KEY place (p));
CREATE TRIGGER usual BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 'x';
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
CREATE TRIGGER own BEFORE UPDATE ON t FOR EACH ROW SET NEW.a = 'x'`

const special = {
  mysql: [
    'CREATE TABLE u (id int PRIMARY KEY, g point SRID 4326, f text, n int, CONSTRAINT c CHECK (n > 5) NOT ENFORCED, FULLTEXT KEY f (f) WITH PARSER ngram)',
    'column u.g: SRID 4326',
    'index u.f: WITH PARSER `ngram`',
    'table u: CONSTRAINT `c` CHECK ((`n` > 5)) /*!80016 NOT ENFORCED */',
  ],
  mariadb: [
    'CREATE TABLE u (id int PRIMARY KEY, z varchar(200) COMPRESSED, f date, e date, PERIOD FOR p (f, e), UNIQUE o (id, p WITHOUT OVERLAPS))',
    'index u.o: WITHOUT OVERLAPS',
    'table u: PERIOD FOR `p` (`f`, `e`)',
  ],
} as const

describeOnEach(['mysql', 'mariadb'], 'what the model has no word for', (createDatabase, server) => {
  const hidden = server === 'mysql' ? 'INVISIBLE' : 'IGNORED'
  const lines = ['column t.s: INVISIBLE', `index t.k: ${hidden}`, "trigger t.own: sql_mode = 'NO_AUTO_VALUE_ON_ZERO'"]
  const notes = lines.map((line) => `${line}. No operation makes that: add it to the revision with \`op.sql\`.`)

  it('is named where a database is adopted', async () => {
    const db = await createDatabase()
    await db.sql(`SET sql_mode = DEFAULT; ${ddl(hidden)}`)
    expect((await survey(migratorOf(mysqlDialect({ url: db.url }), []))).notes).toEqual(notes)
  })

  it('is named where SQL, or another database, declares the schema', async () => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    const texts = [{ file: 'schema.sql', text: ddl(hidden) }]
    const declared = await readSource(dialect, { kind: 'sql', texts })
    expect(declared.notes).toEqual(notes)
    expect((await surveyPush(migratorOf(dialect, []), declared)).notes).toEqual(notes)
    await db.sql(`SET sql_mode = DEFAULT; ${ddl(hidden)}`)
    const other = await createDatabase()
    const here = mysqlDialect({ url: other.url })
    expect((await readSource(here, { kind: 'database', dialect })).notes).toEqual(notes)
  })

  it('is named where a schema is written as declarations', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY, s int INVISIBLE); CREATE TABLE other (id int, s int INVISIBLE)')
    const { undeclared } = await pull(migratorOf(mysqlDialect({ url: db.url }), []), { exclude: ['other'] })
    expect(undeclared).toEqual([{ kind: 'column', table: 't', name: 's', why: 'declared without INVISIBLE' }])
  })

  it('is not only what is invisible', async () => {
    const db = await createDatabase()
    const [text, ...facts] = special[server === 'mysql' ? 'mysql' : 'mariadb']
    await db.sql(`${text}; CREATE TABLE w (id int) PARTITION BY HASH (id) PARTITIONS 2`)
    const { unmodelled } = await readSchema(mysqlDialect({ url: db.url }))
    expect(unmodelled).toEqual([...facts, expect.stringMatching(/^table w: PARTITION BY HASH/i)])
  })

  it('is nothing in a usual schema', async () => {
    const db = await createDatabase()
    const dialect = mysqlDialect({ url: db.url })
    await db.sql(
      "CREATE TABLE t (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, a varchar(20) CHARACTER SET latin1 NOT NULL DEFAULT 'x' COMMENT 'c', g int AS (z + 1) VIRTUAL, h int AS (z + 1) STORED, j json, p point, z int(6) zerofill, ts timestamp(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3), e enum('a','b'), UNIQUE u (a), FULLTEXT KEY f (a), CHECK (z > 0), CONSTRAINT c CHECK (z < 9)) ROW_FORMAT=DYNAMIC COMMENT='t'",
    )
    expect((await readSchema(dialect)).unmodelled).toEqual([])
  })
})

describeOnEach(['mysql', 'mariadb'], 'a push', (createDatabase) => {
  it('shows the statement of a fill as the server gets it', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY, a varchar(20)); INSERT INTO t (id) VALUES (1)')
    const declared = readDeclared({
      t: table(
        't',
        { id: column(integer(), { nullable: false }), a: column(varchar(20), { nullable: false }) },
        { primaryKey: ['id'] },
      ),
    })
    const migrator = migratorOf(mysqlDialect({ url: db.url }), [])
    const { changes } = await surveyPush(migrator, declared, { fill: () => "'x'" })
    const [fill] = changes.filter(({ change }) => change.kind === 'fill')
    expect(fill?.statements).toEqual(["UPDATE `t` SET `a` = 'x' WHERE `a` IS NULL"])
  })
})

import { expression, varchar } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { expect, it } from 'vitest'
import { line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

const long = varchar(12)
const convert: Recorded = (op) =>
  op.alterColumn('t', 'a', { type: long, using: "concat(a, '!')", usingBack: "replace(a, '!', '')" })
const convertByQuery: Recorded = (op) =>
  op.alterColumn('t', 'a', {
    type: long,
    using: '(SELECT concat(t.a, mark) FROM marks)',
    usingBack: "(SELECT replace(t.a, mark, '') FROM marks)",
  })

/** Run up and down: what the server shows of the database, and the rows, before, between and after. */
async function upAndDown(db: TestDatabase, change: Recorded, query: string) {
  const migrator = migratorOn(db, change)
  const shown = async () => ({ objects: await objectsOf(db), rows: await db.sql(query) })
  const before = await shown()
  await migrator.upgrade()
  const between = await shown()
  await migrator.downgrade('base')
  return { before, between, after: await shown() }
}

/** What stands behind the column in a table, and depends on it. */
const dependants: { readonly [what: string]: string } = {
  'a check of its own name': ", z int, CONSTRAINT ck CHECK (a <> 'bad')",
  'a check over another column too': ", z int, CONSTRAINT ck CHECK (a <> 'bad' OR z > 1)",
  'a default that reads it': ", z varchar(20) DEFAULT (concat(a, 'z'))",
}

describeOnEach(['mariadb', 'mysql'], 'a column whose values are converted', (createDatabase, server) => {
  const own = "varchar(9) COLLATE utf8mb4_bin NOT NULL DEFAULT 'q' COMMENT 'it''s'"
  const all = Object.entries(dependants).flatMap(([what, text]) => [
    [what, text, 'computed by the server', convert] as const,
    [what, text, 'computed by an UPDATE', convertByQuery] as const,
  ])

  it.each(all)('keeps %s, its place and its comment (%#)', async (_, text, __, change) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, a ${own}${text})`)
    await db.sql("CREATE TABLE marks (mark varchar(2)); INSERT INTO marks VALUES ('!')")
    await db.sql("INSERT INTO t (id, a) VALUES (1, 'x'), (2, 'y')")
    const { before, between, after } = await upAndDown(db, change, 'SELECT id, a FROM t ORDER BY id')
    expect(before.rows).toEqual([
      { id: 1, a: 'x' },
      { id: 2, a: 'y' },
    ])
    expect(between.rows).toEqual([
      { id: 1, a: 'x!' },
      { id: 2, a: 'y!' },
    ])
    const table = JSON.stringify(between.objects['BASE TABLE t'] ?? between.objects['TABLE t'] ?? between.objects)
    if (text.includes('CONSTRAINT')) expect(table).toContain('CONSTRAINT `ck` CHECK')
    expect(table).toContain("COMMENT 'it''s'")
    expect(after).toEqual(before)
  })

  it.each([
    ['computed by the server', convert],
    ['computed by an UPDATE', convertByQuery],
  ])('has the generated columns that read it computed again, %s', async (_, change) => {
    const db = await createDatabase()
    await db.sql(
      "CREATE TABLE t (id int PRIMARY KEY, a varchar(9), g varchar(20) AS (concat(a, 'g')) STORED, h varchar(20) AS (concat(g, 'h')) STORED, v varchar(20) AS (concat(a, 'v')) VIRTUAL, KEY kh (h), KEY kv (v))",
    )
    await db.sql("CREATE TABLE marks (mark varchar(2)); INSERT INTO marks VALUES ('!')")
    await db.sql("INSERT INTO t (id, a) VALUES (1, 'x'), (2, NULL)")
    const query =
      "SELECT id, g, h, v, (SELECT count(*) FROM t FORCE INDEX (kv) WHERE v = 'x!v') AS found FROM t ORDER BY id"
    const { before, between, after } = await upAndDown(db, change, query)
    expect(between.rows).toEqual([
      { id: 1, g: 'x!g', h: 'x!gh', v: 'x!v', found: '1' },
      { id: 2, g: null, h: null, v: null, found: '1' },
    ])
    expect(after).toEqual(before)
  })

  it.each([
    ['computed by the server', convert],
    ['computed by an UPDATE', convertByQuery],
  ])('has the one stored column that reads it computed again, %s', async (_, change) => {
    const db = await createDatabase()
    await db.sql("CREATE TABLE t (id int PRIMARY KEY, a varchar(9), g varchar(20) AS (concat(a, 'g')) STORED)")
    await db.sql("CREATE TABLE marks (mark varchar(2)); INSERT INTO marks VALUES ('!')")
    await db.sql("INSERT INTO t (id, a) VALUES (1, 'x'), (2, NULL)")
    const { before, between, after } = await upAndDown(db, change, 'SELECT g FROM t ORDER BY id')
    expect(between.rows).toEqual([{ g: 'x!g' }, { g: null }])
    expect(after).toEqual(before)
  })

  it.each([
    ['computed by the server', convert],
    ['computed by an UPDATE', convertByQuery],
  ])('has a stored column computed again that reads it by a virtual one, %s', async (_, change) => {
    const db = await createDatabase()
    await db.sql(
      "CREATE TABLE t (id int PRIMARY KEY, a varchar(9), w varchar(20) AS (concat(a, 'w')) VIRTUAL, g varchar(20) AS (concat(w, 'g')) STORED)",
    )
    await db.sql("CREATE TABLE marks (mark varchar(2)); INSERT INTO marks VALUES ('!')")
    await db.sql("INSERT INTO t (id, a) VALUES (1, 'x')")
    const { before, between, after } = await upAndDown(db, change, 'SELECT g FROM t')
    expect(between.rows).toEqual([{ g: 'x!wg' }])
    expect(after).toEqual(before)
  })

  it('has stored columns computed again, and checks made again, where it is virtual and computes something else', async () => {
    const db = await createDatabase()
    await db.sql(
      "CREATE TABLE t (id int PRIMARY KEY, a varchar(9), v varchar(20) AS (concat(a, 'v')) VIRTUAL, w varchar(20) AS (concat(v, 'w')) VIRTUAL, g varchar(20) AS (concat(w, 'g')) STORED)",
    )
    await db.sql('CREATE TABLE u (id int PRIMARY KEY, a varchar(9), v varchar(20) AS (concat(a, 1)) VIRTUAL)')
    await db.sql("ALTER TABLE u ADD CONSTRAINT ck CHECK (v <> 'x2')")
    await db.sql("INSERT INTO t (id, a) VALUES (1, 'x'); INSERT INTO u (id, a) VALUES (1, 'x')")
    const generated = { as: expression('concat(a, 2)'), stored: false }
    const { before, between, after } = await upAndDown(
      db,
      (op) => op.alterColumn('t', 'v', { generated }),
      'SELECT v, w, g FROM t',
    )
    expect(between.rows).toEqual([{ v: 'x2', w: 'x2w', g: 'x2wg' }])
    expect(after).toEqual(before)
    const refused: Recorded = (op) => op.alterColumn('u', 'v', { generated })
    await expect(migratorOn(db, refused).upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
  })

  it('leaves the times of its rows as they are, and runs no trigger', async () => {
    const db = await createDatabase()
    await db.sql(
      'CREATE TABLE t (id int PRIMARY KEY, a varchar(9), at timestamp NULL ON UPDATE CURRENT_TIMESTAMP); CREATE TABLE log (id int)',
    )
    await db.sql('CREATE TRIGGER tr AFTER UPDATE ON t FOR EACH ROW INSERT INTO log VALUES (NEW.id)')
    await db.sql("INSERT INTO t VALUES (1, 'x', '2001-02-03 04:05:06')")
    const query = "SELECT a, date_format(at, '%Y-%m-%d') AS day, (SELECT count(*) FROM log) AS logged FROM t"
    const { before, between, after } = await upAndDown(db, convert, query)
    expect(between.rows).toEqual([{ a: 'x!', day: '2001-02-03', logged: '0' }])
    expect(after).toEqual(before)
  })

  it('leaves the times of its rows as they are where an UPDATE converts it, whose plan names the triggers', async () => {
    const db = await createDatabase()
    await db.sql(
      'CREATE TABLE t (id int PRIMARY KEY, a varchar(9), at timestamp NULL ON UPDATE CURRENT_TIMESTAMP); CREATE TABLE log (id int)',
    )
    await db.sql("CREATE TABLE marks (mark varchar(2)); INSERT INTO marks VALUES ('!')")
    await db.sql('CREATE TRIGGER tr AFTER UPDATE ON t FOR EACH ROW INSERT INTO log VALUES (NEW.id)')
    await db.sql('CREATE TRIGGER other AFTER DELETE ON t FOR EACH ROW INSERT INTO log VALUES (OLD.id)')
    await db.sql("INSERT INTO t VALUES (1, 'x', '2001-02-03 04:05:06')")
    const { steps } = await migratorOn(db, convertByQuery).plan()
    expect(steps.flatMap(({ notes }) => notes)).toContain(
      't.a is converted by an UPDATE: what other sessions write to it until the column is replaced is lost, and its triggers run: tr',
    )
    await migratorOn(db, convertByQuery).upgrade()
    expect(await db.sql("SELECT a, date_format(at, '%Y-%m-%d') AS day FROM t")).toEqual([
      { a: 'x!', day: '2001-02-03' },
    ])
  })

  it('takes what no default may hold', async () => {
    const db = await createDatabase()
    await db.sql('CREATE FUNCTION twice(n int) RETURNS int DETERMINISTIC RETURN n * 2')
    await db.sql(
      'CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, a int, b int, c int, `date` varchar(10), d int, e int, g int AS (b + 1) VIRTUAL, s datetime DEFAULT CURRENT_TIMESTAMP)',
    )
    await db.sql("INSERT INTO t (id, a, b, c, `date`, d, e, s) VALUES (3, 5, 6, 7, '2001-02-03', 8, 1, '2001-02-03')")
    await migratorOn(db, (op) => {
      op.alterColumn('t', 'a', { type: long, using: 'twice(a)' })
      op.alterColumn('t', 'b', { type: long, using: 'b + id' })
      op.alterColumn('t', 'c', { type: long, using: 'left(uuid(), 0)' })
      op.alterColumn('t', 'd', { type: long, using: 't.d + g' })
      op.alterColumn('t', 'e', { type: long, using: 'e + year(s)' })
      op.alterColumn('t', 'date', { type: long, using: 'year(cast(date AS date))' })
    }).upgrade()
    expect(await db.sql('SELECT id, a, b, c, `date`, d, e, g FROM t')).toEqual([
      { id: 3, a: '10', b: '9', c: '', date: '2001', d: '18', e: '2002', g: 10 },
    ])
  })

  it.each([
    ['has a time by default', 'a datetime NULL DEFAULT CURRENT_TIMESTAMP', 'year(a)', '2001'],
    ['has an expression as its default', 'a varchar(10) DEFAULT (lower(id))', "concat(a, '!')", '2001-02-03!'],
    ['is computed', "v varchar(20) AS (concat(b, 'v')) VIRTUAL", "concat(v, '!')", '5v!'],
    ['is computed and stored', "v varchar(20) AS (concat(b, 'v')) STORED", "concat(v, '!')", '5v!'],
  ])('may be one that %s', async (_, column, using, value) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, b int, ${column})`)
    const name = column.slice(0, 1)
    if (name === 'a') await db.sql("INSERT INTO t (id, b, a) VALUES (1, 5, '2001-02-03')")
    else await db.sql('INSERT INTO t (id, b) VALUES (1, 5)')
    const change = { type: long, default: null, generated: null, using }
    await migratorOn(db, (op) => op.alterColumn('t', name, change)).upgrade()
    expect(await db.sql(`SELECT ${name} AS value FROM t`)).toEqual([{ value }])
    await db.sql('UPDATE t SET b = 6')
    expect(await db.sql(`SELECT ${name} AS value FROM t`)).toEqual([{ value }])
  })

  it('is left as it is where a value does not go through the expression', async () => {
    const db = await createDatabase()
    await db.sql("CREATE TABLE t (id int PRIMARY KEY, a varchar(9), CONSTRAINT ck CHECK (a <> 'bad!'))")
    await db.sql("INSERT INTO t VALUES (1, 'bad')")
    const before = await objectsOf(db)
    await expect(migratorOn(db, convert).upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    const cut: Recorded = (op) => op.alterColumn('t', 'a', { type: varchar(3), using: "concat(a, '!')" })
    await expect(migratorOn(db, cut).upgrade()).rejects.toMatchObject({ code: 'STATEMENT_FAILED' })
    expect(await objectsOf(db)).toEqual(before)
    expect(await db.sql('SELECT * FROM t')).toEqual([{ id: 1, a: 'bad' }])
  })

  it.each([
    ['computed by the server', convert, 'a__old'],
    ['computed by an UPDATE', convertByQuery, 'A__NEW'],
  ])('is refused before anything is changed where its temporary name is taken, %s', async (_, change, name) => {
    const db = await createDatabase()
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, a varchar(9), ${name} int)`)
    const refused = { code: 'UNSUPPORTED', message: expect.stringContaining(name.toLowerCase()) }
    await expect(migratorOn(db, change).plan()).rejects.toMatchObject(refused)
    await db.sql(`ALTER TABLE t RENAME COLUMN ${name} TO other`)
    await db.sql(
      "CREATE TABLE marks (mark varchar(2)); INSERT INTO marks VALUES ('!'); INSERT INTO t VALUES (1, 'x', 7)",
    )
    await migratorOn(db, change).upgrade()
    expect(await db.sql('SELECT * FROM t')).toEqual([{ id: 1, a: 'x!', other: 7 }])
  })

  it('may have a name as long as a name can be', async () => {
    const db = await createDatabase()
    const name = 'a'.repeat(64)
    await db.sql(`CREATE TABLE t (id int PRIMARY KEY, ${name} varchar(9)); INSERT INTO t VALUES (1, 'x')`)
    const change: Recorded = (op) => op.alterColumn('t', name, { type: long, using: `concat(${name}, '!')` })
    await migratorOn(db, change).upgrade()
    expect(await db.sql('SELECT * FROM t')).toEqual([{ id: 1, [name]: 'x!' }])
  })

  it('is finished by the next run where it is not known whether the first statement ran', async () => {
    const db = await createDatabase()
    await db.sql("CREATE TABLE t (id int PRIMARY KEY, a varchar(9), CONSTRAINT ck CHECK (a <> 'bad'))")
    await db.sql("INSERT INTO t VALUES (1, 'x')")
    const stop = new AbortController()
    const stopped = migratorOf(mysqlDialect({ url: db.url }), line(convert), {
      onEvent: (event) => {
        if (event.type === 'statement' && event.sql.includes('DROP COLUMN `a__old`')) stop.abort()
      },
    })
    await expect(stopped.upgrade('head', { signal: stop.signal })).rejects.toMatchObject({ code: 'ABORTED' })
    await db.sql("UPDATE migrate_journal SET state = 'started', done = 0")
    expect(await db.sql('SELECT a__old, a FROM t')).toEqual([{ a__old: 'x', a: 'x!' }])
    await migratorOn(db, convert).upgrade()
    expect(await db.sql('SELECT * FROM t')).toEqual([{ id: 1, a: 'x!' }])
    expect(JSON.stringify(await objectsOf(db))).toContain('CONSTRAINT `ck` CHECK')
  })

  it('keeps its check where it becomes a virtual column, and where it is none any more', async () => {
    const db = await createDatabase()
    await db.sql(
      "CREATE TABLE t (id int PRIMARY KEY, a varchar(9), v varchar(12), g varchar(20) AS (concat(v, 'g')) STORED, CONSTRAINT ck CHECK (v <> 'bad'))",
    )
    await db.sql("INSERT INTO t (id, a, v) VALUES (1, 'x', 'xv')")
    const generated = { as: expression("concat(a, 'w')"), stored: false }
    const virtual: Recorded = (op) => op.alterColumn('t', 'v', { generated, preserve: true })
    const { before, between, after } = await upAndDown(db, virtual, 'SELECT id, v, g FROM t')
    expect(JSON.stringify(between.objects)).toContain('CONSTRAINT `ck` CHECK')
    expect(between.rows).toEqual([{ id: 1, v: 'xw', g: 'xwg' }])
    expect(after).toEqual(before)
  })

  const onMysql = server === 'mysql' ? it : () => undefined

  onMysql('is refused where an index is over an expression of it', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (id int PRIMARY KEY, a varchar(9), KEY k ((lower(a))))')
    await expect(migratorOn(db, convert).upgrade()).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })

  onMysql('keeps a check that is not enforced, and is not dropped under one', async () => {
    const db = await createDatabase()
    await db.sql("CREATE TABLE t (id int PRIMARY KEY, a varchar(9), CONSTRAINT ck CHECK (a <> 'bad') NOT ENFORCED)")
    const { before, between, after } = await upAndDown(db, convert, 'SELECT id FROM t')
    expect(JSON.stringify(between.objects)).toContain('NOT ENFORCED')
    expect(after).toEqual(before)
    const drop: Recorded = (op) => op.dropColumn('t', 'a', { preserve: true })
    await expect(migratorOn(db, drop).upgrade()).rejects.toMatchObject({
      code: 'DEPENDENT_OBJECTS',
      details: { dependants: ['check constraint ck'] },
    })
  })
})

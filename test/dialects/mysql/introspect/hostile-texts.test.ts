import { integer, type Revision } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { describe, expect, it } from 'vitest'
import { canonicalExpression } from '../../../../packages/dialect-mysql/src/ddl/canonical-expression.ts'
import { parseTableText, printColumnText } from '../../../../packages/dialect-mysql/src/sql/column-text.ts'
import { significant, textOf } from '../../../../packages/dialect-mysql/src/sql/tokens.ts'
import { migratorOf } from '../../../kit/migrator.ts'
import { caseSeed, random, runSeed } from '../../../kit/random.ts'
import { counts } from '../../../kit/scale.ts'
import { describeOn, describeOnEach } from '../../../kit/servers.ts'
import { live } from '../compile/kit.ts'

/** Tables whose texts have parentheses, quotes and keywords where a careless reader takes them for something else. */
const hostile = [
  "CREATE TABLE t (id int PRIMARY KEY, a varchar(20) DEFAULT 'x) , `b` int (' COMMENT 'GENERATED ALWAYS AS (')",
  'CREATE TABLE t (`a``b` int, `(` int, `)` int, `,` int DEFAULT 3, `DEFAULT` int, `PRIMARY KEY (x)` int)',
  "CREATE TABLE t (`generated` int, `as` int GENERATED ALWAYS AS (((`generated` + (1)))) STORED COMMENT ') STORED')",
  "CREATE TABLE t (e enum('a,b','c)','d''(',';','--','/*','\\\\') NOT NULL DEFAULT 'c)', s set('(','x','y z'))",
  "CREATE TABLE t (a int CHECK (a <> 7), b text COMMENT '/* -- # `', CONSTRAINT `check` CHECK (b <> ')' AND b <> '\\\\'))",
  "CREATE TABLE t (a timestamp(6) NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6), b int DEFAULT (abs(-(3))), c int COMMENT '') COMMENT='ENGINE=x (`a` int)'",
  "CREATE TABLE t (a varchar(10) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'x\\n\\'(', b int unsigned zerofill, INDEX `KEY ``a` (a(3)), UNIQUE `b (a)` (b) COMMENT ') COMMENT')",
  "CREATE TABLE t (id int, v varchar(5) AS (concat('(', `id`, ')')) VIRTUAL, PRIMARY KEY (id)) PARTITION BY RANGE (id) (PARTITION `p(` VALUES LESS THAN (10), PARTITION pm VALUES LESS THAN MAXVALUE)",
]

const mariadb = [
  'CREATE TABLE t (id int PRIMARY KEY, a int, rs timestamp(6) GENERATED ALWAYS AS ROW START, re timestamp(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (rs, re)) WITH SYSTEM VERSIONING',
  'CREATE TABLE t (id int, rs bigint unsigned GENERATED ALWAYS AS ROW START INVISIBLE, re bigint unsigned GENERATED ALWAYS AS ROW END INVISIBLE, PERIOD FOR SYSTEM_TIME (rs, re)) WITH SYSTEM VERSIONING',
  'CREATE TABLE t (id int, b int WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME (PARTITION p0 HISTORY, PARTITION pc CURRENT)',
  'CREATE TABLE t (id int PRIMARY KEY, s date, e date, PERIOD FOR p (s, e), UNIQUE (id, p WITHOUT OVERLAPS))',
  "CREATE TABLE t (a varchar(10) COMPRESSED DEFAULT 'COMPRESSED', b int INVISIBLE DEFAULT 3, c point REF_SYSTEM_ID=4326, d int UNIQUE KEY)",
  "CREATE TABLE t (id int DEFAULT (next value for sq), u uuid DEFAULT uuid(), i inet6 DEFAULT '::1')",
]

const mysql = [
  'CREATE TABLE t (id int PRIMARY KEY, a point NOT NULL SRID 4326, b int INVISIBLE, c int COLUMN_FORMAT FIXED STORAGE DISK, SPATIAL KEY (a))',
  "CREATE TABLE t (id int, j json, c varchar(20) COLLATE utf8mb4_bin GENERATED ALWAYS AS (json_unquote(json_extract(j, '$.\"a(\"'))) STORED INVISIBLE COMMENT '(', CONSTRAINT c1 CHECK (id > 0) NOT ENFORCED, KEY e ((id + (1)), (abs(id)) DESC))",
  "CREATE TABLE t (id int, b text DEFAULT (concat(')', '(')), v int GENERATED ALWAYS AS (if(id > 1, 2, 3)))",
]

describeOnEach(['mysql', 'mariadb'], 'the text of a table', (createDatabase, server) => {
  it('has the columns that the catalog has, whatever stands in it', async () => {
    for (const create of [...hostile, ...(server === 'mysql' ? mysql : mariadb)]) {
      const db = await createDatabase()
      if (create.includes('next value')) await db.sql('CREATE SEQUENCE sq')
      await db.sql(create)
      const { introspect, shown } = await live(db)
      const columns = await db.sql(
        "SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' ORDER BY ORDINAL_POSITION",
      )
      const names = columns.map(({ name }) => String(name))
      const text = parseTableText(await shown('t'))
      expect([...text.columns.keys()], create).toEqual(names)
      const table = (await introspect('t')).tables.get('t')
      expect(
        table?.columns.map(({ name }) => name),
        create,
      ).toEqual(names)
      await db.drop()
    }
  })
})

describeOn('mariadb', 'a table with columns of its own for its history', (createDatabase) => {
  const chain: Revision[] = [
    {
      revision: 'r1',
      downRevision: null,
      upgrade: (op) => op.alterTable('kept', (t) => t.addColumn('note', integer())),
    },
  ]
  const create =
    'CREATE TABLE kept (id int PRIMARY KEY, a int, rs timestamp(6) GENERATED ALWAYS AS ROW START, re timestamp(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (rs, re)) WITH SYSTEM VERSIONING'

  it('is refused with its reason, by plan and by run, and stays as it is', async () => {
    const db = await createDatabase()
    await db.sql(`${create}; INSERT INTO kept (id, a) VALUES (1, 2)`)
    const migrator = migratorOf(mysqlDialect({ url: db.url }), chain)
    const refused = {
      code: 'INVALID_OPERATION',
      message: expect.stringMatching(/add column kept\.note: kept is a versioned table, which is never altered/),
    }
    await expect(migrator.plan()).rejects.toMatchObject(refused)
    await expect(migrator.upgrade()).rejects.toMatchObject(refused)
    expect(await db.sql('SELECT id, a FROM kept')).toEqual([{ id: 1, a: 2 }])
  })

  it('stands beside tables that are changed, and is referred to by them', async () => {
    const db = await createDatabase()
    await db.sql(`${create}; CREATE TABLE other (id int PRIMARY KEY)`)
    const otherChain: Revision[] = [
      {
        revision: 'r1',
        downRevision: null,
        upgrade: (op) => op.alterTable('other', (t) => t.addColumn('n', integer())),
      },
    ]
    const migrator = migratorOf(mysqlDialect({ url: db.url }), otherChain)
    await migrator.upgrade()
    await migrator.downgrade('base')
    const [shown] = await db.sql('SHOW CREATE TABLE kept')
    expect(String(shown?.['Create Table'])).toContain('GENERATED ALWAYS AS ROW START')
  })
})

/** Pieces that a definition is made of, and pieces that break it. */
const pieces = [
  ...[
    '`a`',
    '`b``c`',
    "'x'",
    "'(''",
    '`',
    "'",
    '"',
    '(',
    ')',
    '((',
    '))',
    ',',
    ' ',
    '\n',
    '--',
    '#',
    '/*',
    '*/',
    '/*!80023 INVISIBLE */',
  ],
  ...[
    'int(11)',
    'varchar(5)',
    'GENERATED',
    'ALWAYS',
    'AS',
    'ROW',
    'START',
    'DEFAULT',
    'NOT',
    'NULL',
    'ON',
    'UPDATE',
    'CHECK',
  ],
  ...[
    'CHARACTER',
    'SET',
    'COLLATE',
    'COMMENT',
    'PERIOD',
    'FOR',
    'WITHOUT',
    'SRID',
    'COMPRESSED',
    'KEY',
    'PRIMARY',
    'CONSTRAINT',
  ],
  ...[
    'case',
    'when',
    'between',
    'and',
    'in',
    'interval',
    'not',
    '-',
    '!',
    '|',
    '.',
    '1',
    '_utf8mb4',
    '=',
    '\\',
    '\0',
    '😀',
  ],
]

describe('the reader of texts', () => {
  const seed = runSeed()
  it(`comes to an end with whatever it is given (TEST_SEED=${seed})`, () => {
    for (let at = 0; at < counts.hostileTexts; at += 1) {
      const { pick, int } = random(caseSeed(seed, at))
      const chosen = Array.from({ length: int(0, 40) }, () => pick(pieces))
      const body = chosen.join(pick(['', ' ']))
      const { columns, items, tail } = parseTableText(pick([`CREATE TABLE \`t\` (\n  ${body}\n) ENGINE=InnoDB`, body]))
      const parts = [...columns.values()].flat().length
      // Every part takes at least one token: there are never more of them than the text has letters.
      expect(parts + items.length, body).toBeLessThanOrEqual(body.length + 60)
      for (const column of columns.values()) expect(printColumnText(column).length + tail.length).toBeLessThan(10_000)
      canonicalExpression(body)
    }
  })

  it('takes parentheses of any depth, and long texts', () => {
    const deep = `${'('.repeat(4_000)}1${')'.repeat(4_000)}`
    const long = `a = ${Array.from({ length: 4_000 }, (_, at) => `'x${at}'`).join(' or a = ')}`
    for (const text of [deep, `1 + ${deep}`, long, '('.repeat(4_000), '-'.repeat(4_001), `not `.repeat(4_000)]) {
      expect(typeof canonicalExpression(text)).toBe('string')
      parseTableText(`CREATE TABLE \`t\` (\n  \`a\` int DEFAULT (${text}) CHECK (${text}),\n  KEY \`x\` ((${text}))\n)`)
      expect(textOf(significant(text)).length).toBeGreaterThan(100)
    }
  })
})

import { compare } from '@org/migrate-autogenerate'
import { column, type Exports, integer, readDeclared, table, varchar } from '@org/migrate-core'
import { expect, test } from 'vitest'
import { errorOf, migratorOf } from '../../kit/migrator.ts'
import type { ServerName } from '../../kit/servers.ts'
import { revisionWriter } from '../../kit/written-revision.ts'
import { describeEverywhere, describeOnServers } from '../../unit/ensure/ground.ts'
import { declaredBy, linesOf } from './sql-pair.ts'

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

interface Collated {
  readonly title: string
  readonly before: readonly string[]
  readonly after: Exports
  readonly on: readonly ServerName[]
  /** How each check compares. */
  readonly compares: string
  readonly refused: string
  readonly accepted: string
}

const texts = varchar(20)
const id = column(integer(), { nullable: false })
const unicode = { collation: 'utf8mb4_unicode_ci' }
const mysqlServers = ['mysql', 'mariadb'] as const
const referringTo = (name: string) => ({
  name: 'f',
  columns: ['a'] as const,
  references: { table: name, columns: ['code'] },
})

/** A key whose two columns have different collations before the revision; on MySQL the key gives its column that of the other. */
const collated: readonly Collated[] = [
  {
    title: 'of another table, which has its own collation',
    before: [
      'CREATE TABLE p (code varchar(20) NOT NULL PRIMARY KEY) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
      'CREATE TABLE t (id int NOT NULL PRIMARY KEY, a varchar(20)) CHARACTER SET utf8mb4',
      "INSERT INTO p VALUES ('Ab')",
    ],
    after: {
      p: table('p', { code: column(texts, { nullable: false }) }, { primaryKey: ['code'], options: unicode }),
      t: table('t', { id, a: column(texts) }, { primaryKey: ['id'], foreignKeys: [referringTo('p')] }),
    },
    on: mysqlServers,
    compares: '`parent`.`code` = `child`.`a` COLLATE utf8mb4_unicode_ci',
    refused: "INSERT INTO t VALUES (1, 'ac')",
    accepted: "INSERT INTO t VALUES (1, 'ab')",
  },
  {
    title: 'of several, one of which is a text',
    before: [
      'CREATE TABLE p (code varchar(20) NOT NULL, n int NOT NULL, PRIMARY KEY (code, n)) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci',
      'CREATE TABLE t (id int NOT NULL PRIMARY KEY, a varchar(20), m int) CHARACTER SET utf8mb4',
      "INSERT INTO p VALUES ('Ab', 1)",
    ],
    after: {
      p: table(
        'p',
        { code: column(texts, { nullable: false }), n: column(integer(), { nullable: false }) },
        { primaryKey: ['code', 'n'], options: unicode },
      ),
      t: table(
        't',
        { id, a: column(texts), m: column(integer()) },
        {
          primaryKey: ['id'],
          foreignKeys: [{ name: 'f', columns: ['a', 'm'], references: { table: 'p', columns: ['code', 'n'] } }],
        },
      ),
    },
    on: mysqlServers,
    compares: '`parent`.`code` = `child`.`a` COLLATE utf8mb4_unicode_ci AND `parent`.`n` = `child`.`m`',
    refused: "INSERT INTO t VALUES (1, 'ab', 2)",
    accepted: "INSERT INTO t VALUES (1, 'ab', 1)",
  },
  {
    title: 'of the same table',
    before: [
      "CREATE TABLE t (id int NOT NULL PRIMARY KEY, code varchar(20) COLLATE utf8mb4_unicode_ci NOT NULL DEFAULT 'Ab', a varchar(20), UNIQUE KEY u (code)) CHARACTER SET utf8mb4",
    ],
    after: {
      t: table(
        't',
        { id, code: column(texts, { nullable: false, default: 'Ab', ...unicode }), a: column(texts) },
        { primaryKey: ['id'], uniques: [{ name: 'u', columns: ['code'] }], foreignKeys: [referringTo('t')] },
      ),
    },
    on: mysqlServers,
    compares: '`parent`.`code` = `child`.`a` COLLATE utf8mb4_unicode_ci',
    refused: "INSERT INTO t (id, a) VALUES (1, 'ac')",
    accepted: "INSERT INTO t (id, a) VALUES (1, 'ab')",
  },
  {
    title: 'of another character set',
    before: [
      'CREATE TABLE p (code varchar(20) NOT NULL PRIMARY KEY) CHARACTER SET latin2 COLLATE latin2_general_ci',
      'CREATE TABLE t (id int NOT NULL PRIMARY KEY, a varchar(20)) CHARACTER SET latin1 COLLATE latin1_swedish_ci',
      "INSERT INTO p VALUES ('Äb')",
    ],
    after: {
      p: table(
        'p',
        { code: column(texts, { nullable: false }) },
        { primaryKey: ['code'], options: { collation: 'latin2_general_ci' } },
      ),
      t: table(
        't',
        { id, a: column(texts) },
        { primaryKey: ['id'], foreignKeys: [referringTo('p')], options: { collation: 'latin1_swedish_ci' } },
      ),
    },
    on: mysqlServers,
    compares: '`parent`.`code` = CONVERT(`child`.`a` USING latin2) COLLATE latin2_general_ci',
    refused: "INSERT INTO t VALUES (1, 'Äc')",
    accepted: "INSERT INTO t VALUES (1, 'Äb')",
  },
  {
    title: 'whose columns state different collations',
    before: [
      'CREATE TABLE p (code varchar(20) COLLATE "C" NOT NULL PRIMARY KEY)',
      'CREATE TABLE t (id int NOT NULL PRIMARY KEY, a varchar(20) COLLATE "POSIX")',
      "INSERT INTO p VALUES ('Ab')",
    ],
    after: {
      p: table('p', { code: column(texts, { nullable: false, collation: 'C' }) }, { primaryKey: ['code'] }),
      t: table(
        't',
        { id, a: column(texts, { collation: 'POSIX' }) },
        { primaryKey: ['id'], foreignKeys: [referringTo('p')] },
      ),
    },
    on: ['postgres'],
    compares: '"parent"."code" = "child"."a" COLLATE "C"',
    refused: "INSERT INTO t VALUES (1, 'ab')",
    accepted: "INSERT INTO t VALUES (1, 'Ab')",
  },
]

for (const servers of [mysqlServers, ['postgres'] as const]) {
  const own = collated.filter(({ on }) => on[0] === servers[0])
  describeOnServers(
    'a foreign key between two collations',
    (openGround) => {
      const write = revisionWriter()

      test.for(own)('$title is refused for rows that refer to nothing, and comes', async (one) => {
        const ground = await openGround()
        for (const text of one.before) await ground.sql(text)
        const empty = migratorOf(ground.dialect(), [])
        const comparison = await compare(empty, readDeclared(one.after), { answers: { none: true } })
        expect(linesOf(comparison)).toEqual([
          expect.stringContaining(`WHERE ${one.compares})`),
          expect.stringContaining('foreign key f ('),
        ])
        const migrator = migratorOf(ground.dialect(), await write(comparison, []))
        await ground.sql(one.refused)
        expect((await errorOf(migrator.upgrade())).code).toBe('BLOCKING_ROWS')
        await ground.sql('DELETE FROM t')
        await ground.sql(one.accepted)
        await migrator.upgrade()
        expect((await compare(migrator, readDeclared(one.after))).changes).toEqual([])
        await migrator.downgrade('-1')
        const lines = linesOf(await compare(empty, readDeclared(one.after)))
        expect(lines).toEqual(linesOf(comparison))
      })
    },
    servers,
  )
}

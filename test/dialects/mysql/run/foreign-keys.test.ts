import {
  expression,
  type ForeignKeyInput,
  integer,
  native,
  type OperationRecorder,
  smallint,
  varchar,
} from '@org/migrate-core'
import { expect, it } from 'vitest'
import { errorOf, type Recorded } from '../../../kit/migrator.ts'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'
import { migratorOn, objectsOf } from './kit.ts'

type Change = Parameters<OperationRecorder['alterColumn']>[2]

const world = [
  "CREATE TABLE parent (id INTEGER PRIMARY KEY, code VARCHAR(60) COLLATE utf8mb4_bin, kind ENUM('a','b') NOT NULL, UNIQUE KEY u (code), UNIQUE KEY k (kind))",
  "CREATE TABLE child (id INTEGER PRIMARY KEY, pid INTEGER, pcode VARCHAR(60) COLLATE utf8mb4_bin, pkind ENUM('a','b') NOT NULL, CONSTRAINT by_id FOREIGN KEY (pid) REFERENCES parent (id), CONSTRAINT by_code FOREIGN KEY (pcode) REFERENCES parent (code) ON DELETE SET NULL, CONSTRAINT by_kind FOREIGN KEY (pkind) REFERENCES parent (kind) ON UPDATE CASCADE)",
]

/** Whether the server makes the change: the answers are the server's own, of MySQL 9.7 and MariaDB 10.11, to the statement by itself. */
const changes: readonly (readonly [string, string, Change, { readonly mysql: boolean; readonly mariadb: boolean }])[] =
  [
    ['parent', 'code', { type: varchar(61) }, { mysql: true, mariadb: false }],
    ['parent', 'code', { type: varchar(63) }, { mysql: true, mariadb: false }],
    ['parent', 'code', { type: varchar(64) }, { mysql: false, mariadb: false }],
    ['parent', 'code', { type: varchar(50) }, { mysql: false, mariadb: false }],
    ['child', 'pcode', { type: varchar(61) }, { mysql: true, mariadb: false }],
    ['child', 'pcode', { type: varchar(50) }, { mysql: false, mariadb: false }],
    ['child', 'pcode', { nullable: false }, { mysql: false, mariadb: false }],
    ['parent', 'code', { nullable: false }, { mysql: true, mariadb: true }],
    ['parent', 'code', { default: 'x' }, { mysql: true, mariadb: true }],
    ['parent', 'id', { type: smallint() }, { mysql: false, mariadb: false }],
    ['parent', 'id', { identity: { mode: 'byDefault' } }, { mysql: false, mariadb: true }],
    ['child', 'pid', { type: smallint() }, { mysql: false, mariadb: false }],
    ['child', 'pid', { nullable: false }, { mysql: true, mariadb: true }],
    ['parent', 'kind', { type: native('mysql', "enum('a','b','c')") }, { mysql: true, mariadb: true }],
    ['parent', 'kind', { type: native('mysql', "enum('a')") }, { mysql: false, mariadb: false }],
    ['parent', 'kind', { nullable: true }, { mysql: true, mariadb: false }],
  ]

async function createTables(createDatabase: () => Promise<TestDatabase>): Promise<TestDatabase> {
  const db = await createDatabase()
  for (const text of world) await db.sql(text)
  return db
}

describeOnEach(['mysql', 'mariadb'], 'a change of a column that a foreign key is over', (createDatabase, server) => {
  it('runs where the server makes it', async () => {
    const db = await createTables(createDatabase)
    const migrator = migratorOn(db, (op) => {
      for (const [table, column, change, isAccepted] of changes)
        if (isAccepted[server]) op.alterColumn(table, column, change)
    })
    expect((await migrator.upgrade()).applied).toEqual(['main:r1'])
  })

  it('is refused before the first statement where the server refuses it', async () => {
    const db = await createTables(createDatabase)
    const before = await objectsOf(db)
    for (const [table, column, change, isAccepted] of changes) {
      if (isAccepted[server]) continue
      const migrator = migratorOn(db, (op) => {
        op.addColumn('child', 'extra', varchar(9))
        op.alterColumn(table, column, change)
      })
      expect((await errorOf(migrator.upgrade())).code, `${table}.${column} ${JSON.stringify(change)}`).toBe(
        'DEPENDENT_OBJECTS',
      )
    }
    expect(await objectsOf(db)).toEqual(before)
  })

  it('names the key in the error, and the advice runs', async () => {
    const db = await createTables(createDatabase)
    const toShort = (op: OperationRecorder): void => {
      op.alterColumn('child', 'pid', { type: smallint() })
      op.alterColumn('parent', 'id', { type: smallint() })
    }
    const error = await errorOf(migratorOn(db, toShort).upgrade())
    expect(error.message).toBe(
      'column child.pid cannot be changed from int to smallint: foreign key by_id of child forbids it.',
    )
    expect(error.details).toEqual({ object: 'column child.pid', dependants: ['foreign key by_id of child'] })
    const advised = migratorOn(
      db,
      () => {},
      (op) => {
        op.dropConstraint('child', 'by_id')
        toShort(op)
        op.addForeignKey('child', {
          name: 'by_id',
          columns: ['pid'],
          references: { table: 'parent', columns: ['id'] },
        })
      },
    )
    await advised.upgrade()
    await advised.downgrade('r1')
    const [shown] = await db.sql(
      "SELECT column_type AS t FROM information_schema.columns WHERE table_schema = database() AND table_name = 'parent' AND column_name = 'id'",
    )
    expect(String(shown?.t)).toMatch(/^int/)
  })
})

describeOnEach(['mysql'], 'a column that a foreign key is over and that is to count', (createDatabase) => {
  it('is described with AUTO_INCREMENT', async () => {
    const db = await createTables(createDatabase)
    const migrator = migratorOn(db, (op) => op.alterColumn('parent', 'id', { identity: { mode: 'autoIncrement' } }))
    expect((await errorOf(migrator.upgrade())).message).toBe(
      'column parent.id cannot be changed from int NOT NULL to int NOT NULL AUTO_INCREMENT: foreign key by_id of child forbids it.',
    )
  })
})

describeOnEach(['mysql'], 'a longer VARCHAR that a foreign key is over', (createDatabase) => {
  it('has a downgrade that cannot run: the plan names it, and the downgrade is refused before it drops anything', async () => {
    const db = await createTables(createDatabase)
    const migrator = migratorOn(
      db,
      () => {},
      (op) => {
        op.alterColumn('parent', 'code', { type: varchar(61) })
        op.addColumn('child', 'extra', integer())
      },
    )
    const plan = await migrator.plan()
    expect(plan.steps.flatMap(({ notes }) => notes ?? [])).toEqual([
      'the derived downgrade fails: column parent.code cannot be changed from varchar(61) to varchar(60): foreign key by_code of child forbids it.',
    ])
    await migrator.upgrade()
    const upgraded = await objectsOf(db)
    expect((await errorOf(migrator.downgrade('r1'))).code).toBe('DEPENDENT_OBJECTS')
    expect(await objectsOf(db)).toEqual(upgraded)
    expect((await migrator.status()).interrupted).toEqual([])
  })
})

describeOnEach(['mysql', 'mariadb'], 'a foreign key that would empty a column', (createDatabase) => {
  it.each(['onDelete', 'onUpdate'] as const)(
    'is refused before the first statement where it is NOT NULL: %s',
    async (event) => {
      const db = await createDatabase()
      await db.sql('CREATE TABLE parent (id INTEGER PRIMARY KEY)')
      await db.sql('CREATE TABLE child (id INTEGER PRIMARY KEY, pid INTEGER NOT NULL)')
      const before = await objectsOf(db)
      const references = { columns: ['pid'], references: { table: 'parent', columns: ['id'] } }
      const migrator = migratorOn(db, (op) => {
        op.addColumn('child', 'extra', varchar(9))
        op.addForeignKey('child', { name: 'by_id', ...references, [event]: 'setNull' })
      })
      const error = await errorOf(migrator.upgrade())
      expect(error.message).toContain(
        `foreign key by_id of child: ${event === 'onDelete' ? 'ON DELETE' : 'ON UPDATE'} SET NULL empties the column pid, which is NOT NULL`,
      )
      expect(await objectsOf(db)).toEqual(before)
      const nullable = migratorOn(db, (op) => {
        op.alterColumn('child', 'pid', { nullable: true })
        op.addForeignKey('child', { name: 'by_id', ...references, [event]: 'setNull' })
      })
      await nullable.upgrade()
      await nullable.downgrade('base')
      await migratorOn(db, (op) =>
        op.addForeignKey('child', { name: 'by_id', ...references, [event]: 'restrict' }),
      ).upgrade()
    },
  )
})

/** Measured on MySQL 9.7 (3823, 1215, 3104) and MariaDB 10.11 (1901, 1905): the statement by itself. */
const unwritable: readonly (readonly [
  string,
  Omit<ForeignKeyInput, 'columns' | 'references'>,
  string,
  readonly string[],
])[] = [
  ['is checked', { onDelete: 'setNull' }, 'CONSTRAINT c CHECK (pid <> 5)', ['mysql', 'mariadb']],
  ['is checked', { onUpdate: 'setNull' }, 'CONSTRAINT c CHECK (pid <> 5)', ['mysql', 'mariadb']],
  ['is checked', { onUpdate: 'cascade' }, 'CONSTRAINT c CHECK (pid <> 5)', ['mysql', 'mariadb']],
  ['is checked', { onDelete: 'cascade' }, 'CONSTRAINT c CHECK (pid <> 5)', []],
  ['is named in a string', { onDelete: 'setNull' }, "CONSTRAINT c CHECK (id <> 5 OR 'pid' = 'id')", []],
  ['is computed from, stored', { onDelete: 'setNull' }, 'g INTEGER AS (pid + 1) STORED', ['mysql', 'mariadb']],
  ['is computed from, stored', { onUpdate: 'cascade' }, 'g INTEGER AS (pid + 1) STORED', ['mysql', 'mariadb']],
  ['is computed from, stored', { onDelete: 'cascade' }, 'g INTEGER AS (pid + 1) STORED', ['mysql']],
  ['is computed from, stored', { onDelete: 'restrict' }, 'g INTEGER AS (pid + 1) STORED', []],
  ['is computed from', { onDelete: 'setNull', onUpdate: 'cascade' }, 'g INTEGER AS (pid + 1) VIRTUAL', []],
]

describeOnEach(['mysql', 'mariadb'], 'a foreign key that writes a column', (createDatabase, server) => {
  const references = { columns: ['pid'], references: { table: 'parent', columns: ['id'] } }

  it.each(unwritable)('which %s: %o, %s', async (_, actions, part, refusing) => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE parent (id INTEGER PRIMARY KEY)')
    await db.sql(`CREATE TABLE child (id INTEGER PRIMARY KEY, pid INTEGER, ${part})`)
    const before = await objectsOf(db)
    const migrator = migratorOn(db, (op) => {
      op.addColumn('child', 'extra', varchar(9))
      op.addForeignKey('child', { name: 'k', ...references, ...actions })
    })
    if (!refusing.includes(server)) return void (await migrator.upgrade())
    const error = await errorOf(migrator.upgrade())
    expect(error.code).toBe('INVALID_OPERATION')
    expect(error.message).toMatch(
      /^foreign key k of child: the server has no ON (DELETE|UPDATE) (SET NULL|CASCADE) for the column pid, which the (check c|stored column g) reads$/,
    )
    expect(await objectsOf(db)).toEqual(before)
    const advised = migratorOn(
      db,
      (op) => op.addForeignKey('child', { name: 'k', ...references, onDelete: 'restrict' }),
      (op) => {
        op.dropConstraint('child', 'k')
        if (part.startsWith('g')) op.dropColumn('child', 'g')
        else op.dropConstraint('child', 'c')
        op.addForeignKey('child', { name: 'k', ...references, ...actions })
      },
    )
    expect((await advised.upgrade()).applied).toEqual(['main:r1', 'main:r2'])
  })

  it('is refused as well where it is there before what reads the column', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE parent (id INTEGER PRIMARY KEY)')
    const key = 'CONSTRAINT k FOREIGN KEY (pid) REFERENCES parent (id) ON DELETE SET NULL'
    await db.sql(
      `CREATE TABLE child (id INTEGER PRIMARY KEY, pid INTEGER, g INTEGER, v INTEGER AS (id + 1) STORED, ${key})`,
    )
    const before = await objectsOf(db)
    const generated = { as: expression('pid + 1'), stored: true }
    const changes: readonly Recorded[] = [
      (op) => op.addCheck('child', expression('pid <> 5'), { name: 'c' }),
      (op) => op.addColumn('child', 'h', integer(), { generated }),
      (op) => op.alterColumn('child', 'g', { generated }),
      (op) => op.alterColumn('child', 'v', { generated }),
      (op) =>
        op.createTable('other', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('pid', integer())
          t.primaryKey(['id'])
          t.check(expression('pid <> 5'), { name: 'o' })
          t.foreignKey({ name: 'ok', ...references, onDelete: 'setNull' })
        }),
      (op) => {
        op.addColumn('child', 'w', integer(), { generated: { as: expression('id + 2'), stored: true } })
        op.addForeignKey('child', { name: 'wk', ...references, columns: ['w'], onDelete: 'setNull' })
      },
    ]
    for (const change of changes) {
      const migrator = migratorOn(db, (op) => {
        op.addColumn('parent', 'extra', varchar(9))
        change(op)
      })
      expect((await errorOf(migrator.upgrade())).code).toBe('INVALID_OPERATION')
      expect(await objectsOf(db)).toEqual(before)
    }
    const restricted = migratorOn(db, (op) => {
      op.addColumn('child', 'w', integer(), { generated: { as: expression('id + 2'), stored: true } })
      op.addForeignKey('child', { name: 'wk', ...references, columns: ['w'], onDelete: 'restrict' })
    })
    expect((await restricted.upgrade()).applied).toEqual(['main:r1'])
  })
})

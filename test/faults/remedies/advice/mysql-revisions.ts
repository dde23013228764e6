import { bigint, enumeration, expression, integer, smallint, text, timestamp, varchar } from '@org/migrate-core'
import { type DatabaseCase, on, refusedBy } from './database-case.ts'
import { alter, byStep, elsewhereOnly, enumT, excluded, rows, t, withT } from './revisions-kit.ts'

/** Advice of MySQL and MariaDB about what a revision records, followed on them: by the text in the sources. */
export const mysqlRevisions: { readonly [advice: string]: readonly DatabaseCase[] } = {
  'Leave the schema out, or leave the table to PostgreSQL with op.on().': [
    refusedBy.both(
      (op) => op.createTable({ name: 'u', schema: 'app' }, (u) => u.column('a', integer())),
      (op) => op.createTable('u', (u) => u.column('a', integer())),
    ),
    refusedBy.both(
      (op) => op.createTable({ name: 'u', schema: 'app' }, (u) => u.column('a', integer())),
      elsewhereOnly((op) => op.createTable({ name: 'u', schema: 'app' }, (u) => u.column('a', integer()))),
    ),
  ],
  'Name another database in the URL, or leave the schema to PostgreSQL with op.on().': [
    refusedBy.both(
      (op) => op.createSchema('app'),
      elsewhereOnly((op) => op.createSchema('app')),
    ),
  ],
  'Give the columns the type `enumeration([…])`; leave the named type to PostgreSQL with op.on().': [
    refusedBy.both(
      (op) => op.createEnum('mood', ['a']),
      (op) => op.createTable('u', (u) => u.column('mood', enumeration(['a']))),
    ),
    refusedBy.both(
      (op) => op.createEnum('mood', ['a']),
      elsewhereOnly((op) => op.createEnum('mood', ['a'])),
    ),
  ],
  'Make a view of it, or a table that a data step fills; or leave it to PostgreSQL with op.on().': [
    refusedBy.both(
      (op) => op.createView('v', expression('SELECT id FROM t'), { materialized: true }),
      (op) => op.createView('v', expression('SELECT id FROM t')),
      withT,
    ),
    refusedBy.both(
      (op) => op.createView('v', expression('SELECT id FROM t'), { materialized: true }),
      (op) => {
        op.createTable('v', (v) => v.column('id', integer()))
        op.run('fill', async (db) => void (await db.execute('INSERT INTO v SELECT id FROM t')))
      },
      withT,
    ),
  ],
  'Give a column `identity: { mode: "autoIncrement" }`, or leave the sequence to the others with op.on().': [
    refusedBy.mysql(
      (op) => op.createSequence('s'),
      (op) =>
        op.createTable('u', (u) => {
          u.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement' } })
          u.primaryKey(['id'])
        }),
    ),
  ],
  'Set a maxValue.': [
    refusedBy.mariadb(
      (op) => op.createSequence('s', { type: 'integer32' } as never),
      (op) => op.createSequence('s', { maxValue: '2147483647' }),
    ),
  ],
  'Leave it out.': [
    refusedBy.mariadb(
      (op) => op.createSequence('s', { ownedBy: { table: { name: 't' }, column: 'id' } }),
      (op) => op.createSequence('s'),
      withT,
    ),
    refusedBy.both(
      alter((a) => a.options({ fillfactor: true } as never)),
      alter((a) => a.options({})),
      withT,
    ),
    refusedBy.both(
      (op) => op.createIndex('t', 'by_n', [{ column: 'n', nulls: 'last' }]),
      (op) => op.createIndex('t', 'by_n', ['n']),
      withT,
    ),
  ],
  'Let it be nullable, and add a check that it IS NOT NULL.': [
    refusedBy.mariadb(
      alter((a) =>
        a.addColumn('twice', integer(), { nullable: false, generated: { as: expression('n * 2'), stored: true } }),
      ),
      alter((a) => {
        a.addColumn('twice', integer(), { generated: { as: expression('n * 2'), stored: true } })
        a.addCheck(expression('twice IS NOT NULL'))
      }),
      withT,
    ),
  ],
  'Leave … out, or say it for PostgreSQL alone with op.on().': [
    refusedBy.both(
      (op) =>
        op.createTable('u', (u) => {
          u.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement', cache: 5 } as never })
          u.primaryKey(['id'])
        }),
      (op) =>
        op.createTable('u', (u) => {
          u.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement' } })
          u.primaryKey(['id'])
        }),
    ),
  ],
  'Leave the increment out.': [
    refusedBy.both(
      (op) =>
        op.createTable('u', (u) => {
          u.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement', increment: 5 } as never })
          u.primaryKey(['id'])
        }),
      (op) =>
        op.createTable('u', (u) => {
          u.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement' } })
          u.primaryKey(['id'])
        }),
    ),
  ],
  'Give it one of these types, or leave onUpdate out.': [
    refusedBy.both(
      alter((a) => a.addColumn('u', integer(), { onUpdate: 'now' })),
      alter((a) => a.addColumn('u', timestamp(), { onUpdate: 'now' })),
      withT,
    ),
  ],
  'Use another action.': [
    refusedBy.both(
      alter((a) =>
        a.addForeignKey({ columns: ['n'], references: { table: 't', columns: ['id'] }, onDelete: 'setDefault' }),
      ),
      alter((a) =>
        a.addForeignKey({ columns: ['n'], references: { table: 't', columns: ['id'] }, onDelete: 'setNull' }),
      ),
      withT,
    ),
  ],
  'Name the columns that it refers to.': [
    refusedBy.both(
      alter((a) => a.addForeignKey({ columns: ['n'], references: { table: 'keyless', columns: [] } })),
      alter((a) => a.addForeignKey({ columns: ['n'], references: { table: 'keyless', columns: ['id'] } })),
      {
        given: (op) => {
          t(op)
          op.createTable('keyless', (k) => {
            k.column('id', integer(), { nullable: false })
            k.unique(['id'])
          })
        },
      },
    ),
  ],
  'Make the columns NOT NULL.': [
    refusedBy.both(
      alter((a) => a.addUnique(['n'], { nullsNotDistinct: true })),
      alter((a) => {
        a.alterColumn('n', { nullable: false })
        a.addUnique(['n'])
      }),
      withT,
    ),
  ],
  'Leave MATCH out.': [
    refusedBy.both(
      alter((a) => a.addForeignKey({ columns: ['n'], references: { table: 't', columns: ['id'] }, match: 'full' })),
      alter((a) => a.addForeignKey({ columns: ['n'], references: { table: 't', columns: ['id'] } })),
      withT,
    ),
  ],
  'Leave it to PostgreSQL with op.on().': [
    refusedBy.both(
      alter((a) => a.addConstraint(excluded)),
      elsewhereOnly(alter((a) => a.addConstraint(excluded))),
      withT,
    ),
  ],
  'Give it to the column.': [
    refusedBy.both(
      (op) => op.createIndex('t', 'i', [{ column: 'name', collation: 'utf8mb4_bin' }]),
      (op) => {
        op.alterTable('t', (a) => a.alterColumn('name', { type: varchar(40), collation: 'utf8mb4_bin' }))
        op.createIndex('t', 'i', ['name'])
      },
      withT,
    ),
  ],
  'Add a generated column with the expression, and index that.': [
    refusedBy.mariadb(
      (op) => op.createIndex('t', 'i', [expression('n * 2')]),
      (op) => {
        op.alterTable('t', (a) =>
          a.addColumn('twice', integer(), { generated: { as: expression('n * 2'), stored: true } }),
        )
        op.createIndex('t', 'i', ['twice'])
      },
      withT,
    ),
  ],
  'Index a generated column that is NULL for the other rows, or leave `where` to the other databases with op.on().': [
    refusedBy.both(
      (op) => op.createIndex('t', 'i', ['name'], { unique: true, where: expression('n = 1') }),
      (op) => {
        op.alterTable('t', (a) =>
          a.addColumn('only', varchar(40), {
            generated: { as: expression('CASE WHEN n = 1 THEN name END'), stored: true },
          }),
        )
        op.createIndex('t', 'i', ['only'], { unique: true })
      },
      { ...withT, rows: "INSERT INTO t (id, name, n) VALUES (1, 'a', 0), (2, 'a', 0), (3, 'a', 1)" },
    ),
  ],
  'Put them at the end of the index.': [
    refusedBy.both(
      (op) => op.createIndex('t', 'i', ['n'], { include: ['name'] }),
      (op) => op.createIndex('t', 'i', ['n', 'name']),
      withT,
    ),
  ],
  'Leave the method to PostgreSQL with op.on().': [
    refusedBy.both(
      (op) => op.createIndex('t', 'i', ['n'], { method: 'gin' }),
      (op) =>
        op.on({
          postgres: (p) => p.createIndex('t', 'i', ['n'], { method: 'gin' }),
          otherwise: (o) => o.createIndex('t', 'i', ['n']),
        }),
      withT,
    ),
  ],
  'Shorten the columns, or give the elements a prefixLength.': [
    on(['mariadb', 'mysql'], 'INVALID_OPERATION')(
      (op) => op.createIndex('t', 'i', ['wide']),
      (op) => op.createIndex('t', 'i', [{ column: 'wide', prefixLength: 100 }]),
      {
        given: (op) => {
          t(op)
          op.alterTable('t', (a) => a.addColumn('wide', varchar(2000)))
        },
      },
    ),
  ],
  'Change one of the columns first, in the same revision.': [
    on(['mariadb', 'mysql'], 'INVALID_OPERATION')(
      alter((a) => a.addForeignKey({ columns: ['parent'], references: { table: 't', columns: ['id'] } })),
      (op) => {
        op.alterTable('t', (a) => a.alterColumn('parent', { type: integer() }))
        op.alterTable('t', (a) => a.addForeignKey({ columns: ['parent'], references: { table: 't', columns: ['id'] } }))
      },
      {
        given: (op) => {
          t(op)
          op.alterTable('t', (a) => a.addColumn('parent', bigint()))
        },
      },
    ),
  ],
  'Add the column without identity, then the key, then change it to an identity; the other way round to take the key away.':
    [
      on(['mariadb', 'mysql'], 'INVALID_OPERATION')(
        alter((a) => a.addColumn('counter', integer(), { nullable: false, identity: { mode: 'autoIncrement' } })),
        (op) => {
          op.alterTable('keyless', (a) => a.addColumn('counter', integer(), { nullable: false }))
          op.alterTable('keyless', (a) => a.addPrimaryKey(['counter']))
          op.alterTable('keyless', (a) => a.alterColumn('counter', { identity: { mode: 'autoIncrement' } }))
        },
        {
          given: (op) => {
            t(op)
            op.createTable('keyless', (k) => k.column('a', integer()))
          },
        },
      ),
    ],
  'Give those rows a value in a data step before.': [
    on(['mariadb', 'mysql'], 'BLOCKING_ROWS')(
      alter((a) => a.alterColumn('name', { nullable: false })),
      (op) => {
        byStep(op)
        op.alterTable('t', (a) => a.alterColumn('name', { nullable: false }))
      },
      { ...withT, rows },
    ),
  ],
  'Add the column nullable, fill it in a data step, then make it NOT NULL.': [
    on(['mariadb', 'mysql'], 'BLOCKING_ROWS')(
      alter((a) => a.addColumn('more', integer(), { nullable: false })),
      (op) => {
        op.alterTable('t', (a) => a.addColumn('more', integer()))
        op.run('fill', async (db) => void (await db.execute('UPDATE t SET more = id')))
        op.alterTable('t', (a) => a.alterColumn('more', { nullable: false }))
      },
      { ...withT, rows },
    ),
  ],
  'Give those rows another value in a data step before.': [
    on(['mariadb', 'mysql'], 'BLOCKING_ROWS')(
      alter((a) => a.alterColumn('id', { type: smallint() })),
      (op) => {
        op.run('other', async (db) => void (await db.execute('UPDATE t SET id = 7 WHERE id > 32767')))
        op.alterTable('t', (a) => a.alterColumn('id', { type: smallint() }))
      },
      { ...withT, rows: 'INSERT INTO t (id) VALUES (70000)' },
    ),
  ],
  'Shorten those values in a data step before….': [
    on(['mariadb', 'mysql'], 'BLOCKING_ROWS')(
      alter((a) => a.alterColumn('name', { type: varchar(5) })),
      (op) => {
        op.run('shorten', async (db) => void (await db.execute('UPDATE t SET name = SUBSTR(name, 1, 5)')))
        op.alterTable('t', (a) => a.alterColumn('name', { type: varchar(5) }))
      },
      { ...withT, rows },
    ),
  ],
  'Give those rows another value in a data step before; a value that is to have another name is added first.': [
    on(['mariadb', 'mysql'], 'BLOCKING_ROWS')(
      alter((a) => a.alterColumn('mood', { type: enumeration(['a', 'b']) })),
      (op) => {
        op.run('other', async (db) => void (await db.execute("UPDATE t SET mood = 'b' WHERE mood = 'c'")))
        op.alterTable('t', (a) => a.alterColumn('mood', { type: enumeration(['a', 'b']) }))
      },
      { given: enumT, rows: "INSERT INTO t VALUES (1, 'c')" },
    ),
    on(['mariadb', 'mysql'], 'BLOCKING_ROWS')(
      alter((a) => a.alterColumn('mood', { type: enumeration(['a', 'b', 'd']) })),
      (op) => {
        op.alterTable('t', (a) => a.alterColumn('mood', { type: enumeration(['a', 'b', 'c', 'd']) }))
        op.run('other', async (db) => void (await db.execute("UPDATE t SET mood = 'd' WHERE mood = 'c'")))
        op.alterTable('t', (a) => a.alterColumn('mood', { type: enumeration(['a', 'b', 'd']) }))
      },
      { given: enumT, rows: "INSERT INTO t VALUES (1, 'c')" },
    ),
  ],
  'In the same revision, drop … before the change (`dropView`, `dropTrigger`), and ….': [
    on(['mariadb', 'mysql'], 'DEPENDENT_OBJECTS')(
      alter((a) => a.dropColumn('name')),
      (op) => {
        op.dropView('v')
        op.alterTable('t', (a) => a.dropColumn('name'))
      },
      {
        given: (op) => {
          t(op)
          op.createView('v', expression('SELECT id, name FROM t'))
        },
      },
    ),
  ],
  'Drop the index before the change, and create it again after it with a prefixLength.': [
    on(['mariadb', 'mysql'], 'DEPENDENT_OBJECTS')(
      alter((a) => a.alterColumn('name', { type: text() })),
      (op) => {
        op.dropIndex('t', 't_name')
        op.alterTable('t', (a) => a.alterColumn('name', { type: text() }))
        op.createIndex('t', 't_name', [{ column: 'name', prefixLength: 20 }])
      },
      {
        given: (op) => {
          t(op)
          op.createIndex('t', 't_name', ['name'])
        },
      },
    ),
  ],
  'In the same revision, drop what reads the column before the change, and create it again after it.': [
    on(['mariadb', 'mysql'], 'STATEMENT_FAILED')(
      (op) => op.replaceView('v', expression('SELECT id + 0 FROM t')),
      (op) => {
        op.dropView('w')
        op.replaceView('v', expression('SELECT id + 0 FROM t'))
        op.createView('w', expression('SELECT 1 AS one FROM v'))
      },
      {
        given: (op) => {
          t(op)
          op.createView('v', expression('SELECT id, name FROM t'))
          op.createView('w', expression('SELECT name FROM v'))
        },
      },
    ),
  ],
  'Pass `key` with columns that are unique and never NULL.': [
    on(['mariadb', 'mysql'], 'INVALID_OPTION')(
      (op) =>
        op.run(
          'all',
          async (db) => void (await db.backfill({ table: 'keyless', columns: ['id'], step: async () => {} })),
        ),
      (op) =>
        op.run(
          'all',
          async (db) =>
            void (await db.backfill({ table: 'keyless', columns: ['id'], key: ['id'], step: async () => {} })),
        ),
      { given: (op) => op.createTable('keyless', (k) => k.column('id', integer(), { nullable: false })) },
    ),
  ],
  'Ask for one of those.': [
    refusedBy.mysql(
      (op) =>
        op.limits(
          { algorithm: 'nocopy' },
          alter((a) => a.addColumn('x', integer())),
        ),
      (op) =>
        op.limits(
          { algorithm: 'inplace' },
          alter((a) => a.addColumn('x', integer())),
        ),
      withT,
    ),
  ],
  'The server does not make this change with …: ask for less in op.limits, or leave it out there.': [
    on(['mariadb', 'mysql'], 'STATEMENT_FAILED')(
      (op) =>
        op.limits(
          { algorithm: 'instant' },
          alter((a) => a.alterColumn('n', { type: bigint() })),
        ),
      (op) =>
        op.limits(
          { algorithm: 'copy' },
          alter((a) => a.alterColumn('n', { type: bigint() })),
        ),
      withT,
    ),
  ],
  'Drop the indexes and keys of the column first, and create them again afterwards.': [
    on(['mariadb', 'mysql'], 'UNSUPPORTED')(
      alter((a) => a.alterColumn('twice', { generated: { as: expression('n * 3'), stored: false } })),
      (op) => {
        op.dropIndex('t', 'by_twice')
        op.alterTable('t', (a) => a.alterColumn('twice', { generated: { as: expression('n * 3'), stored: false } }))
        op.createIndex('t', 'by_twice', ['twice'])
      },
      {
        given: (op) => {
          t(op)
          op.alterTable('t', (a) =>
            a.addColumn('twice', integer(), { generated: { as: expression('n * 2'), stored: true } }),
          )
          op.createIndex('t', 'by_twice', ['twice'])
        },
      },
    ),
  ],
}

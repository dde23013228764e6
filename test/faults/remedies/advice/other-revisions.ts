import {
  bigint,
  enumeration,
  expression,
  integer,
  native,
  type OperationRecorder,
  text,
  timestamp,
} from '@org/migrate-core'
import type { Recorded } from '../../../kit/migrator.ts'
import { type DatabaseCase, on, refusedBy } from './database-case.ts'
import { alter, createTableOf, moods, strictTable, t, withT } from './revisions-kit.ts'

const preserving =
  (key: { readonly id?: bigint }) =>
  (op: OperationRecorder): void =>
    op.run('step', {
      up: async (db) => db.preserve({ table: 't', key, column: 'n', value: 1n, written: 2n }),
      down: 'restore',
    })

/** MySQL tells a unique constraint from a unique index by nothing but what an index alone can have. */
const ofMissing = (refused: Recorded, instead: Recorded): DatabaseCase =>
  on(['sqlite', 'postgres'], 'OBJECT_MISSING')(refused, instead, {
    given: (op) => {
      t(op)
      op.alterTable('t', (table) => {
        table.createIndex('by_n', ['n'])
        table.addUnique(['name'], { name: 'one_n' })
      })
    },
  })

/** Advice of SQLite and PostgreSQL about what a revision records, followed on them: by the text in the sources. */
export const otherRevisions: { readonly [advice: string]: readonly DatabaseCase[] } = {
  'Call op.sql once for each statement.': [
    on(['sqlite', 'mariadb', 'mysql'], 'INVALID_OPERATION')(
      (op) => op.sql("UPDATE t SET n = 1; UPDATE t SET name = 'b'"),
      (op) => {
        op.sql('UPDATE t SET n = 1')
        op.sql("UPDATE t SET name = 'b'")
      },
      withT,
    ),
  ],
  'Give the column another default in the same change: `default: …`, or `default: null` for none.': ['c', null].map(
    (value) =>
      on(['sqlite', 'postgres', 'mariadb', 'mysql'], 'INVALID_OPERATION')(
        alter((a) => a.alterColumn('name', { type: enumeration(['b', 'c']) })),
        alter((a) => a.alterColumn('name', { type: enumeration(['b', 'c']), default: value })),
        {
          given: (op) => {
            t(op)
            op.alterTable('t', (a) => a.alterColumn('name', { default: 'a' }))
          },
        },
      ),
  ),
  'Give … a value of its type, …: the server would take the text for 0, and find other rows.': [
    on(['mariadb', 'mysql'], 'INVALID_OPERATION')(
      (op) => op.deleteRows('t', [{ id: 'abc' }]),
      (op) => op.deleteRows('t', [{ id: 1 }]),
      withT,
    ),
  ],
  'Give the columns the type `enumeration([…])`; leave the named type to the other databases with op.on().': [
    refusedBy.sqlite(
      (op) => op.createEnum('mood', ['a']),
      (op) => op.createTable('u', (u) => u.column('mood', enumeration(['a']))),
    ),
  ],
  'Give one of them a `name` of its own.': [
    on(['mariadb', 'mysql'], 'INVALID_OPERATION')(
      (op) => op.addUnique('t', ['n'], { name: 'by_n' }),
      (op) => op.addUnique('t', ['n'], { name: 'one_n' }),
      {
        given: (op) => {
          t(op)
          op.createIndex('t', 'by_n', ['n'])
        },
      },
    ),
  ],
  "Give the column `native: { …: '…' }`, or use a logical type.": [
    refusedBy.postgres(
      alter((a) => a.addColumn('x', native('mysql', 'mediumtext'))),
      alter((a) => a.addColumn('x', text(), { native: { postgres: 'tsvector' } })),
      withT,
    ),
    refusedBy.sqlite(
      alter((a) => a.addColumn('x', native('mysql', 'mediumtext'))),
      alter((a) => a.addColumn('x', text(), { native: { sqlite: 'CLOB' } })),
      withT,
    ),
    refusedBy.both(
      alter((a) => a.addColumn('x', native('postgres', 'tsvector'))),
      alter((a) => a.addColumn('x', text(), { native: { mysql: 'mediumtext' } })),
      withT,
    ),
  ],
  'An index has this name: write `op.dropIndex` or `op.renameIndex`.': [
    ofMissing(
      alter((a) => a.dropConstraint('by_n')),
      alter((a) => a.dropIndex('by_n')),
    ),
    ofMissing(
      alter((a) => a.renameConstraint('by_n', 'n_key')),
      alter((a) => a.renameIndex('by_n', 'n_key')),
    ),
  ],
  'A constraint has this name: write `op.dropConstraint` or `op.renameConstraint`.': [
    ofMissing(
      alter((a) => a.dropIndex('one_n')),
      alter((a) => a.dropConstraint('one_n')),
    ),
    ofMissing(
      alter((a) => a.renameIndex('one_n', 'n_key')),
      alter((a) => a.renameConstraint('one_n', 'n_key')),
    ),
  ],
  'The table is written first, here …, and then …. Check both names, or guard the operation with ifExists where it takes that.':
    [
      on(['sqlite', 'postgres', 'mariadb', 'mysql'], 'OBJECT_MISSING')(
        (op) => op.createIndex('by_n', 't', ['n']),
        (op) => op.createIndex('t', 'by_n', ['n']),
        withT,
      ),
    ],
  'Use INT, INTEGER, REAL, TEXT, BLOB or ANY, or leave `strict` out.': [
    refusedBy.sqlite(
      createTableOf((u: never) => strictTable(u, 'DOUBLEISH', true)),
      createTableOf((u: never) => strictTable(u, 'ANY', true)),
    ),
    refusedBy.sqlite(
      createTableOf((u: never) => strictTable(u, 'DOUBLEISH', true)),
      createTableOf((u: never) => strictTable(u, 'DOUBLEISH', false)),
    ),
  ],
  'Write a trigger for it, or say it with op.on().': [
    on(['sqlite', 'postgres'], 'UNSUPPORTED')(
      alter((a) => a.addColumn('u', timestamp(), { onUpdate: 'now' })),
      (op) =>
        op.on({
          mysql: alter((a) => a.addColumn('u', timestamp(), { onUpdate: 'now' })),
          otherwise: alter((a) => a.addColumn('u', timestamp())),
        }),
      withT,
    ),
    refusedBy.sqlite(
      alter((a) => a.addColumn('u', timestamp(), { onUpdate: 'now' })),
      (op) => {
        op.alterTable('t', (a) => a.addColumn('u', timestamp()))
        op.createTrigger(
          't',
          'touch',
          expression(
            'CREATE TRIGGER touch AFTER UPDATE ON t BEGIN UPDATE t SET u = CURRENT_TIMESTAMP WHERE id = NEW.id; END',
          ),
        )
      },
      withT,
    ),
  ],
  'Record the comment with op.on() for the others.': [
    refusedBy.sqlite(
      alter((a) => a.addColumn('u', integer(), { comment: 'why' })),
      (op) =>
        op.on({
          postgres: alter((a) => a.addColumn('u', integer(), { comment: 'why' })),
          otherwise: alter((a) => a.addColumn('u', integer())),
        }),
      withT,
    ),
  ],
  'Drop or change the view in the same revision.': [
    on(['sqlite'], 'STATEMENT_FAILED')(
      (op) => op.replaceView('v', expression('SELECT id FROM t')),
      (op) => {
        op.dropView('w')
        op.replaceView('v', expression('SELECT id FROM t'))
      },
      {
        given: (op) => {
          t(op)
          op.createView('v', expression('SELECT name FROM t'))
          op.createView('w', expression('SELECT name FROM v'))
        },
      },
    ),
  ],
  'Say how with `using`, for example ….': [
    on(['postgres'], 'CAST_NEEDED')(
      alter((a) => a.alterColumn('name', { type: integer() })),
      alter((a) => a.alterColumn('name', { type: integer(), using: 'CAST("name" AS integer)' })),
      { ...withT, rows: "INSERT INTO t (id, name) VALUES (1, '12')" },
    ),
  ],
  'Give preserve() a column set that is unique in the table.': [
    on(['sqlite'], 'VALUE_INVALID')(preserving({}), preserving({ id: 1n }), {
      given: t,
      rows: 'INSERT INTO t (id) VALUES (1)',
    }),
  ],
  'Make it `stored`.': [
    refusedBy.postgres(
      alter((a) => a.addColumn('twice', integer(), { generated: { as: expression('n * 2'), stored: false } })),
      alter((a) => a.addColumn('twice', integer(), { generated: { as: expression('n * 2'), stored: true } })),
      withT,
    ),
  ],
  'Add another column, fill it, and drop this one, in the same revision.': [
    on(['postgres-next'], 'UNSUPPORTED')(
      alter((a) => a.alterColumn('twice', { generated: null })),
      (op) => {
        op.alterTable('t', (a) => a.addColumn('doubled', integer()))
        op.run('fill', async (db) => void (await db.execute('UPDATE t SET doubled = twice')))
        op.alterTable('t', (a) => a.dropColumn('twice'))
      },
      {
        given: (op) => {
          t(op)
          op.alterTable('t', (a) =>
            a.addColumn('twice', integer(), { generated: { as: expression('n * 2'), stored: false } }),
          )
        },
        rows: 'INSERT INTO t (id, n) VALUES (1, 4)',
      },
    ),
  ],
  'Drop the generated column before, and add it again after, in the same revision.': [
    on(['postgres'], 'DEPENDENT_OBJECTS')(
      alter((a) => a.alterColumn('n', { type: bigint() })),
      (op) => {
        op.alterTable('t', (a) => a.dropColumn('twice'))
        op.alterTable('t', (a) => a.alterColumn('n', { type: bigint() }))
        op.alterTable('t', (a) =>
          a.addColumn('twice', bigint(), { generated: { as: expression('n * 2'), stored: true } }),
        )
      },
      {
        given: (op) => {
          t(op)
          op.alterTable('t', (a) =>
            a.addColumn('twice', integer(), { generated: { as: expression('n * 2'), stored: true } }),
          )
        },
        rows: 'INSERT INTO t (id, n) VALUES (1, 4)',
      },
    ),
  ],
  'Say with `replaceBy` which value they get, or change the rows before.': [
    on(['postgres'], 'BLOCKING_ROWS')(
      (op) => op.alterEnum('mood', { drop: [{ value: 'c' }] }),
      (op) => op.alterEnum('mood', { drop: [{ value: 'c', replaceBy: 'b' }] }),
      { given: moods, rows: "INSERT INTO t VALUES (1, 'c')" },
    ),
    on(['postgres'], 'BLOCKING_ROWS')(
      (op) => op.alterEnum('mood', { drop: [{ value: 'c' }] }),
      (op) => {
        op.run('other', async (db) => void (await db.execute("UPDATE t SET mood = 'a' WHERE mood = 'c'")))
        op.alterEnum('mood', { drop: [{ value: 'c' }] })
      },
      { given: moods, rows: "INSERT INTO t VALUES (1, 'c')" },
    ),
  ],
  'Index the expression left(…, …).': [
    refusedBy.postgres(
      (op) => op.createIndex('t', 'i', [{ column: 'name', prefixLength: 4 }]),
      (op) => op.createIndex('t', 'i', [expression('left(name, 4)')]),
      withT,
    ),
  ],
  'Set it with op.sql to a number within them, in the same revision before.': [
    on(['postgres'], 'BLOCKING_ROWS')(
      (op) => op.alterSequence('s', { maxValue: '100' }),
      (op) => {
        op.sql("SELECT setval('s', 50)")
        op.alterSequence('s', { maxValue: '100' })
      },
      { given: (op) => op.createSequence('s'), rows: "SELECT setval('s', 500)" },
    ),
  ],
  'Set it with op.sql, in the same revision before: ALTER SEQUENCE … RESTART WITH a number within the old and the new bounds, or RESTART alone, to begin at its start.':
    [
      on(['mariadb'], 'BLOCKING_ROWS')(
        (op) => op.alterSequence('s', { maxValue: '100' }),
        (op) => {
          op.sql('ALTER SEQUENCE s RESTART WITH 50')
          op.alterSequence('s', { maxValue: '100' })
        },
        { given: (op) => op.createSequence('s'), rows: 'DO SETVAL(s, 500)' },
      ),
      on(['mariadb'], 'BLOCKING_ROWS')(
        (op) => op.alterSequence('s', { increment: '-1' }),
        (op) => {
          op.sql('ALTER SEQUENCE s RESTART')
          op.alterSequence('s', { increment: '-1' })
        },
        { given: (op) => op.createSequence('s'), rows: 'DO SETVAL(s, 500)' },
      ),
    ],
  'View … has to be created again, and its text as it is fails. In the same revision, drop it before the change (`dropView`); or bring back what it reads.':
    [
      on(['mariadb', 'mysql'], 'STATEMENT_FAILED')(
        alter((a) => a.renameColumn('n', 'm')),
        (op) => {
          op.dropView('v')
          op.alterTable('t', (a) => a.renameColumn('n', 'm'))
        },
        {
          given: (op) => {
            t(op)
            op.createTable('u', (b) => b.column('o', integer()))
            op.createView('v', expression('SELECT n, o FROM t, u'))
          },
          rows: 'DROP TABLE u',
        },
      ),
    ],
  'Where a column of the view gets another type, drop the view and create it again, in the same revision.': [
    on(['postgres'], 'STATEMENT_FAILED')(
      (op) => op.replaceView('v', expression('SELECT id, CAST(n AS text) AS n FROM t')),
      (op) => {
        op.dropView('v')
        op.createView('v', expression('SELECT id, CAST(n AS text) AS n FROM t'))
      },
      {
        given: (op) => {
          t(op)
          op.createView('v', expression('SELECT id, n FROM t'))
        },
      },
    ),
  ],
  'In the same revision, drop … before the change (`dropView`, `dropTrigger`, `dropTable` for a full-text index), and create what is still needed after it.':
    [
      on(['sqlite'], 'DEPENDENT_OBJECTS')(
        alter((a) => a.dropColumn('n')),
        (op) => {
          op.dropView('v')
          op.alterTable('t', (a) => a.dropColumn('n'))
          op.createView('v', expression('SELECT id FROM t'))
        },
        {
          given: (op) => {
            t(op)
            op.createView('v', expression('SELECT id, n FROM t'))
          },
        },
      ),
    ],
  'In the same revision, drop … before the rename (`dropView`, `dropTrigger`), and create … after it with the new name. Or give the column its present name with AS in the view or subquery that shows it.':
    [
      on(['sqlite'], 'DEPENDENT_OBJECTS')(
        alter((a) => a.renameColumn('n', 'm')),
        (op) => {
          op.dropView('w')
          op.alterTable('t', (a) => a.renameColumn('n', 'm'))
          op.createView('w', expression('SELECT m FROM v'))
        },
        {
          given: (op) => {
            t(op)
            op.createView('v', expression('SELECT id, n FROM t'))
            op.createView('w', expression('SELECT n FROM v'))
          },
        },
      ),
    ],
  'In the same revision, drop … before the change (`dropView`, `dropTrigger`), and create … after it with the table before the name.':
    [
      on(['sqlite'], 'DEPENDENT_OBJECTS')(
        alter((a) => a.addColumn('m', text())),
        (op) => {
          op.dropView('v')
          op.alterTable('t', (a) => a.addColumn('m', text()))
          op.createView('v', expression('SELECT o.m FROM t JOIN o'))
        },
        {
          given: (op) => {
            t(op)
            op.createTable('o', (a) => a.column('m', text()))
            op.createView('v', expression('SELECT m FROM t JOIN o'))
          },
        },
      ),
    ],
  'Drop them before with op.sql(), and create them again after, in the same revision.': [
    on(['postgres'], 'DEPENDENT_OBJECTS')(
      alter((a) => a.alterColumn('name', { type: text() })),
      (op) => {
        op.sql('DROP RULE r ON t')
        op.alterTable('t', (a) => a.alterColumn('name', { type: text() }))
        op.sql("CREATE RULE r AS ON UPDATE TO t WHERE NEW.name = 'x' DO INSTEAD NOTHING")
      },
      { ...withT, rows: "CREATE RULE r AS ON UPDATE TO t WHERE NEW.name = 'x' DO INSTEAD NOTHING" },
    ),
  ],
}

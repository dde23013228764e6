import type { StairwayFindingKind } from '@org/migrate-autogenerate'
import type { OperationRecorder, Revision } from '@org/migrate-core'
import { expression, integer, text, varchar } from '@org/migrate-core'
import { line, type RevisionBody } from '../../kit/migrator.ts'

/** A chain with one fault in its last revision, and what has to be found of it. */
export interface PlantedFault {
  readonly fault: string
  readonly chain: readonly Revision[]
  readonly kind: StairwayFindingKind
  /** Of the sentence or of a line of its differences. */
  readonly names: RegExp
}

const people = (op: OperationRecorder): void => {
  op.createTable('teams', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(50), { nullable: false })
    t.primaryKey(['id'])
  })
  op.createTable('people', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('name', varchar(200), { nullable: false, default: 'unnamed' })
    t.column('email', text())
    t.column('team_id', integer())
    t.column('status', varchar(10), { nullable: false })
    t.primaryKey(['id'])
    t.unique(['email'], { name: 'people_email_key' })
    t.check(expression("status IN ('new', 'old')"), { name: 'people_status_check' })
    t.foreignKey({
      columns: ['team_id'],
      references: { table: 'teams', columns: ['id'] },
      onDelete: 'cascade',
      name: 'people_team_fk',
    })
    t.index('people_name', ['name'])
  })
}

const planted = (
  fault: string,
  kind: StairwayFindingKind,
  names: RegExp,
  body: RevisionBody,
  first: RevisionBody = people,
): PlantedFault => ({ fault, kind, names, chain: line(first, body) })

export const sqliteFaults: readonly PlantedFault[] = [
  planted('the downgrade drops another column', 'schema after downgrade', /column email is missing/, {
    up: (op) => op.addColumn('people', 'nick', text()),
    down: (op) =>
      op.alterTable('people', (t) => {
        t.dropConstraint('people_email_key')
        t.dropColumn('email')
      }),
  }),
  planted(
    'the downgrade forgets the index that the upgrade drops',
    'schema after downgrade',
    /index people_name is missing/,
    {
      up: (op) => op.dropIndex('people', 'people_name'),
      down: () => undefined,
    },
  ),
  planted('the downgrade leaves the index of the upgrade', 'second upgrade failed', /people_status/, {
    up: (op) => op.createIndex('people', 'people_status', ['status']),
    down: () => undefined,
  }),
  planted('the downgrade leaves the table of the upgrade', 'schema after downgrade', /table pets is not expected/, {
    up: (op) => op.createTable('pets', (t) => t.column('id', integer())),
    down: () => undefined,
  }),
  planted(
    'a data step changes its own result when it runs again',
    'rows after second upgrade',
    /name is "name (\d+)!!", expected "name \1!"/,
    (op) =>
      op.run('mark names', {
        up: async (db) => void (await db.execute(`UPDATE "people" SET "name" = "name" || '!'`)),
        down: 'none',
      }),
  ),
  planted(
    'a data step inserts its rows once more',
    'second upgrade failed',
    /UNIQUE|STATEMENT_FAILED|DATA_STEP/i,
    (op) =>
      op.run('add the first team', {
        up: async (db) => void (await db.execute(`INSERT INTO "teams" ("id", "name") VALUES (1, 'first')`)),
        down: 'none',
      }),
  ),
  planted('the downgrade narrows a type', 'schema after downgrade', /column name: type/, {
    up: (op) => op.alterColumn('people', 'name', { type: text() }),
    down: (op) => op.alterColumn('people', 'name', { type: varchar(100) }),
  }),
  planted('the downgrade forgets a default', 'schema after downgrade', /column name: default/, {
    up: (op) => op.alterColumn('people', 'name', { default: null }),
    down: () => undefined,
  }),
  planted('the downgrade forgets NOT NULL', 'schema after downgrade', /column name: .*null/i, {
    up: (op) => op.alterColumn('people', 'name', { nullable: true }),
    down: () => undefined,
  }),
  planted('the downgrade forgets a unique constraint', 'schema after downgrade', /unique .*is missing/i, {
    up: (op) => op.dropConstraint('people', 'people_email_key'),
    down: () => undefined,
  }),
  planted(
    'the downgrade makes a foreign key without ON DELETE CASCADE',
    'schema after downgrade',
    /foreign key|people_team_fk/i,
    {
      up: (op) => op.dropConstraint('people', 'people_team_fk'),
      down: (op) =>
        op.addForeignKey('people', {
          columns: ['team_id'],
          references: { table: 'teams', columns: ['id'] },
          name: 'people_team_fk',
        }),
    },
  ),
  planted('the downgrade forgets a check', 'schema after downgrade', /check/i, {
    up: (op) => op.dropConstraint('people', 'people_status_check'),
    down: () => undefined,
  }),
  planted(
    'the downgrade does not make the view again',
    'schema after downgrade',
    /view names is missing/,
    { up: (op) => op.dropView('names'), down: () => undefined },
    (op) => {
      people(op)
      op.createView('names', expression('SELECT name FROM people'))
    },
  ),
  planted(
    'the downgrade does not make the trigger again',
    'schema after downgrade',
    /trigger lower_email of people is missing/,
    { up: (op) => op.dropTrigger('people', 'lower_email'), down: () => undefined },
    (op) => {
      people(op)
      op.createTrigger(
        'people',
        'lower_email',
        expression(
          'CREATE TRIGGER lower_email AFTER INSERT ON people BEGIN UPDATE people SET email = lower(email) WHERE id = new.id; END',
        ),
      )
    },
  ),
  planted('the downgrade deletes rows', 'rows after downgrade', /people, id 1\d{3}: the row is missing/, {
    up: (op) => op.addColumn('people', 'nick', text()),
    down: (op) => {
      op.sql('DELETE FROM people')
      op.dropColumn('people', 'nick')
    },
  }),
  planted('SQL drops a column with its values', 'rows after downgrade', /email is NULL, expected "email 1\d{3}"/, {
    up: (op) => {
      op.sql('CREATE TABLE people_emails AS SELECT id, NULL AS email FROM people')
      op.sql('UPDATE people SET email = NULL')
    },
    down: (op) => op.sql('DROP TABLE people_emails'),
  }),
  planted(
    'a data step writes random values',
    'rows after second upgrade',
    /name is "[0-9a-f]{16}", expected "[0-9a-f]{16}"/,
    (op) =>
      op.run('random names', {
        up: async (db) => {
          const rows = await db.query(`SELECT "id", "name" FROM "people"`)
          for (const { id = null, name = null } of rows) {
            const written = Array.from({ length: 16 }, () => Math.floor(Math.random() * 16).toString(16)).join('')
            await db.preserve({ table: 'people', key: { id }, column: 'name', value: name, written })
            await db.execute(`UPDATE "people" SET "name" = ? WHERE "id" = ?`, [written, id])
          }
        },
        down: 'restore',
      }),
  ),
  planted(
    'the downgrade swaps two columns',
    'rows after downgrade',
    /email is "name 1\d{3}", expected "email 1\d{3}"/,
    {
      up: (op) => op.addColumn('people', 'nick', text()),
      down: (op) => {
        op.sql('UPDATE people SET name = email, email = name')
        op.dropColumn('people', 'nick')
      },
    },
  ),
  planted('the downgrade fails where the table has rows', 'downgrade failed', /name/, {
    up: (op) => op.dropColumn('teams', 'name'),
    down: (op) => op.addColumn('teams', 'name', varchar(50), { nullable: false }),
  }),
  planted('the upgrade fails where the table has rows', 'upgrade failed', /code/, (op) =>
    op.addColumn('teams', 'code', text(), { nullable: false }),
  ),
  planted(
    'the downgrade fails on rows that are written after the upgrade',
    'downgrade failed',
    /rows that were written after it/,
    {
      up: (op) => op.addColumn('people', 'nick', varchar(20)),
      down: (op) => {
        op.expectNone('people with a nick', 'SELECT id FROM people WHERE nick IS NOT NULL')
        op.dropColumn('people', 'nick')
      },
    },
  ),
]

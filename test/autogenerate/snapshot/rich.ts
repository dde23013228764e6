import {
  boolean,
  expression,
  integer,
  type OperationRecorder,
  type Revision,
  text,
  timestamp,
  varchar,
} from '@org/migrate-core'
import { line } from '../../kit/migrator.ts'

function tables(op: OperationRecorder): void {
  op.createTable('teams', (t) => {
    t.column('id', integer(), { nullable: false, identity: { mode: 'byDefault' } })
    t.column('name', varchar(80), { nullable: false, default: "it's; new" })
    t.column('lead', integer())
    t.primaryKey(['id'])
    t.index('teams_lead', ['lead'])
  })
  op.createTable('people', (t) => {
    t.column('id', integer(), { nullable: false })
    t.column('email', varchar(120), { nullable: false })
    t.column('team', integer())
    t.column('age', integer())
    t.column('active', boolean(), { nullable: false, default: true })
    t.primaryKey(['id'])
    t.unique(['email'], { name: 'people_email_key' })
    t.check(expression('age > 0'), { name: 'people_age_check' })
    t.foreignKey({ name: 'people_team_fk', columns: ['team'], references: { table: 'teams', columns: ['id'] } })
    t.index('people_age', ['age', { column: 'email', order: 'desc' }])
  })
  op.alterTable('teams', (t) =>
    t.addForeignKey({ name: 'teams_lead_fk', columns: ['lead'], references: { table: 'people', columns: ['id'] } }),
  )
}

function rows(op: OperationRecorder): void {
  op.createTable('kinds', (t) => {
    t.column('code', varchar(20), { nullable: false })
    t.column('above', varchar(20))
    t.column('label', text())
    t.column('made_at', timestamp(), { nullable: false, default: expression('CURRENT_TIMESTAMP') })
    t.primaryKey(['code'])
    t.foreignKey({ name: 'kinds_above_fk', columns: ['above'], references: { table: 'kinds', columns: ['code'] } })
  })
  op.insertRows('kinds', [
    { code: 'z', above: null, label: "it's ; a\nroot \\ %" },
    { code: 'a', above: 'z', label: null },
    { code: 'gone', above: null, label: 'gone' },
  ])
  op.deleteRows('kinds', [{ code: 'gone' }])
  op.insertRows('teams', [{ name: 'first' }, { name: 'second' }])
  op.renameTable('kinds', 'sorts')
  op.alterTable('sorts', (t) => t.renameColumn('label', 'title'))
}

function views(op: OperationRecorder): void {
  op.createView('b_names', expression('SELECT id, name FROM teams'))
  op.createView('a_names', expression('SELECT id FROM b_names'))
  op.createTable('log', (t) => t.column('person', integer()))
}

const onEachServer = (op: OperationRecorder): void =>
  op.on({
    sqlite(its) {
      its.createTrigger(
        'people',
        'people_log',
        expression(
          'CREATE TRIGGER people_log AFTER INSERT ON people BEGIN INSERT INTO log VALUES (NEW.id); INSERT INTO log VALUES (-NEW.id); END',
        ),
      )
      its.sql('CREATE VIRTUAL TABLE pages USING fts5(title, body)')
      its.createTable('numbered', (t) => {
        t.column('id', integer(), { nullable: false, identity: { mode: 'autoIncrement' } })
        t.column('twice', integer(), { generated: { as: expression('id * 2'), stored: false } })
        t.primaryKey(['id'])
        t.options({ strict: true })
      })
    },
    mysql(its) {
      its.createTrigger(
        'people',
        'people_log',
        expression(
          'CREATE TRIGGER people_log AFTER INSERT ON people FOR EACH ROW BEGIN INSERT INTO log VALUES (NEW.id); INSERT INTO log VALUES (-NEW.id); END',
        ),
      )
      its.createTable('folded', (t) => {
        t.column('name', varchar(40), { nullable: false, collation: 'utf8mb4_bin' })
        t.column('data', text(), { comment: 'shown; to people' })
        t.unique(['name'])
        t.index('folded_data', [{ column: 'data', prefixLength: 10 }])
        t.comment('a table')
      })
      its.sql(
        'CREATE FUNCTION doubled(x int) RETURNS int DETERMINISTIC BEGIN DECLARE y int; SET y = x * 2; RETURN y; END',
      )
      its.sql(
        "CREATE PROCEDURE note(IN what text) SQL SECURITY INVOKER BEGIN INSERT INTO log VALUES (7); SELECT 'it''s; noted', what; END",
      )
      its.createView('doubles', expression('SELECT doubled(person) AS twice FROM log'))
    },
    postgres(its) {
      its.createSchema('audit')
      its.createEnum('mood', ['sad', 'ok'])
      its.alterEnum('mood', { add: [{ value: 'happy' }] })
      its.createSequence('tickets', { start: '100', increment: '5' })
      its.createTable({ schema: 'audit', name: 'entries' }, (t) => {
        t.column('id', integer(), { nullable: false, identity: { mode: 'always' } })
        t.column('ticket', integer(), { default: expression("nextval('tickets'::regclass)") })
        t.column('tags', text())
        t.primaryKey(['id'])
        t.index('entries_some', ['ticket'], { where: expression('ticket > 10') })
        t.comment('kept; for years')
      })
      its.createView('latest', expression('SELECT max(ticket) AS top FROM audit.entries'), { materialized: true })
      its.sql(
        'CREATE FUNCTION log_person() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (NEW.id); RETURN NEW; END $$',
      )
      its.createTrigger(
        'people',
        'people_log',
        expression('CREATE TRIGGER people_log AFTER INSERT ON people FOR EACH ROW EXECUTE FUNCTION log_person()'),
      )
      its.sql('CREATE RULE quiet AS ON DELETE TO log DO INSTEAD NOTHING')
    },
  })

/** Everything that a snapshot holds: tables in a circle, reference rows, views that read each other, triggers, and what one server has. */
export const rich = (): Revision[] => line(tables, rows, views, onEachServer)

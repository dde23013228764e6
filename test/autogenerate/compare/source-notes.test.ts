import { type CheckOptions, check, compare, readSource } from '@org/migrate-autogenerate'
import { expression, integer, type Revision, text } from '@org/migrate-core'
import { expect, it, test } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { describeOn } from '../../kit/servers.ts'
import { describeOnServers } from '../../unit/ensure/ground.ts'
import { dialectOf, migratorAt } from '../check/kit.ts'

const sql = `CREATE FUNCTION ok(x int) RETURNS boolean DETERMINISTIC RETURN x > 0;
CREATE TABLE t (id int PRIMARY KEY);

CREATE PROCEDURE tidy() SELECT 1`

describeOnServers(
  'functions and types in SQL that declares a schema',
  (openGround) => {
    it('are named where no comparison sees them', async () => {
      const declared = await readSource((await openGround()).dialect(), {
        kind: 'sql',
        texts: [{ file: 'schema.sql', text: sql }],
      })
      expect(declared.notes).toEqual([
        'Not compared: function ok (schema.sql:1), procedure tidy (schema.sql:4). A revision makes and changes functions and types with `op.sql`.',
      ])
    })
  },
  ['mysql'],
)

const touch = (value: string): string =>
  `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note = ${value}; RETURN NEW; END $$`
const trigger = 'CREATE TRIGGER notes_touch BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch()'
const source = `${touch("'touched'")};
CREATE DOMAIN mood AS text;
CREATE TABLE notes (id integer PRIMARY KEY, note text);
${trigger}`

describeOn('postgres', 'functions and types in SQL that declares a schema', (createDatabase) => {
  const findings = async (...statements: readonly string[]) => {
    const { url } = await createDatabase()
    const upgrade: Revision['upgrade'] = (op) => {
      for (const statement of statements) op.sql(statement, { inverse: 'SELECT 1', effects: () => undefined })
      op.createTable('notes', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('note', text())
        t.primaryKey(['id'])
      })
      op.createTrigger('notes', 'notes_touch', expression(trigger))
    }
    const migrator = migratorAt(url, line(upgrade))
    await migrator.upgrade()
    const declared = await readSource(dialectOf(url), { kind: 'sql', texts: [{ file: 'schema.sql', text: source }] })
    const found = async (options: CheckOptions) =>
      (await check(migrator, { declared, ...options })).findings.map(({ kind, level, differences = [] }) => [
        kind,
        level,
        ...differences,
      ])
    const { changes, notes } = await compare(migrator, declared)
    return { database: await found({}), replay: await found({ from: 'replay' }), changes, notes }
  }

  test('are compared with those of the database', async () => {
    const note = ['model not compared', 'information']
    expect(await findings(touch("'touched'"), 'CREATE DOMAIN mood AS text')).toEqual({
      database: [],
      replay: [note],
      changes: [],
      notes: [],
    })
    const lines = ['domain "mood" is missing', 'public.touch() has another definition']
    expect(await findings(touch('NULL'))).toEqual({
      database: [['model differs', 'problem', ...lines]],
      replay: [note],
      changes: [],
      notes: lines.map((each) => `${each}. A revision makes and changes functions and types with \`op.sql\`.`),
    })
  })
})

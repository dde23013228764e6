import { type CheckOptions, check, compare, readSource, surveyPush } from '@org/migrate-autogenerate'
import { expression, integer, type Revision, text } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { expect, it, test } from 'vitest'
import { line, migratorOf } from '../../kit/migrator.ts'
import { describeOn } from '../../kit/servers.ts'
import { describeOnServers } from '../../unit/ensure/ground.ts'
import { dialectOf, migratorAt } from '../check/kit.ts'

const programs = `CREATE FUNCTION ok(x int) RETURNS boolean DETERMINISTIC RETURN x > 0;
CREATE TABLE t (id int PRIMARY KEY, a int);
CREATE PROCEDURE tidy() BEGIN DELETE FROM t WHERE a < 0; SELECT 'it''s ok; "really"'; END`

describeOnServers(
  'functions and procedures in SQL that declares a schema',
  (openGround) => {
    const declaredBy = (dialect: UnloadedDialect, text: string) =>
      readSource(dialect, { kind: 'sql', texts: [{ file: 'schema.sql', text }] })

    it('are compared with those of the database, and of events only that they exist', async () => {
      const at = await openGround()
      await at.sql(programs)
      const migrator = migratorOf(at.dialect(), [])
      const notesOf = async (text: string) => (await surveyPush(migrator, await declaredBy(at.dialect(), text))).notes
      expect(await notesOf(programs)).toEqual([])
      const event = 'CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM t'
      expect(await notesOf(`${programs};\n${event}`)).toEqual([
        'event nightly: CREATE EVENT is missing. No operation makes or changes that: write it with `op.sql`.',
      ])
      await at.sql(event)
      expect(await notesOf(`${programs};\n${event}`)).toEqual([])
      const altered = programs.replace('a < 0', 'a < 1').replace('FUNCTION ok', 'FUNCTION fine')
      expect(await notesOf(altered)).toEqual([
        'function fine is missing. No operation makes or changes that: write it with `op.sql`.',
        'procedure tidy has another definition. No operation makes or changes that: write it with `op.sql`.',
      ])
    })
  },
  ['mariadb', 'mysql'],
)

const touch = (value: string): string =>
  `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note = ${value}; RETURN NEW; END $$`
const trigger = 'CREATE TRIGGER notes_touch BEFORE UPDATE ON notes FOR EACH ROW EXECUTE FUNCTION touch()'
const aggregate = "CREATE AGGREGATE total (integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0')"
const source = `${touch("'touched'")};
CREATE DOMAIN mood AS text;
CREATE TABLE notes (id integer PRIMARY KEY, note text);
ALTER TABLE notes REPLICA IDENTITY FULL;
${aggregate};
${trigger}`

describeOn('postgres', 'what no operation makes, in a source of a schema', (createDatabase) => {
  const findings = async (isDatabase: boolean, ...statements: readonly string[]) => {
    const { url } = await createDatabase()
    const upgrade: Revision['upgrade'] = (op) => {
      const run = (statement: string) => op.sql(statement, { inverse: 'SELECT 1', effects: () => undefined })
      statements.filter((each) => !each.startsWith('ALTER')).forEach(run)
      op.createTable('notes', (t) => {
        t.column('id', integer(), { nullable: false })
        t.column('note', text())
        t.primaryKey(['id'])
      })
      op.createTrigger('notes', 'notes_touch', expression(trigger))
      statements.filter((each) => each.startsWith('ALTER')).forEach(run)
    }
    const migrator = migratorAt(url, line(upgrade))
    await migrator.upgrade()
    const other = isDatabase ? await createDatabase() : undefined
    await other?.sql(source)
    const declared = await readSource(
      dialectOf(url),
      other === undefined
        ? { kind: 'sql', texts: [{ file: 'schema.sql', text: source }] }
        : { kind: 'database', dialect: dialectOf(other.url) },
    )
    const found = async (options: CheckOptions) =>
      (await check(migrator, { declared, ...options })).findings.map(({ kind, level, differences = [] }) => [
        kind,
        level,
        ...differences,
      ])
    const { changes, notes } = await compare(migrator, declared)
    return { database: await found({}), replay: await found({ from: 'replay' }), changes, notes }
  }

  test.each([
    ['SQL', false],
    ['another database', true],
  ])('is compared with that of the database: %s', async (_, isDatabase) => {
    const replay = [['model not compared', 'information']]
    const all = [touch("'touched'"), 'CREATE DOMAIN mood AS text', aggregate, 'ALTER TABLE notes REPLICA IDENTITY FULL']
    expect(await findings(isDatabase, ...all)).toEqual({ database: [], replay, changes: [], notes: [] })
    const lines = [
      'domain "mood" is missing',
      'public.touch() has another definition',
      'table notes: ALTER TABLE "notes" REPLICA IDENTITY FULL is missing',
      'aggregate public.total(integer): CREATE AGGREGATE is missing',
    ]
    expect(await findings(isDatabase, touch('NULL'))).toEqual({
      database: [['model differs', 'problem', ...lines]],
      replay,
      changes: [],
      notes: lines.map((each) => `${each}. No operation makes or changes that: write it with \`op.sql\`.`),
    })
  })
})

describeOnServers(
  'what no operation makes, in SQL that declares a schema',
  (openGround) => {
    it('is compared with that of the database', async () => {
      const ground = await openGround()
      const text = 'CREATE TABLE t (id int PRIMARY KEY, hidden int INVISIBLE) CHARACTER SET utf8mb4'
      const declared = await readSource(ground.dialect(), { kind: 'sql', texts: [{ file: 'schema.sql', text }] })
      const upgrade: Revision['upgrade'] = (op) =>
        op.createTable('t', (t) => {
          t.column('id', integer(), { nullable: false })
          t.column('hidden', integer())
          t.primaryKey(['id'])
        })
      const migrator = migratorOf(ground.dialect(), line(upgrade))
      await migrator.upgrade()
      const differences = async () =>
        (await check(migrator, { declared })).findings.flatMap((each) => each.differences ?? [])
      expect(await differences()).toEqual(['column t.hidden: INVISIBLE is missing'])
      await ground.sql('ALTER TABLE t MODIFY hidden int INVISIBLE')
      expect(await differences()).toEqual([])
    })
  },
  ['mariadb', 'mysql'],
)

import { graphOf, integer, type Revision, revisions, text, varchar } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { createFleet } from '@org/migrate-fleet'
import { expect, it } from 'vitest'
import { line } from '../../kit/migrator.ts'
import { describeOn } from '../../kit/servers.ts'

/** Objects of a schema whose texts name others of it: the server writes the schema where a session does not stand in it. */
const objects = [
  'CREATE SEQUENCE numbers',
  "CREATE FUNCTION plain(value text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT lower(value)'",
  'CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
  "ALTER TABLE users ADD COLUMN number integer DEFAULT nextval('numbers')",
  'CREATE VIEW names AS SELECT id, name, plain(name::text) AS plain FROM users',
  'CREATE VIEW longest AS SELECT max(length(name)) AS length FROM names',
  'CREATE MATERIALIZED VIEW counted AS SELECT name, count(*) AS users FROM users GROUP BY name',
  'CREATE UNIQUE INDEX counted_name ON counted (plain(name::text))',
  'CREATE INDEX users_plain ON users (plain(name::text))',
  "ALTER TABLE users ADD CONSTRAINT users_named CHECK (plain(name::text) <> '')",
  'CREATE TRIGGER users_noted BEFORE UPDATE OF name ON users FOR EACH ROW WHEN (plain(NEW.name::text) IS NOT NULL) EXECUTE FUNCTION noted()',
  'ALTER TABLE users ENABLE ROW LEVEL SECURITY',
  "CREATE POLICY users_own ON users USING (plain(name::text) = 'x')",
  'CREATE RULE users_kept AS ON DELETE TO users DO ALSO NOTIFY users',
]

const chain: readonly Revision[] = line(
  (op) =>
    op.createTable('users', (t) => {
      t.column('id', integer(), { nullable: false })
      t.column('name', varchar(20))
      t.primaryKey(['id'])
    }),
  (op) => op.alterColumn('users', 'name', { type: varchar(10) }),
  (op) => op.renameTable('users', 'people'),
  (op) => op.alterColumn('people', 'name', { type: text() }),
)

/** What the texts of objects name, as a session in no schema sees them. */
const textsSql = `SET search_path TO ''; SELECT n.nspname::text AS own, x.d FROM pg_namespace n, LATERAL (
  SELECT pg_get_viewdef(c.oid) AS d FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('v', 'm')
  UNION ALL SELECT pg_get_indexdef(c.oid) FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind = 'i'
  UNION ALL SELECT pg_get_constraintdef(k.oid) FROM pg_constraint k WHERE k.connamespace = n.oid
  UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = n.oid
  UNION ALL SELECT pg_get_ruledef(r.oid) FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE c.relnamespace = n.oid
  UNION ALL SELECT pg_get_expr(p.polqual, p.polrelid) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = n.oid
  UNION ALL SELECT pg_get_expr(a.adbin, a.adrelid) FROM pg_attrdef a JOIN pg_class c ON c.oid = a.adrelid WHERE c.relnamespace = n.oid
) x WHERE n.nspname IN ('one', 'two') ORDER BY 1, 2`

describeOn('postgres', 'schemas whose objects name each other', (createDatabase) => {
  it('Have their own again after a plan that was made for another schema', async () => {
    const { url, sql } = await createDatabase()
    const members = ['one', 'two'].map((id) => ({ id, schema: id }))
    const fleet = createFleet({
      members,
      dialect: ({ schema = '' }) => postgresDialect({ url, schema }),
      tiers: [graphOf(revisions(chain))],
      parallel: 1,
      retry: { times: 0 },
    })
    for (const { schema } of members) await sql(`CREATE SCHEMA ${schema}`)
    expect((await fleet.upgrade('r1')).failures).toEqual([])
    for (const { schema } of members)
      await sql(`SET search_path TO ${schema}; ${objects.join('; ')}; INSERT INTO users VALUES (1, '${schema}')`)
    const readTexts = async (): Promise<readonly (readonly string[])[]> => {
      const rows = await sql(textsSql)
      return members.map(({ id }) =>
        rows.flatMap(({ own, d }) => (own === id && d !== null ? [String(d).replaceAll(`${id}.`, 'own.')] : [])),
      )
    }
    const [before] = await readTexts()
    expect(before?.join('\n')).toContain('own.')
    for (const target of ['r2', 'r3', 'r4', 'r1']) {
      const direction = target === 'r1' ? 'downgrade' : 'upgrade'
      const { failures } = await fleet[direction](target)
      expect([target, failures]).toEqual([target, []])
      const [one, two] = await readTexts()
      expect(two).toEqual(one)
      expect(one?.join('\n')).not.toMatch(/\b(?:one|two)\./)
    }
    expect((await readTexts())[0]).toEqual(before)
  })
})

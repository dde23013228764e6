import { prove, survey } from '@org/migrate-autogenerate'
import type { Revision } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { migratorOf } from '../../kit/migrator.ts'
import { wholeDump } from '../../kit/pg-dump.ts'
import { describeOnEach, type TestDatabase } from '../../kit/servers.ts'
import { revisionWriter } from '../../kit/written-revision.ts'

const existing = [
  'CREATE SCHEMA auth',
  'CREATE TABLE auth.users (id uuid PRIMARY KEY)',
  'CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT id FROM auth.users LIMIT 1 $$',
  'CREATE FUNCTION own_org() RETURNS integer LANGUAGE sql AS $$ SELECT 1 $$',
  'CREATE TABLE docs (id integer PRIMARY KEY, owner uuid, org integer)',
  'CREATE VIEW orgs AS SELECT org FROM docs',
  'ALTER TABLE docs ENABLE ROW LEVEL SECURITY',
  'ALTER TABLE docs FORCE ROW LEVEL SECURITY',
  'CREATE POLICY own ON docs FOR SELECT USING (owner = (SELECT auth.uid()))',
  'CREATE POLICY same_org ON docs AS RESTRICTIVE USING (org = own_org()) WITH CHECK (org IN (SELECT org FROM orgs))',
]

describeOnEach(['postgres', 'postgres-next'], 'adopting row security and policies', (createDatabase) => {
  const write = revisionWriter()
  const migratorOn = ({ url }: TestDatabase, chain: readonly Revision[] = []) =>
    migratorOf(postgresDialect({ url }), chain)

  it('makes policies after the functions and the views that they read', async () => {
    const [db, other] = [await createDatabase(), await createDatabase()]
    for (const statement of existing) await db.sql(statement)
    const { changes } = await survey(migratorOn(db))
    const chain = await write({ dialect: 'postgres', changes, downgrade: { isDerived: true, changes: [] } }, [])
    const proof = await prove(migratorOn(db, chain), chain[0]?.revision ?? '')
    expect(proof).toMatchObject({ ran: true, differences: [] })
    await migratorOn(other, chain).upgrade()
    expect(await wholeDump(other)).toEqual(await wholeDump(db))
  })
})

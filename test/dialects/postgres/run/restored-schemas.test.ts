import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it } from 'vitest'
import { errorOf, line, migratorOf, type Recorded } from '../../../kit/migrator.ts'
import { newUser } from '../../../kit/new-user.ts'
import { describeOnEach, type TestDatabase } from '../../../kit/servers.ts'

const migratorOn = (db: TestDatabase, ...changes: readonly Recorded[]) =>
  migratorOf(postgresDialect({ url: db.url }), line(...changes))

const schemaOfExtension = (db: TestDatabase): Promise<readonly Record<string, unknown>[]> =>
  db.sql("SELECT extnamespace::regnamespace::text AS schema FROM pg_extension WHERE extname = 'pg_trgm'")

/** What the server has of the schema, with what it gives to new objects in it. */
const shown = (db: TestDatabase): Promise<readonly Record<string, unknown>[]> =>
  db.sql(`SELECT pg_get_userbyid(n.nspowner)::text AS owner, n.nspacl::text AS acl, obj_description(n.oid, 'pg_namespace') AS comment,
    (SELECT json_agg(e.defaclobjtype::text || ' ' || e.defaclacl::text ORDER BY e.defaclobjtype)::text FROM pg_default_acl e WHERE e.defaclnamespace = n.oid) AS given
    FROM pg_namespace n WHERE n.nspname = 'App"s'`)

describeOnEach(['postgres', 'postgres-next'], 'the downgrade', (createDatabase) => {
  it('of a dropped schema gives it its owner, privileges, comment and default privileges again', async () => {
    const db = await createDatabase()
    const { user: name } = await newUser(db)
    await db.sql(`CREATE SCHEMA "App""s"; COMMENT ON SCHEMA "App""s" IS 'it''s'; GRANT USAGE ON SCHEMA "App""s" TO PUBLIC;
      GRANT CREATE ON SCHEMA "App""s" TO "${name}" WITH GRANT OPTION; ALTER DEFAULT PRIVILEGES IN SCHEMA "App""s" GRANT SELECT ON TABLES TO "${name}";
      ALTER DEFAULT PRIVILEGES IN SCHEMA "App""s" GRANT USAGE ON SEQUENCES TO PUBLIC; ALTER SCHEMA "App""s" OWNER TO "${name}"`)
    const before = await shown(db)
    const migrator = migratorOn(db, (op) => op.dropSchema('App"s'))
    await migrator.upgrade()
    expect(await shown(db)).toEqual([])
    await migrator.downgrade('base')
    expect(await shown(db)).toEqual(before)
  })

  it('of a schema that one run drops, makes and drops gives each its own comment and privileges', async () => {
    const db = await createDatabase()
    await db.sql(`CREATE SCHEMA "App""s"; COMMENT ON SCHEMA "App""s" IS 'old'; GRANT ALL ON SCHEMA "App""s" TO PUBLIC`)
    const [old] = await shown(db)
    const migrator = migratorOn(
      db,
      (op) => {
        op.dropSchema('App"s')
        op.createSchema('App"s')
      },
      (op) => op.dropSchema('App"s'),
    )
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await shown(db)).toEqual([{ owner: old?.owner, acl: null, comment: null, given: null }])
    await migrator.downgrade('base')
    expect(await shown(db)).toEqual([old])
  })

  it('of a dropped extension puts it into the schema where it was', async () => {
    const db = await createDatabase()
    await db.sql('CREATE SCHEMA extensions; CREATE EXTENSION pg_trgm SCHEMA extensions')
    const migrator = migratorOn(db, (op) => op.dropExtension('pg_trgm'))
    await migrator.upgrade()
    await migrator.downgrade('base')
    expect(await schemaOfExtension(db)).toEqual([{ schema: 'extensions' }])
  })

  it('of an extension that one run moves and drops puts it into each schema where it was', async () => {
    const db = await createDatabase()
    await db.sql('CREATE SCHEMA extensions; CREATE EXTENSION pg_trgm SCHEMA extensions')
    const migrator = migratorOn(
      db,
      (op) => {
        op.dropExtension('pg_trgm')
        op.dropSchema('extensions')
        op.createExtension('pg_trgm')
      },
      (op) => op.dropExtension('pg_trgm'),
    )
    await migrator.upgrade()
    await migrator.downgrade('r1')
    expect(await schemaOfExtension(db)).toEqual([{ schema: 'public' }])
    await migrator.downgrade('base')
    expect(await schemaOfExtension(db)).toEqual([{ schema: 'extensions' }])
  })

  it('is not planned for a schema with an extension in it, which the server would refuse to drop', async () => {
    const db = await createDatabase()
    await db.sql('CREATE SCHEMA extensions; CREATE EXTENSION pg_trgm SCHEMA extensions')
    const migrator = migratorOn(db, (op) => op.dropSchema('extensions'))
    expect(await errorOf(migrator.plan())).toMatchObject({
      code: 'DEPENDENT_OBJECTS',
      details: { object: 'schema extensions', dependants: ['extension pg_trgm'] },
    })
  })
})

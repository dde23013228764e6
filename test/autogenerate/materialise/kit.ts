import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  apply,
  canonicalJson,
  type Dialect,
  emptySchema,
  type Operation,
  replay,
  type SchemaModel,
  schemaDifferences,
  type UnloadedDialect,
} from '@org/migrate-core/dialect'
import Database from 'better-sqlite3'
import { afterAll } from 'vitest'
import { createSchema } from '../../../packages/conformance/src/operations/outcome.ts'
import { createDatabaseOn, familyOf, type ServerName, type TestDatabase } from '../../kit/servers.ts'

export type EmptyDatabase = Pick<TestDatabase, 'url' | 'sql' | 'drop'>

/** Files of SQLite for the tests of one file, gone after them. */
export function sqliteFiles(): () => EmptyDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'migrate-materialise-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  let databases = 0
  return () => {
    const file = join(folder, `${databases++}.db`)
    const client = new Database(file)
    return {
      url: `sqlite:${file}`,
      sql: async (text) => {
        const statement = client.prepare(text)
        if (statement.reader) return statement.all() as Record<string, unknown>[]
        statement.run()
        return []
      },
      drop: async () => void client.close(),
    }
  }
}

/** Makes a database of its own, or empties an unused one: on PostgreSQL that takes a moment, and making one a second. */
export function emptied(server: ServerName): {
  open(): Promise<EmptyDatabase>
  close(database: EmptyDatabase): Promise<void>
} {
  const idle: EmptyDatabase[] = []
  const databases: EmptyDatabase[] = []
  afterAll(async () => {
    for (const each of databases) await each.drop()
  })
  const isPostgres = familyOf(server) === 'postgres'
  return {
    async open() {
      const reused = idle.pop()
      if (reused !== undefined) return reused
      const database = await createDatabaseOn(server)
      if (isPostgres) databases.push(database)
      return database
    },
    async close(database) {
      if (!isPostgres) return database.drop()
      await database.sql(`DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
          EXECUTE format('DROP SCHEMA %I CASCADE', name);
        END LOOP;
      END $$; CREATE SCHEMA public`)
      idle.push(database)
    },
  }
}

/** What operations make, by the rules of core alone: as it was declared. */
export const declaredBy = (operations: readonly Operation[]): SchemaModel => replay(emptySchema, operations, apply)

/** Makes a schema in the database itself, and reads it. */
export async function create(dialect: UnloadedDialect, operations: readonly Operation[]): Promise<SchemaModel> {
  const session = await dialect.connection.connect({ purpose: 'run' })
  try {
    const own = await (session.dialect ?? dialect).load()
    await createSchema(own, session, operations)
    return await own.introspection.schema(session)
  } finally {
    await session.close()
  }
}

const normal = (dialect: Dialect, model: SchemaModel): SchemaModel => ({
  ...model,
  tables: new Map([...model.tables].map(([key, table]) => [key, dialect.model.normalise(table)])),
})

/** What the comparison says of two schemas of one server. */
export const differences = (dialect: Dialect, expected: SchemaModel, reused: SchemaModel): readonly string[] =>
  schemaDifferences(normal(dialect, expected), normal(dialect, reused))

/** Which key of a circle comes last depends on the order of the tables, and PostgreSQL gives constraints as they were made. */
const withSortedKeys = (model: SchemaModel): SchemaModel => ({
  ...model,
  tables: new Map(
    [...model.tables].map(([key, table]) => {
      const [keys, rest] = [true, false].map((is) =>
        table.constraints.filter(({ kind }) => (kind === 'foreignKey') === is),
      )
      return [
        key,
        {
          ...table,
          constraints: [...(rest ?? []), ...(keys ?? []).sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1))],
        },
      ]
    }),
  ),
})

/** Nothing where two schemas of one server are equal to the letter; else what the comparison says, or the first letters that differ. */
export function unlike(dialect: Dialect, expected: SchemaModel, reused: SchemaModel): readonly string[] {
  const lines = differences(dialect, expected, reused)
  if (lines.length > 0) return lines
  const [one, other] = [canonicalJson(withSortedKeys(expected)), canonicalJson(withSortedKeys(reused))]
  if (one === other) return []
  const at = [...one].findIndex((letter, database) => letter !== other[database])
  return [`…${one.slice(Math.max(0, at - 80), at + 80)}… is not …${other.slice(Math.max(0, at - 80), at + 80)}…`]
}

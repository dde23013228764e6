import type { Dialect, Operation, OperationKind, SchemaModel, Session, Statement } from '@org/migrate-core/dialect'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createDatabaseOn, type ServerName, type TestDatabase } from '../../../kit/servers.ts'

export interface World {
  readonly database: TestDatabase
  readonly dialect: Dialect
  readonly session: Session
}

/** One database for the tests of a group; each begins with an empty `public`. */
export function world(server: ServerName): () => World {
  let created: World | undefined
  beforeAll(async () => {
    const database = await createDatabaseOn(server)
    const dialect = await postgresDialect({ url: database.url }).load()
    const session = await dialect.connection.connect({ purpose: 'run' })
    created = { database, dialect: await (session.dialect ?? dialect).load(), session }
  })
  beforeEach(async () => {
    await created?.database.sql('DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public')
  })
  afterAll(async () => {
    await created?.session.close()
    await created?.database.drop()
  })
  return () => {
    if (created === undefined) throw new Error('the database is made before the tests')
    return created
  }
}

export function compileOne<K extends OperationKind>(
  dialect: Dialect,
  before: SchemaModel,
  operation: Extract<Operation, { readonly kind: K }>,
): { readonly statements: readonly Statement[]; readonly after: SchemaModel } {
  const after = dialect.model.apply(before, operation as Operation)
  const compile = dialect.compiler.table[operation.kind as K] as (at: unknown) => readonly Statement[]
  return { statements: compile({ operation, before, after }), after }
}

export async function run(session: Session, statements: readonly Statement[]): Promise<void> {
  for (const { sql, params, expectEmpty } of statements) {
    if (expectEmpty === undefined) await session.execute(sql, params)
    else if ((await session.query(sql, params)).length > 0) throw new Error(expectEmpty)
  }
}

/** What operations become against the schema that the setup made; the server has its say, and what it then has is read. */
export async function applied(
  { database, dialect, session }: World,
  setup: string,
  ...operations: readonly Operation[]
): Promise<readonly Statement[]> {
  if (setup !== '') await database.sql(setup)
  let model = await dialect.introspection.schema(session, { whole: true })
  const all: Statement[] = []
  for (const operation of operations) {
    const { statements, after } = compileOne(dialect, model, operation)
    await run(session, statements)
    all.push(...statements)
    model = after
  }
  return all
}

export async function statementTexts(
  of: World,
  setup: string,
  ...operations: readonly Operation[]
): Promise<readonly string[]> {
  return (await applied(of, setup, ...operations)).map(({ sql }) => sql)
}

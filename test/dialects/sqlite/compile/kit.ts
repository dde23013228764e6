import type { Dialect, Operation, OperationAround, OperationKind, Statement } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'

function compileOne<K extends OperationKind>(dialect: Dialect, at: OperationAround<K>): readonly Statement[] {
  return dialect.compiler.table[at.operation.kind as K](at)
}

/** What operations become against a schema made by these statements; they are run as well, so that SQLite has its say. */
export async function compiled(
  schema: readonly string[],
  ...operations: readonly Operation[]
): Promise<readonly Statement[]> {
  const dialect = await sqliteDialect({ url: ':memory:' }).load()
  const session = await dialect.connection.connect({ purpose: 'run' })
  for (const sql of schema) await session.execute(sql)
  let model = await dialect.introspection.schema(session)
  const arounds = operations.map((operation): OperationAround => {
    const before = model
    model = dialect.model.apply(before, operation)
    return { operation, before, after: model }
  })
  const [first] = arounds
  const statements =
    first === undefined
      ? []
      : arounds.length === 1
        ? compileOne(dialect, first)
        : (dialect.compiler.batch?.compile(arounds) ?? [])
  for (const statement of statements) {
    if (statement.expectEmpty === undefined) await session.execute(statement.sql, statement.params)
    else if ((await session.query(statement.sql, statement.params)).length > 0) throw new Error(statement.expectEmpty)
  }
  return statements
}

/** Only their texts. */
export async function statementTexts(
  schema: readonly string[],
  ...operations: readonly Operation[]
): Promise<readonly string[]> {
  return (await compiled(schema, ...operations)).map((statement) => statement.sql)
}

/** How many of the operations one rebuild makes. */
export async function batch(schema: readonly string[], ...operations: readonly Operation[]): Promise<number> {
  const dialect = await sqliteDialect({ url: ':memory:' }).load()
  const session = await dialect.connection.connect({ purpose: 'run' })
  for (const sql of schema) await session.execute(sql)
  let model = await dialect.introspection.schema(session)
  return (dialect.compiler.batch?.size ?? (() => 1))(
    operations.map((operation): OperationAround => {
      const before = model
      model = dialect.model.apply(before, operation)
      return { operation, before, after: model }
    }),
  )
}

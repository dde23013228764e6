import type {
  Dialect,
  Operation,
  OperationAround,
  OperationKind,
  SchemaModel,
  Session,
  Statement,
} from '@org/migrate-core/dialect'

function compileOne<K extends OperationKind>(dialect: Dialect, at: OperationAround<K>): readonly Statement[] {
  return dialect.compiler.table[at.operation.kind as K](at)
}

/** Each operation with the schema on both sides; operations that are not possible at their place are left out. */
export function possible(dialect: Dialect, schema: SchemaModel, operations: readonly Operation[]): OperationAround[] {
  let model = schema
  return operations.flatMap((recorded) => {
    try {
      const arounds: OperationAround[] = []
      let after = model
      for (const operation of dialect.compiler.decompose?.(model, recorded) ?? [recorded]) {
        const before = after
        after = dialect.model.apply(before, operation)
        if (after !== before) arounds.push({ operation, before, after })
      }
      model = after
      return arounds
    } catch {
      // Which operations are possible is not asked here: both ways get the same ones.
      return []
    }
  })
}

/** The statements as a run would make them: `merged`, or each operation alone. */
export function statementsOf(
  dialect: Dialect,
  arounds: readonly OperationAround[],
  merged: boolean,
): { readonly groups: readonly number[]; readonly statements: readonly Statement[] } {
  const groups: number[] = []
  const statements: Statement[] = []
  for (let at = 0; at < arounds.length; ) {
    const rest = arounds.slice(at)
    const size = merged && rest.length > 1 ? (dialect.compiler.batch?.size(rest) ?? 1) : 1
    const first = rest[0] as OperationAround
    statements.push(
      ...(size === 1 ? compileOne(dialect, first) : (dialect.compiler.batch?.compile(rest.slice(0, size)) ?? [])),
    )
    groups.push(size)
    at += size
  }
  return { groups, statements }
}

async function send(session: Session, statement: Statement): Promise<void> {
  if (statement.expectEmpty === undefined) {
    if (statement.copy === undefined) await session.execute(statement.sql, statement.params)
    else await session.copy(statement.copy, {})
    return
  }
  const result = await session.query(statement.sql, statement.params)
  if (result.length > 0) throw new Error(`refused: ${statement.expectEmpty}`)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Runs them in one transaction, as a revision is run. Answers why that is refused. */
export async function run(session: Session, statements: readonly Statement[]): Promise<string | undefined> {
  const off = statements.some((statement) => statement.foreignKeys === 'off')
  const scope = await session.begin(off ? { foreignKeys: 'off' } : {})
  try {
    for (const statement of statements) await send(session, statement)
    await scope.commit()
    return undefined
  } catch (error) {
    await scope.rollback()
    return messageOf(error)
  }
}

/** The same on a server whose DDL commits by itself. */
export async function runEach(session: Session, statements: readonly Statement[]): Promise<string | undefined> {
  try {
    for (const statement of statements) await send(session, statement)
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

/** All orders of a short list. */
export function orders<T>(list: readonly T[]): readonly (readonly T[])[] {
  if (list.length < 2) return [list]
  return list.flatMap((one, at) => orders([...list.slice(0, at), ...list.slice(at + 1)]).map((rest) => [one, ...rest]))
}

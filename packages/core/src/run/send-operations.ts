import { type CompiledGroup, compileOperations } from '../compile/compile.ts'
import { executeStatement } from '../compile/execute-statement.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { inTransaction } from '../history/with-session.ts'
import { type Fence, stampLock } from '../lock/fence.ts'
import { present } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import type { ResolvedOptions } from '../options/resolve-options.ts'
import type { Statement } from '../sql/statement.ts'

/** The statements of operations that belong to no revision: none of them is a data step or opaque. */
export function statementsOf(
  dialect: Dialect,
  before: SchemaModel,
  operations: readonly Operation[],
): readonly Statement[] {
  const recorded = operations.map((operation) => ({ operation }))
  const groups: CompiledGroup[] = []
  let model = before
  for (let at = 0; at < recorded.length; ) {
    const compiled = compileOperations(dialect, model, recorded, at)
    for (const group of compiled.groups) groups.push(group)
    model = compiled.after
    at += compiled.taken
  }
  return groups.flatMap((group) => group.statements)
}

interface SendingOptions {
  readonly signal?: AbortSignal
  /** What the lock is proven by. Absent: the dialect has no row of the lock, or nothing depends on it. */
  readonly fence?: Fence | undefined
}

/** Sends statements in one transaction; where DDL commits by itself, one by one. */
export async function sendStatements(
  { dialect, waitMs }: ResolvedOptions,
  session: Session,
  statements: readonly Statement[],
  { signal, fence }: SendingOptions = {},
): Promise<void> {
  const isImplicit = dialect.capabilities.transactionalDdl === 'implicitCommit'
  const sendAll = async (): Promise<void> => {
    for (const statement of statements) {
      signal?.throwIfAborted()
      if (isImplicit) await fence?.check()
      if (statement.copy !== undefined) await session.copy(statement.copy, {})
      else await executeStatement(session, statement)
    }
  }
  if (isImplicit) return sendAll()
  const off = statements.some(({ foreignKeys }) => foreignKeys === 'off')
  const options = { waitMs, ...present({ foreignKeys: off ? ('off' as const) : undefined, signal }) }
  return inTransaction(session, options, async () => {
    await stampLock(session, fence)
    await sendAll()
  })
}

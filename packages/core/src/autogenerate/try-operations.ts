import { compileOperations } from '../compile/compile.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { MigrateError } from '../errors/migrate-error.ts'
import { emptySchema } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import { type RealiseOptions, send, told } from './realise.ts'

async function runAll(dialect: Dialect, session: Session, operations: readonly Operation[]): Promise<SchemaModel> {
  let left = operations.map((operation) => ({ operation }))
  let model = dialect.capabilities.schemas ? await dialect.introspect(session) : emptySchema
  while (left.length > 0) {
    const { groups, taken } = compileOperations(dialect, model, left)
    for (const { operations: done, statements } of groups) {
      for (const statement of statements) {
        if (statement.transaction === 'outside' && dialect.capabilities.transactionalDdl === 'yes') {
          throw refused(
            `${done.map((each) => each.describe).join('; ')} cannot run in a transaction, and the scratch place is one`,
          )
        }
        await send(session, statement).catch((cause: unknown) => {
          throw told(dialect, cause, done.map((each) => each.describe).join('; '), statement.sql)
        })
      }
    }
    left = left.slice(taken)
    // What opaque SQL made is seen only where it was made.
    model = await dialect.introspect(session)
  }
  return model
}

function refused(why: string): MigrateError<'SCRATCH_REFUSED'> {
  return new MigrateError('SCRATCH_REFUSED', { why }, `The operations cannot be tried on the server: ${why}`)
}

/**
 * What operations really make of an empty database of this server: they are run in a scratch place, as a revision would run them, and
 * what is there then is read. Data steps are not run.
 *
 * Throws SCRATCH_REFUSED; STATEMENT_FAILED with the operation in its location.
 */
export async function tryOperations(
  dialect: Dialect,
  operations: readonly Operation[],
  { schemas = [], ...options }: RealiseOptions & { readonly schemas?: readonly string[] } = {},
): Promise<SchemaModel> {
  if (dialect.scratch === undefined) {
    throw refused(`the dialect ${dialect.name} has no scratch place`)
  }
  const work = operations.filter(({ kind }) => kind !== 'run')
  return dialect.scratch(({ session }) => runAll(session.dialect ?? dialect, session, work), { ...options, schemas })
}

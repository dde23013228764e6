import { isMigrateError } from '@org/migrate-core'
import {
  type Dialect,
  emptySchema,
  invert,
  type Operation,
  type OperationAround,
  type OperationKind,
  type SchemaModel,
  type Session,
  type Statement,
} from '@org/migrate-core/dialect'
import { executeStatement } from '@org/migrate-core/internal'

/** What a server does with an operation, as it stands in the support matrix. */
export interface Outcome {
  readonly what: 'native' | 'rebuilt' | 'statements' | 'nothing' | 'unsupported'
  readonly statements?: number
  /** At least one of them cannot run in a transaction. */
  readonly nonTransactional?: true
  readonly why?: string
  /** The server has it, and cannot take it back: why. */
  readonly noDowngrade?: string
}

type Compiled = Pick<Statement, 'transaction' | 'copy' | 'expectEmpty'>

/** Looks before a change are no change, but a look that stands alone is all that there is to send. */
export function outcomeOf(statements: readonly Compiled[]): Outcome {
  const lookless = statements.filter(({ expectEmpty }) => expectEmpty === undefined)
  const changes = lookless.length === 0 ? statements : lookless
  const nonTransactional = changes.some(({ transaction }) => transaction === 'none')
    ? { nonTransactional: true as const }
    : {}
  if (changes.some(({ copy }) => copy !== undefined)) return { what: 'rebuilt', ...nonTransactional }
  if (changes.length === 0) return { what: 'nothing' }
  return changes.length === 1
    ? { what: 'native', ...nonTransactional }
    : { what: 'statements', statements: changes.length, ...nonTransactional }
}

/** The refusal, or throws what is none. */
export function refusalOf(error: unknown): Outcome {
  if (!isMigrateError(error) || error.code !== 'UNSUPPORTED') throw error
  return { what: 'unsupported', why: String((error.details as { readonly why?: unknown }).why) }
}

function compileOne<K extends OperationKind>(dialect: Dialect, around: OperationAround<K>): readonly Statement[] {
  return dialect.compiler.table[around.operation.kind as K](around)
}

/** The statements of one operation, and the schema after it: the server may need several operations for it. */
export function compiled(
  dialect: Dialect,
  schema: SchemaModel,
  operation: Operation,
): { readonly statements: readonly Statement[]; readonly after: SchemaModel } {
  const statements: Statement[] = []
  let before = schema
  for (const one of dialect.compiler.decompose?.(schema, operation) ?? [operation]) {
    const after = dialect.model.apply(before, one)
    statements.push(...compileOne(dialect, { operation: one, before, after }))
    before = after
  }
  return { statements, after: before }
}

/** Creates a schema by the compiler's statements, one by one; gives what was declared. */
export async function createSchema(
  dialect: Dialect,
  session: Session,
  operations: readonly Operation[],
): Promise<SchemaModel> {
  let model = emptySchema
  for (const operation of operations) {
    const { statements, after } = compiled(dialect, model, operation)
    model = after
    for (const statement of statements) {
      const { copy, expectEmpty, sql, params } = statement
      if (copy !== undefined) await session.copy(copy, {})
      else if (expectEmpty !== undefined) await session.query(sql, params)
      else await executeStatement(session, statement)
    }
  }
  return model
}

/** Whether the inverses can be compiled; that there is none is the same on every server. */
function downgradeRefusal(dialect: Dialect, before: SchemaModel, operation: Operation): string | undefined {
  const inverses = invert(before, operation)
  if ('irreversible' in inverses) return undefined
  try {
    let model = dialect.model.apply(before, operation)
    for (const inverse of inverses) model = compiled(dialect, model, inverse).after
    return undefined
  } catch (error) {
    return refusalOf(error).why
  }
}

/** What the dialect makes of an operation: from its compiler alone. */
export function compiledOutcome(dialect: Dialect, before: SchemaModel, operation: Operation): Outcome {
  try {
    const noDowngrade = downgradeRefusal(dialect, before, operation)
    const outcome = outcomeOf(compiled(dialect, before, operation).statements)
    return noDowngrade === undefined ? outcome : { ...outcome, noDowngrade }
  } catch (error) {
    return refusalOf(error)
  }
}

/** `native`, `3 statements`, `rebuilt, outside a transaction`. */
export function outcomeText({ what, statements, nonTransactional }: Outcome): string {
  const label = what === 'statements' ? `${statements} statements` : what === 'nothing' ? 'no statement' : what
  return nonTransactional ? `${label}, outside a transaction` : label
}

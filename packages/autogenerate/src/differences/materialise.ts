import { isMigrateError, MigrateError, type Operation } from '@org/migrate-core'
import {
  type ConstraintModel,
  type Dialect,
  emptySchema,
  type FaultKind,
  isDialect,
  isNumber,
  isSignal,
  type OptionChecks,
  replay,
  requireArguments,
  requireOptions,
  type SchemaModel,
  type Session,
  type ShadowDatabase,
  type ShadowOptions,
  type Statement,
  tableKey,
  type UnloadedDialect,
} from '@org/migrate-core/dialect'
import {
  compileOperations,
  executeStatement,
  inhabitedSchemas,
  isSchemaModel,
  statementError,
} from '@org/migrate-core/internal'
import { creationsOf, ordinaryTables, withoutKeys } from './creations.ts'
import { spelledAs } from './spelled-as.ts'

export type MaterialiseOptions = Pick<ShadowOptions, 'signal' | 'waitMs'>

const materialiseChecks: OptionChecks<MaterialiseOptions> = { signal: isSignal, waitMs: isNumber }

interface DueStatement {
  readonly describe: string
  readonly statement: Statement
}

/** What was made, or why the server did not take it. */
type Attempt = { readonly materialised: SchemaModel } | { readonly failed: unknown }

/** What keeps the server from showing anything, whatever is declared. */
const refusing: ReadonlySet<FaultKind> = new Set<FaultKind>(['permission', 'busy', 'deadlock', 'full', 'readOnly'])

export function shadowStatementError(
  dialect: Dialect,
  cause: unknown,
  operation: string,
  { sql, ...own }: { readonly sql?: string; readonly remedy?: string } = {},
): MigrateError {
  const remedy = own.remedy ?? 'Correct the declaration: the server refuses it as it is.'
  const error = statementError(dialect, cause, { operation, ...(sql === undefined ? {} : { sql }) }, { remedy })
  if (isMigrateError(cause) || !refusing.has(dialect.errors.kindOf(cause))) return error
  const why = error.message
  return new MigrateError('SHADOW_REFUSED', { why }, `What is declared cannot be tried on the server: ${why}`, {
    cause,
    location: error.location,
  })
}

/**
 * Foreign keys to tables that are not made with them. They are not sent: where the server finds the real table by that name, the key
 * would lock it against writes until the shadow database is dropped (PostgreSQL takes SHARE ROW EXCLUSIVE on both tables of a new key).
 */
function outgoingKeys(declared: SchemaModel): ReadonlySet<ConstraintModel> {
  const tables = ordinaryTables(declared)
  return new Set(
    [...tables.values()].flatMap(({ constraints }) =>
      constraints.filter((one) => one.kind === 'foreignKey' && !tables.has(tableKey(one.references.table))),
    ),
  )
}

interface CreationOperations {
  readonly creations: readonly Operation[]
  readonly keys: readonly Operation[]
}

function splitCreations(dialect: Dialect, declared: SchemaModel): CreationOperations {
  const { enumTypes, lateReferences } = dialect.capabilities
  const later = outgoingKeys(declared)
  const inhabited = new Set(inhabitedSchemas(declared))
  const tables = new Map([...declared.tables].map(([key, table]) => [key, withoutKeys(table, later)]))
  const creations = creationsOf({ ...declared, tables }, { circles: lateReferences ? 'inline' : 'separate' })
  return {
    creations: creations.flatMap((operation): Operation[] => {
      // Where enums are no objects of a schema, their values stand in the columns.
      if (operation.kind === 'createEnum') return enumTypes ? [operation] : []
      // An empty one shows nothing; and it may belong to another program, or be what something here refers to.
      if (operation.kind === 'createSchema' && !inhabited.has(operation.schema)) return []
      // An extension belongs to the database, and the schema that the session stands in is made with the place.
      const guarded = operation.kind === 'createExtension' || operation.kind === 'createSchema'
      return [guarded ? { ...operation, ifNotExists: true } : operation]
    }),
    keys: [...declared.tables.values()].flatMap(({ ref, constraints }) =>
      constraints
        .filter((constraint) => later.has(constraint))
        .map((constraint): Operation => ({ kind: 'addConstraint', table: ref, constraint })),
    ),
  }
}

export function send(session: Session, statement: Statement): Promise<unknown> {
  const { sql, params, copy, expectEmpty } = statement
  if (copy !== undefined) return session.copy(copy, {})
  return expectEmpty === undefined ? executeStatement(session, statement) : session.query(sql, params)
}

async function sendOneByOne(dialect: Dialect, session: Session, due: readonly DueStatement[]): Promise<void> {
  for (const { describe, statement } of due) {
    await send(session, statement).catch((cause: unknown) => {
      throw shadowStatementError(dialect, cause, describe, { sql: statement.sql })
    })
  }
}

type SendMode = 'atOnce' | 'oneByOne'

async function attempt(
  dialect: Dialect,
  session: Session,
  declared: SchemaModel,
  mode: SendMode,
): Promise<SchemaModel> {
  const inspect = async (): Promise<SchemaModel> => {
    const shown = await dialect.introspection.schema(session).catch((cause: unknown) => {
      throw shadowStatementError(dialect, cause, 'read what was made')
    })
    return spelledAs(dialect, shown, declared)
  }
  const { creations, keys } = splitCreations(dialect, declared)
  const { groups } = compileOperations(
    dialect,
    dialect.model.ownSchema === undefined ? emptySchema : await inspect(),
    creations.map((operation) => ({ operation })),
  )
  const due = groups.flatMap(({ operations, statements }) =>
    statements.map((statement) => ({ describe: operations.map((each) => each.describe).join('; '), statement })),
  )
  const plain = due.every(({ statement }) => statement.copy === undefined && statement.expectEmpty === undefined)
  const together = mode === 'atOnce' && plain ? session.together?.bind(session) : undefined
  if (together === undefined) await sendOneByOne(dialect, session, due)
  else await together(due.map(({ statement }) => statement))
  const result = replay(await inspect(), keys, dialect.model.apply)
  return { ...result, schemas: [...new Set([...result.schemas, ...declared.schemas])].sort() }
}

/**
 * The schema as the server shows it once it was created there: in a shadow database, where the statements that a revision would send
 * create it; then it is introspected and dropped. Two schemas that were materialised on one server can be compared to the letter, and
 * so can a materialised one and an introspected one.
 *
 * A part of a schema may be given, with the types that its columns name and what its views read. A foreign key to a table that is not
 * given is in the result as it was declared.
 *
 * Throws SHADOW_REFUSED; STATEMENT_FAILED, with the operation in its location, where the server does not take what is declared;
 * and what connecting and compiling throw.
 */
export async function materialise(
  dialect: UnloadedDialect,
  declared: SchemaModel,
  options: MaterialiseOptions = {},
): Promise<SchemaModel> {
  requireArguments('materialise', { dialect, declared }, { dialect: isDialect, declared: isSchemaModel })
  requireOptions('materialise', options, materialiseChecks)
  const tryMode = async (mode: SendMode, more: ShadowOptions = {}): Promise<Attempt> => {
    if (dialect.shadow === undefined) {
      const why = `the dialect ${dialect.name} has no shadow database`
      throw new MigrateError('SHADOW_REFUSED', { why }, `What is declared cannot be tried on the server: ${why}`)
    }
    const shadowOptions = { ...options, ...more, schemas: inhabitedSchemas(declared) }
    try {
      // The place sees what failed in it: that the server has no room for it says nothing of the declaration.
      const work = async ({ session }: ShadowDatabase) =>
        attempt(await (session.dialect ?? dialect).load(), session, declared, mode)
      return { materialised: await dialect.shadow.use(work, shadowOptions) }
    } catch (failed) {
      // What failed because of it is not what there is to tell.
      options.signal?.throwIfAborted()
      if (isMigrateError(failed) && failed.code !== 'STATEMENT_FAILED') throw failed
      return { failed }
    }
  }
  const first = await tryMode('atOnce')
  if ('materialised' in first) return first.materialised
  // Of statements that were sent at once, the one that failed is not told from the others: this time it has a name.
  const second = isMigrateError(first.failed) ? first : await tryMode('oneByOne')
  if ('materialised' in second) return second.materialised
  const { failed } = second
  const missing = isMigrateError(failed, 'STATEMENT_FAILED') && failed.details.fault === 'missing'
  const hasSchemas = (await dialect.load()).model.ownSchema !== undefined
  const third = missing && hasSchemas ? await tryMode('oneByOne', { keepName: true }) : second
  if ('materialised' in third) return third.materialised
  throw failed
}

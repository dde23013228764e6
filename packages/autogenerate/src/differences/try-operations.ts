import { isDeepStrictEqual } from 'node:util'
import { isMigrateError, MigrateError, type Operation } from '@org/migrate-core'
import {
  type Dialect,
  describe,
  emptySchema,
  type SchemaModel,
  type Session,
  type ShadowDatabase,
  type Statement,
  type UnloadedDialect,
} from '@org/migrate-core/dialect'
import { type CompiledGroup, compileOperations, endsPart, isBarrier, namedTables } from '@org/migrate-core/internal'
import { type MaterialiseOptions, send, shadowStatementError } from './materialise.ts'
import { omissionNotes, readUnmodelledFacts } from './unmodelled-facts.ts'

const remedy =
  'Correct the statement in the file that has it, so that an empty database takes it; or adopt the database without `--import`, by what is in it.'

/** What operations made of an empty database. */
interface TriedOperations {
  readonly schema: SchemaModel
  /** What they made by SQL, and no operation makes: a sentence each, as `survey` has them. */
  readonly omissions: readonly string[]
}

async function runAll(
  dialect: Dialect,
  shadow: ShadowDatabase,
  operations: readonly Operation[],
): Promise<TriedOperations> {
  const { session } = shadow
  const recorded = operations.map((operation) => ({ operation }))
  let from = 0
  const read = async (): Promise<SchemaModel> => {
    const shown = await dialect.introspection.schema(session)
    // The next operation calls a table as it is called now; else the last one that named it does.
    const { respell } = dialect.model
    if (respell === undefined) return shown
    return respell(shown, [...namedTables(operations.slice(from)), ...namedTables(operations).toReversed()])
  }
  let model = dialect.model.ownSchema === undefined ? emptySchema : await read()
  // What SQL did to the schema is read once something needs it: a history of SQL would read it for each of its revisions.
  let isCurrent = true
  const refresh = async (): Promise<void> => {
    if (!isCurrent) model = await read()
    isCurrent = true
  }
  while (from < recorded.length) {
    if (!recorded.slice(from, from + 1).every(({ operation }) => isBarrier(operation))) await refresh()
    const { groups, taken } = compileOperations(dialect, model, recorded, from)
    from += taken
    for (const [at, group] of groups.entries()) {
      const endsItsPart = endsPart(group) && !(at === groups.length - 1 && from === recorded.length)
      if (endsItsPart) await refresh()
      await sendGroup(dialect, shadow, group)
      if (!endsItsPart) continue
      const introspected = await read()
      await recreateEnums(dialect, session, model, introspected)
      model = introspected
    }
    isCurrent = false
  }
  await refresh()
  return { schema: model, omissions: omissionNotes(model, await readUnmodelledFacts(dialect, session, model)) }
}

/** Undefined: it does nothing to the schema. */
function withinTransaction({ sql, capabilities }: Dialect, statement: Statement): Statement | undefined {
  const text = capabilities.transactionalDdl === 'yes' ? sql.withinTransaction?.(statement.sql) : undefined
  if (text === undefined) return statement
  return text === '' ? undefined : { ...statement, sql: text, transaction: 'any' }
}

async function sendGroup(
  dialect: Dialect,
  { session, confined }: ShadowDatabase,
  { operations, statements }: CompiledGroup,
): Promise<void> {
  const what = operations.map((each) => each.describe).join('; ')
  // The text of a trigger is its author's, and names the table by itself.
  const isAuthors = operations.some(({ operation: { kind } }) => kind === 'sql' || kind === 'createTrigger')
  for (const each of statements) {
    const statement = withinTransaction(dialect, each)
    if (statement === undefined) continue
    if (statement.transaction === 'none' && dialect.capabilities.transactionalDdl === 'yes') {
      throw refused(`${what} cannot run in a transaction, and the shadow database is used in one`)
    }
    if (isAuthors && dialect.sql.classify(statement.sql) === 'transaction') {
      throw refused(`${what} controls the transaction, which the shadow database does not allow`)
    }
    const run = () => send(session, statement)
    const sent = isAuthors && confined !== undefined ? confined(statement.sql, run) : run()
    await sent.catch((cause: unknown) => {
      if (isMigrateError(cause, 'SHADOW_REFUSED')) throw refused(`${what}: ${cause.details.why}`, cause)
      throw shadowStatementError(dialect, cause, what, { sql: statement.sql, remedy })
    })
  }
}

/**
 * A value that was added to an enum cannot be used before a commit, and the shadow database is used in one transaction. An enum that is
 * recreated with the same values has no such values; where something that cannot be recreated uses it, the operations are not tried.
 */
async function recreateEnums(
  dialect: Dialect,
  session: Session,
  before: SchemaModel,
  current: SchemaModel,
): Promise<void> {
  for (const [key, { ref, values }] of current.enums) {
    if (isDeepStrictEqual(before.enums.get(key)?.values, values)) continue
    const operation = { kind: 'alterEnum', enum: ref, order: values } as const
    try {
      const statements = dialect.compiler.table.alterEnum({ operation, before: current, after: current })
      for (const statement of statements) await send(session, statement)
    } catch (cause) {
      const why = `values are added to the enum ${ref.name}, which can be used only after a commit, and the shadow database is used in one transaction`
      throw refused(why, cause)
    }
  }
}

function refused(why: string, cause?: unknown): MigrateError<'SHADOW_REFUSED'> {
  return new MigrateError('SHADOW_REFUSED', { why }, `The operations cannot be tried on the server: ${why}`, {
    ...(cause === undefined ? {} : { cause }),
  })
}

/** Where a server lists its objects. A shadow schema is on the same server, so that the real objects are listed too. */
const catalogue =
  /\b(?:information_schema|to_reg(?:class|type|proc|namespace)|pg_(?:catalog\.pg_)?(?:class|tables|views|matviews|indexes|constraint|type|enum|namespace|attribute|proc|trigger|sequences?|policies|policy|description))\b/i

/** The statements of an author that ask the server which objects there are. */
export const askingCatalogue = (
  { name }: Pick<UnloadedDialect, 'name'>,
  operations: readonly Operation[],
): readonly Operation[] =>
  operations.filter((operation) => {
    if (operation.kind !== 'sql') return false
    const text =
      typeof operation.text === 'string' ? operation.text : (operation.text as Readonly<Record<string, string>>)[name]
    return text !== undefined && catalogue.test(text)
  })

function lacking(borrowed: readonly string[], [asking]: readonly Operation[]): MigrateError<'OBJECT_MISSING'> {
  const object = borrowed.join(', ')
  if (asking !== undefined) {
    return new MigrateError(
      'OBJECT_MISSING',
      { object },
      `Where the revisions were tried, they used ${object} of the database. ${describe(asking)} asked the server which objects there are, and it lists those of the database too.`,
      {
        remedy:
          'Adopt the database without `--import`, by what is in it; or write the statement so that it asks nothing (in PostgreSQL a block that catches `duplicate_object`).',
      },
    )
  }
  return new MigrateError(
    'OBJECT_MISSING',
    { object },
    `On an empty database the revisions would fail: what they make uses ${object}, and none of them makes that.`,
    {
      remedy:
        'Create it before its use: with `op.sql` in the revision that uses it, or in the imported file. Then call `migrate adopt` again.',
    },
  )
}

/**
 * What operations really make of an empty database of this server: they are run in a shadow database, as a revision would run them, and
 * what is there then is read. Data steps are not run.
 *
 * Throws SHADOW_REFUSED; STATEMENT_FAILED with the operation in its location; OBJECT_MISSING where it uses what an empty database would not have.
 */
export async function tryOperations(
  dialect: UnloadedDialect,
  operations: readonly Operation[],
  { schemas = [], ...options }: MaterialiseOptions & { readonly schemas?: readonly string[] } = {},
): Promise<TriedOperations> {
  if (dialect.shadow === undefined) {
    throw refused(`the dialect ${dialect.name} has no shadow database`)
  }
  const work = operations.filter(({ kind }) => kind !== 'run')
  const run = async (shadow: ShadowDatabase): Promise<TriedOperations> => {
    const produced = await runAll(await (shadow.session.dialect ?? dialect).load(), shadow, work)
    const borrowed = (await shadow.borrowed?.()) ?? []
    if (borrowed.length > 0) throw lacking(borrowed, askingCatalogue(dialect, work))
    return produced
  }
  return dialect.shadow.use(run, {
    ...options,
    schemas,
  })
}

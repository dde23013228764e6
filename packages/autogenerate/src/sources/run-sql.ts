import { isMigrateError, MigrateError } from '@org/migrate-core'
import {
  emptySchema,
  partsOfSql,
  qualifiersIn,
  type Routine,
  type SqlStatement,
  type UnloadedDialect,
} from '@org/migrate-core/dialect'
import { executeStatement, positionInText, statementsOf } from '@org/migrate-core/internal'
import type { ReadSchema } from '../compare/read-schema.ts'
import { type MaterialiseOptions, shadowStatementError } from '../differences/materialise.ts'
import { readUnmodelledFacts } from '../differences/unmodelled-facts.ts'
import { withoutTools } from '../recognise/exclude-tools.ts'
import { recogniseTools } from '../recognise/recognise.ts'
import { beginsTransaction, commitsTransaction } from './transaction-frame.ts'

/** A text of SQL statements. */
export interface SqlText {
  /** The file, or the command that printed it: for people. */
  readonly file: string
  readonly text: string
}

const remedy = 'Correct the statement, so that an empty database takes it.'

/** pg_dump writes these lines for psql since the releases of August 2025: https://www.postgresql.org/docs/current/app-psql.html */
const ofPsql = /^(?:\\(?:un)?restrict\b[^\n]*(?:\n\s*|$))+/

interface SourceStatement {
  readonly sql: string
  /** `schema.sql:12` */
  readonly location: string
}

function sourceStatements({ sql: { grammar } }: UnloadedDialect, { file, text }: SqlText): readonly SourceStatement[] {
  return partsOfSql(text, grammar).flatMap(({ statements }) =>
    statements.flatMap(({ text: statement, at }: SqlStatement): SourceStatement[] => {
      const sql = statement.replace(ofPsql, '')
      const { line } = positionInText(text, at + statement.length - sql.length)
      // A revision's own transaction is around it in any case.
      const frames = sql === '' || beginsTransaction(sql) || commitsTransaction(sql)
      return frames ? [] : [{ sql, location: `${file}:${line}` }]
    }),
  )
}

function refused(location: string, why: string, cause?: unknown): MigrateError<'SHADOW_REFUSED'> {
  return new MigrateError('SHADOW_REFUSED', { why: `${location}: ${why}` }, `${location}: ${why}`, { remedy, cause })
}

interface SqlSchema extends Omit<ReadSchema, 'uncompared'> {
  readonly routines: readonly Routine[]
}

/** What the statements make of an empty database, as the server shows it, without the tables of migration tools. */
export async function runSql(
  dialect: UnloadedDialect,
  texts: readonly SqlText[],
  options: MaterialiseOptions,
): Promise<SqlSchema> {
  if (dialect.shadow === undefined) {
    const why = `the dialect ${dialect.name} has no shadow database`
    throw new MigrateError('SHADOW_REFUSED', { why }, `SQL cannot be tried on the server: ${why}`)
  }
  const statements = texts.flatMap((each) => sourceStatements(dialect, each))
  const schemas = new Set(texts.flatMap(({ text }) => [...qualifiersIn(text, dialect.sql.grammar, { strings: true })]))
  return dialect.shadow.use(
    async ({ session, confined }) => {
      const spoken = await (session.dialect ?? dialect).load()
      for (const { sql, location } of statements) {
        if (spoken.sql.classify(sql) === 'transaction') throw refused(location, 'it controls the transaction')
        const run = async () => {
          // As the same text in a revision is run.
          for (const each of statementsOf(spoken, emptySchema, [{ kind: 'sql', text: sql, effects: [] }]))
            await executeStatement(session, each)
        }
        await (confined === undefined ? run() : confined(sql, run)).catch((cause: unknown) => {
          if (isMigrateError(cause, 'SHADOW_REFUSED')) throw refused(location, cause.details.why, cause)
          throw shadowStatementError(spoken, cause, location, { sql, remedy })
        })
      }
      const model = await spoken.introspection.schema(session)
      const tools = await recogniseTools(spoken, session, { model })
      const schema = withoutTools(model, tools)
      const unmodelled = await readUnmodelledFacts(spoken, session, schema)
      const routines = (await spoken.introspection.routines?.(session)) ?? []
      return { dialect: spoken, schema, unmodelled, routines }
    },
    { ...options, schemas: [...schemas] },
  )
}

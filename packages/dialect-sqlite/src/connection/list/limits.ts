import { MigrateError } from '@org/migrate-core/connection'
import {
  type CompileTable,
  type DialectCompiler,
  findTable,
  type Operation,
  type OperationAround,
  type OperationKind,
  type Statement,
  type TableRef,
} from '@org/migrate-core/dialect'
import { withValues } from './list-values.ts'

// https://developers.cloudflare.com/d1/platform/limits/
const mostColumns = 100
export const mostStatementBytes = 100_000
/** A guard of a list stands around the query of a check. */
const guardBytes = 500
/** D1 takes expressions of depth 100, and each row that is deleted by its key is one more OR. */
const mostDeleted = 50

const formatted = (count: number): string => count.toLocaleString('en-US')

function refused(operation: string, why: string, remedy: string): MigrateError<'UNSUPPORTED'> {
  return new MigrateError('UNSUPPORTED', { dialect: 'sqlite', operation, why }, `${operation}: ${why}`, { remedy })
}

const shortened = (sql: string): string => (sql.length > 120 ? `${sql.slice(0, 120)}…` : sql)

const bytesOf = (statement: Statement): number => Buffer.byteLength(withValues(statement.sql, statement.params).sql)

const isTooLong = (bytes: number): boolean => bytes > mostStatementBytes - guardBytes

function requireWithin(statement: Statement): Statement {
  const bytes = bytesOf(statement)
  if (isTooLong(bytes)) {
    const why = `D1 takes no statement of more than ${formatted(mostStatementBytes)} bytes, and this one has ${formatted(bytes)}`
    throw refused(shortened(statement.sql), why, 'Write it as several statements.')
  }
  return statement
}

const tablesOf = (operation: Operation): readonly TableRef[] =>
  operation.kind === 'createTable' ? [operation.table.ref] : 'table' in operation ? [operation.table] : []

function requireColumns({ operation, after }: Pick<OperationAround, 'operation' | 'after'>): void {
  for (const ref of tablesOf(operation)) {
    const count = findTable(after, ref)?.columns.length ?? 0
    if (count <= mostColumns) continue
    const why = `D1 takes no table of more than ${mostColumns} columns, and it would have ${count}`
    throw refused(`table ${ref.name}`, why, 'Keep the other columns in a second table with the same key.')
  }
}

type Compile = (at: OperationAround) => readonly Statement[]

/** As many rows in a statement as D1 takes. */
function inParts(at: OperationAround, compile: Compile): readonly Statement[] {
  const { operation } = at
  if ((operation.kind !== 'insertRows' && operation.kind !== 'deleteRows') || operation.rows.length < 2)
    return compile(at)
  const fits = operation.kind === 'insertRows' || operation.rows.length <= mostDeleted
  const statements = fits ? compile(at) : []
  if (fits && !statements.some((each) => isTooLong(bytesOf(each)))) return statements
  const middle = Math.ceil(operation.rows.length / 2)
  return [operation.rows.slice(0, middle), operation.rows.slice(middle)].flatMap((rows) =>
    inParts({ ...at, operation: { ...operation, rows } }, compile),
  )
}

/** Refuses what D1 would refuse for its size, before anything runs. */
export function withinLimits({ table, batch, ...compiler }: DialectCompiler): DialectCompiler {
  const limited = (compile: Compile): Compile => {
    return (at) => {
      requireColumns(at)
      return inParts(at, compile).map(requireWithin)
    }
  }
  const kinds = Object.keys(table) as readonly OperationKind[]
  return {
    ...compiler,
    table: Object.fromEntries(kinds.map((kind) => [kind, limited(table[kind] as Compile)])) as CompileTable,
    ...(batch && {
      batch: {
        size: batch.size,
        compile: (operations) => {
          for (const each of operations) requireColumns(each)
          return batch.compile(operations).map(requireWithin)
        },
      },
    }),
  }
}

import { faultRemedy, faultText } from '../compile/statement-error.ts'
import type { TableName } from '../declare/inputs.ts'
import { tableRef } from '../declare/to-model.ts'
import type { Dialect } from '../dialect/dialect.ts'
import type { Session } from '../dialect/session.ts'
import { isMigrateError, MigrateError } from '../errors/migrate-error.ts'
import { describedSession } from '../history/described-session.ts'
import { findTable, refText, tableKey } from '../model/edit.ts'
import { primaryColumns } from '../model/keys.ts'
import type { TableModel } from '../model/schema-model.ts'
import type { Row, SqlValue } from '../model/sql-value.ts'
import type { PreserveCell, PreserveRow, StepDatabase } from '../operations/step-database.ts'
import type { SqlClass } from '../sql/classification.ts'
import { backfill } from './backfill.ts'
import { namedDatabase, requireStepCall, type StepMethod } from './call-forms.ts'
import { guardedSession } from './guarded-session.ts'
import { type Cells, valueHash } from './preserved/encode.ts'
import { unpadded } from './preserved/pages/conditions.ts'
import { readPreserved } from './preserved/read-preserved.ts'
import { restorePreserved } from './preserved/restore/restore.ts'
import { absentHash, type PreservedOwner, type PreservedStore } from './preserved/store.ts'
import { createSavepoints } from './savepoints.ts'
import { StepCalls } from './step-call.ts'
import { updateEach } from './update-each.ts'

export interface StepContext {
  readonly dialect: Dialect
  readonly session: Session
  readonly preserved: PreservedStore
  readonly owner: PreservedOwner
  readonly label: string
  /** Where a cell was before the revision, if under other names. */
  readonly origin?: (table: string, column: string) => string | undefined
  /** What messages call it; default: the data step with its label. */
  readonly title?: string
  readonly arguments: Readonly<Record<string, string>>
  readonly report: (what: string, key?: string) => void
  readonly progress: (what: string, done: number, total?: number) => void
  readonly signal?: AbortSignal
}

/** The facade of one data step with what its runner has to know: is it idle, was something left unawaited. */
interface StepFacade {
  readonly db: StepDatabase
  /** Milliseconds since the last call ended; 0 while one is under way. */
  idleMs(): number
  /** Ends the facade: every later call is refused. Gives the calls that were not awaited, or still run. */
  close(): readonly StepMethod[]
}

const refusals: {
  readonly [C in Exclude<SqlClass, 'query' | 'dml'>]: readonly [
    'TRANSACTION_CONTROL_IN_STEP' | 'DDL_IN_DATA_STEP',
    string,
  ]
} = {
  transaction: ['TRANSACTION_CONTROL_IN_STEP', 'controls the transaction, which is the migrator’s'],
  ddl: ['DDL_IN_DATA_STEP', 'changes the schema'],
  setting: ['DDL_IN_DATA_STEP', 'changes a setting of the session'],
  unknown: ['DDL_IN_DATA_STEP', 'is neither a query nor a change of rows'],
}

function isPreservedRow(cell: PreserveCell | PreserveRow): cell is PreserveRow {
  return 'row' in cell
}

/** What the calls of one data step share. */
interface Parts {
  readonly context: StepContext
  readonly dialect: Dialect
  readonly title: string
  readonly calls: StepCalls
  readonly session: Session
}

export function createStepFacade(context: StepContext): StepFacade {
  const { dialect, label, title = `data step "${label}"` } = context
  const calls = new StepCalls(title, context.signal)
  // What a failed step left running must not write once its transaction is gone.
  const session = guardedSession(context.session, (what) => calls.requireOpen(what))
  const db = stepDatabase({ context, dialect, title, calls, session })
  return { db, idleMs: () => calls.idleMs(), close: () => calls.close() }
}

/** Refuses what a data step may not send. */
function checkSql({ dialect, title }: Parts, classes: Map<string, SqlClass>, sql: string): void {
  if (dialect.sql.releasesLocks?.(sql) === true) {
    throw new MigrateError(
      'TRANSACTION_CONTROL_IN_STEP',
      { sql },
      `The ${title} sent SQL that releases a lock of the session, by which the run is alone: ${sql}`,
      { remedy: 'Leave the advisory locks of the session to the migrator.' },
    )
  }
  let kind = classes.get(sql)
  if (kind === undefined) {
    kind = dialect.sql.classify(sql)
    classes.set(sql, kind)
  }
  if (kind === 'query' || kind === 'dml') return
  const [code, why] = refusals[kind]
  throw new MigrateError(code, { sql }, `The ${title} sent SQL that ${why}: ${sql}`)
}

function failed({ dialect, title }: Parts, sql: string): (error: unknown) => never {
  return (cause) => {
    if (isMigrateError(cause)) throw cause
    const text = faultText(dialect, cause)
    const fault = dialect.errors.kindOf(cause)
    throw new MigrateError(
      'STATEMENT_FAILED',
      { fault, database: dialect.connection.database },
      `A statement of the ${title} failed: ${text}`,
      { cause, location: { sql }, ...faultRemedy(dialect, fault, cause) },
    )
  }
}

async function tableOf({ dialect, session }: Parts, name: TableName): Promise<TableModel> {
  const ref = tableRef(name)
  const model = await dialect.introspection.schema(session, { tables: [ref], only: 'tables' })
  const table = findTable(model, ref)
  if (table !== undefined) return table
  const object = `table ${refText(ref)}`
  throw new MigrateError('OBJECT_MISSING', { object }, `There is no ${object}.`)
}

/** A step changes no tables: each is read once. */
function knownTables(parts: Parts): (name: TableName) => Promise<TableModel> {
  const tables = new Map<string, Promise<TableModel>>()
  return (name) => {
    const key = tableKey(tableRef(name))
    const table = tables.get(key) ?? tableOf(parts, name)
    tables.set(key, table)
    return table
  }
}

/** A key as a later type of its columns has it, too: without the blanks by which a server fills up a char(n). Without blanks no table is read. */
async function storedKey(
  { dialect }: Parts,
  knownTable: (name: TableName) => Promise<TableModel>,
  { table, key }: PreserveCell | PreserveRow,
): Promise<Cells> {
  const mayBePadded = Object.values(key).some((value) => typeof value === 'string' && value.endsWith(' '))
  if (!mayBePadded || dialect.rows?.isPadded === undefined) return key
  const model = await knownTable(table).catch((error: unknown) => {
    if (isMigrateError(error, 'OBJECT_MISSING')) return undefined
    throw error
  })
  return Object.fromEntries(Object.entries(key).map(([name, value]) => [name, unpadded(dialect, model, name, value)]))
}

async function preserveCell(
  parts: Parts,
  preserved: PreservedStore,
  knownTable: (name: TableName) => Promise<TableModel>,
  cell: PreserveCell | PreserveRow,
): Promise<void> {
  const { context, dialect } = parts
  if (dialect.capabilities.statementList === true) {
    const operation = 'db.preserve'
    const why = 'what it writes is counted, and a statement list gives no counts'
    throw new MigrateError('UNSUPPORTED', { dialect: dialect.name, operation, why }, `${operation}: ${why}.`, {
      remedy: 'Write the values into a table of your own, with SQL.',
    })
  }
  const table = tableKey({ name: cell.table })
  const origin = context.origin?.(table, isPreservedRow(cell) ? '' : cell.column)
  const key = await storedKey(parts, knownTable, cell)
  const base = { step: context.label, table, key, ...(origin === undefined ? {} : { origin }) }
  await preserved.put(
    context.owner,
    isPreservedRow(cell)
      ? { ...base, column: '', value: null, row: cell.row, writtenHash: absentHash }
      : { ...base, column: cell.column, value: cell.value, writtenHash: valueHash(cell.written) },
  )
}

function stepDatabase(parts: Parts): StepDatabase {
  const { context, dialect, title, calls, session } = parts
  const classes = new Map<string, SqlClass>()
  const savepoint = createSavepoints(session)
  const preserved = context.preserved.through(describedSession(dialect, session, `preserving values in the ${title}`))
  const breathe = (): Promise<void> => calls.pause()
  const labelledSession = describedSession(dialect, session, `giving back in the ${title}`)
  const restoring = { ...context, session: labelledSession, preserved, breathe }
  const knownTable = knownTables(parts)
  const pass = { dialect, session, progress: context.progress, pause: breathe }
  const db: StepDatabase = namedDatabase({
    dialect: dialect.name,
    arguments: context.arguments,
    query: <R extends Row = Row>(sql: string, params: readonly SqlValue[] = []) =>
      calls.call('query', [sql, params], async () => {
        checkSql(parts, classes, sql)
        return (await session.query(dialect.sql.portable(sql), params).catch(failed(parts, sql))) as readonly R[]
      }),
    execute: (sql, params = []) =>
      calls.call('execute', [sql, params], async () => {
        checkSql(parts, classes, sql)
        return session.execute(dialect.sql.portable(sql), params).catch(failed(parts, sql))
      }),
    transaction: (body) => calls.call('transaction', [body], () => savepoint(() => body(db))),
    preserve: (cell) => calls.call('preserve', [cell], () => preserveCell(parts, preserved, knownTable, cell)),
    restore: (what) =>
      // Its own savepoint: it switches triggers off on its way, which must not be left so where a step catches its error.
      calls.call('restore', [what], () =>
        savepoint(() => restorePreserved(restoring, { ...what, table: tableKey({ name: what.table }) })),
      ),
    readPreserved: (what, step) =>
      calls.call('readPreserved', [what, step], () =>
        readPreserved(
          { ...restoring, owner: { ...context.owner, revision: what.revision } },
          { table: tableKey({ name: what.table }), column: what.column },
          step,
        ),
      ),
    updateEach: (options) =>
      calls.call('updateEach', [options], async () =>
        updateEach(dialect, await knownTable(options.table), options, {
          query: ({ text, params }) =>
            breathe().then(() => session.query(text.text, params).catch(failed(parts, text.text))),
          execute: ({ text, params }) =>
            breathe().then(() => session.execute(text.text, params).catch(failed(parts, text.text))),
        }),
      ),
    backfill: (options) =>
      calls.call('backfill', [options], async () => backfill(pass, await tableOf(parts, options.table), options)),
    report: (what, key) => {
      calls.requireOpen('db.report')
      requireStepCall('report', [what, key])
      context.report(what, key)
    },
    tableNames: () =>
      calls.call('tableNames', [], async () =>
        [...(await dialect.introspection.schema(session, { only: 'tables' })).tables.values()].map(
          (table) => table.ref.name,
        ),
      ),
    columns: (table) => calls.call('columns', [table], async () => (await tableOf(parts, table)).columns),
    indexes: (table) => calls.call('indexes', [table], async () => (await tableOf(parts, table)).indexes),
    uniqueConstraints: (table) =>
      calls.call('uniqueConstraints', [table], async () =>
        (await tableOf(parts, table)).constraints.filter((each) => each.kind === 'unique'),
      ),
    primaryKey: (table) => calls.call('primaryKey', [table], async () => primaryColumns(await tableOf(parts, table))),
  })
  return db
}

import { tableDifferences } from '../../compare/table-differences.ts'
import { resolveGuard } from '../../compile/guards.ts'
import type { Dialect } from '../../dialect/dialect.ts'
import { isMigrateError } from '../../errors/migrate-error.ts'
import { findTable } from '../../model/edit.ts'
import type { SchemaModel } from '../../model/schema-model.ts'
import type { Operation, OperationKind, OperationOf } from '../../operations/operation.ts'

type Guard = 'ifNotExists' | 'ifExists' | 'none'

/** How the tables tell whether an operation has run: what it makes is there, what it takes away is gone; else its effect shows. */
const guards: { readonly [K in OperationKind]: Guard } = {
  createTable: 'ifNotExists',
  dropTable: 'ifExists',
  renameTable: 'ifExists',
  alterTableOptions: 'none',
  addColumn: 'ifNotExists',
  dropColumn: 'ifExists',
  alterColumn: 'none',
  renameColumn: 'ifExists',
  addConstraint: 'ifNotExists',
  dropConstraint: 'ifExists',
  renameConstraint: 'none',
  createIndex: 'ifNotExists',
  dropIndex: 'ifExists',
  renameIndex: 'none',
  createSchema: 'ifNotExists',
  dropSchema: 'ifExists',
  setSchema: 'none',
  createEnum: 'ifNotExists',
  alterEnum: 'none',
  renameEnum: 'none',
  dropEnum: 'ifExists',
  createView: 'ifNotExists',
  replaceView: 'none',
  renameView: 'none',
  dropView: 'ifExists',
  createTrigger: 'ifNotExists',
  dropTrigger: 'ifExists',
  setRowSecurity: 'none',
  createPolicy: 'ifNotExists',
  alterPolicy: 'none',
  dropPolicy: 'ifExists',
  createSequence: 'ifNotExists',
  alterSequence: 'none',
  dropSequence: 'ifExists',
  createExtension: 'ifNotExists',
  dropExtension: 'ifExists',
  setComment: 'none',
  insertRows: 'none',
  deleteRows: 'none',
  expectNone: 'none',
  sql: 'none',
  run: 'none',
}

type RecoveredState = 'applied' | 'not applied' | { readonly unknown: string }

/** SQL of an author, by what he says that it amounts to: all of that is there, or nothing of it. */
function recoverSql(dialect: Dialect, live: SchemaModel, operation: OperationOf<'sql'>): RecoveredState {
  const { effects = [] } = operation
  const statements = dialect.compiler.table.sql({ operation, before: live, after: live })
  // A procedure that makes a table may have more to do.
  const single = statements.every(({ sql }) => dialect.sql.classify(sql) === 'ddl')
  if (!single) return { unknown: 'its effect on the database is not known' }
  const [first, ...rest] = new Set(effects.map((effect) => recoverOperation(dialect, live, effect)))
  if (first === undefined) return { unknown: 'its effect on the database is not known' }
  return rest.length === 0 ? first : { unknown: 'some of what it does stands, and some does not' }
}

/**
 * Whether one operation, of which only the beginning was written down, has run: by the tables as they stand. DDL of one
 * statement is whole or not at all, on every server that this is asked for.
 */
export function recoverOperation(dialect: Dialect, live: SchemaModel, recorded: Operation): RecoveredState {
  // Where the server needs something else first, that has not happened yet, and so this has not.
  const [operation = recorded, ...more] = dialect.compiler.decompose?.(live, recorded) ?? [recorded]
  if (more.length > 0) return 'not applied'
  if (operation.kind === 'sql') return recoverSql(dialect, live, operation)
  try {
    const guard = guards[operation.kind]
    if (guard !== 'none') {
      const guarded = resolveGuard(dialect, live, { ...operation, [guard]: true } as Operation)
      return 'skipped' in guarded ? 'applied' : 'not applied'
    }
    const after = dialect.model.apply(live, operation)
    const ref = 'table' in operation ? operation.table : undefined
    if (ref === undefined || !('name' in ref)) return 'not applied'
    const [tableBefore, tableAfter] = [findTable(live, ref), findTable(after, ref)]
    if (tableBefore === undefined || tableAfter === undefined) return 'not applied'
    // Once more changes nothing: it may have run or not, and running it again is harmless.
    return tableDifferences(dialect.model.normalise(tableBefore), dialect.model.normalise(tableAfter)).length === 0
      ? 'applied'
      : 'not applied'
  } catch (error) {
    if (!isMigrateError(error)) throw error
    // A rename whose old name is gone has run.
    if (error.code === 'OBJECT_MISSING' && (operation.kind.startsWith('rename') || operation.kind === 'setSchema'))
      return 'applied'
    return { unknown: error.message }
  }
}

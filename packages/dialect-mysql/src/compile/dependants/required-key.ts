import { type CompileTable, describe, findTable, type OperationAround, type Statement } from '@org/migrate-core/dialect'
import type { Server } from '../../flavour.ts'
import { checkAlteredKey } from '../limits.ts'

/** What each operation needs of the keys of the tables that its statements change. */
export function withRequiredKey(
  server: Server,
  around: Pick<OperationAround, 'operation' | 'after'>,
  statements: readonly Statement[],
): readonly Statement[] {
  for (const { sql, tables = [] } of statements) {
    const [ref] = tables
    const table = sql.startsWith('ALTER TABLE ') && ref !== undefined ? findTable(around.after, ref) : undefined
    if (table !== undefined) checkAlteredKey(server, table, describe(around.operation))
  }
  return statements
}

/** The same of every operation, on a server that refuses a change of a table without a key. */
export function requiringKeys(server: Server, compile: CompileTable): CompileTable {
  if (!server.sqlRequirePrimaryKey && server.innodbForcesKey !== true) return compile
  const checked = Object.entries(compile).map(([kind, statementsOf]) => {
    const compileOne = statementsOf as (around: OperationAround) => readonly Statement[]
    return [kind, (around: OperationAround) => withRequiredKey(server, around, compileOne(around))] as const
  })
  return Object.fromEntries(checked) as unknown as CompileTable
}

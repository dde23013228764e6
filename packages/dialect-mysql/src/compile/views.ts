import { type CompileTable, sql, tableKey } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { quote } from '../quote.ts'
import { withFollowing } from './dependants.ts'
import { ddl } from './statements.ts'
import { keepsColumns } from './view-columns.ts'
import { refuseMaterialized, viewStatement } from './view-text.ts'

export function viewStatements(
  server: Server,
): Pick<CompileTable, 'createView' | 'replaceView' | 'renameView' | 'dropView'> {
  return {
    createView: ({ operation: { view } }) => [viewStatement(view, 'CREATE')],
    replaceView: ({ operation: { view }, before, after }) => [
      ...keepsColumns(server, before, view),
      viewStatement(after.views.get(tableKey(view.ref)) ?? view, 'CREATE OR REPLACE'),
    ],
    renameView(at) {
      const { view, to } = at.operation
      const target = { ...view, name: to }
      const rename = ddl(sql`RENAME TABLE ${quote.table(view)} TO ${quote.table(target)}`, [view, target])
      return withFollowing(server, at, [rename])
    },
    dropView(at) {
      const { view, materialized } = at.operation
      if (materialized) refuseMaterialized(view.name)
      return withFollowing(server, at, [ddl(sql`DROP VIEW ${quote.table(view)}`, [view])])
    },
  }
}

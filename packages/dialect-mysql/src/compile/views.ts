import { type CompileTable, sql, viewOf } from '@org/migrate-core/dialect'
import type { Server } from '../flavour.ts'
import { quote } from '../sql/quote.ts'
import { withFollowing } from './dependants/dependants.ts'
import { checkLetters } from './limits.ts'
import { ddl } from './statements.ts'
import { checkReadColumns } from './view-columns.ts'
import { refuseMaterialized, viewStatement } from './view-text.ts'

export function viewStatements(
  server: Server,
): Pick<CompileTable, 'createView' | 'replaceView' | 'renameView' | 'dropView'> {
  return {
    createView: ({ operation: { view }, after }) => {
      checkLetters(server, 'view', view.ref.name)
      return [viewStatement(viewOf(after, view.ref), 'CREATE')]
    },
    replaceView: ({
      operation: {
        view: { ref },
      },
      before,
      after,
    }) => {
      const view = viewOf(after, ref)
      return [...checkReadColumns(server, before, view), viewStatement(view, 'CREATE OR REPLACE')]
    },
    renameView(at) {
      const { view, to } = at.operation
      const target = { ...view, name: to }
      checkLetters(server, 'view', to)
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

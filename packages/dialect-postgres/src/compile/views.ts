import { type CompileTable, canonicalJson, sql, type ViewModel, viewOf } from '@org/migrate-core/dialect'
import { quote } from '../sql/quote.ts'
import { unsupported } from '../sql/unsupported.ts'
import type { Features } from '../sql/version.ts'
import { outputNames } from '../sql/view-columns.ts'
import { refuseDependantsOf, surroundings } from './dependants/dependants.ts'
import { extraStatements } from './dependants/extras.ts'
import { refText, sameRef, statement } from './statements.ts'
import { createTrigger } from './triggers.ts'
import { createView, dropView, viewText } from './view-text.ts'

/** CREATE OR REPLACE VIEW only adds columns behind those that are there; their types it may not change. */
function isExtended(old: ViewModel, now: ViewModel): boolean {
  const [previous, current] = [outputNames(old), outputNames(now)]
  return previous !== undefined && current !== undefined && previous.every((name, at) => name === current[at])
}

const retype = 'Where a column of the view gets another type, drop the view and create it again, in the same revision.'

/** What the server does not know in WITH it refuses when it runs the statement. */
function refuseOptions({ invokers }: Features, { ref, options }: ViewModel): void {
  if (invokers || options?.security_invoker === undefined) return
  unsupported(`view ${refText(ref)}`, 'PostgreSQL has security_invoker from version 15')
}

export const viewStatements = (
  features: Features,
): Pick<CompileTable, 'createView' | 'replaceView' | 'renameView' | 'dropView'> => ({
  createView: ({ operation: { view }, after }) => {
    const created = viewOf(after, view.ref)
    refuseOptions(features, created)
    return createView(created)
  },
  replaceView: ({ operation: { view }, before, after }) => {
    const old = viewOf(before, view.ref)
    const now = viewOf(after, view.ref)
    refuseOptions(features, now)
    if (!view.materialized && isExtended(old, now)) {
      const had = new Set((old.extras ?? []).map((each) => canonicalJson(each)))
      // Of columns that come back.
      const extras = now.extras?.filter((each) => !had.has(canonicalJson(each)))
      return [{ ...viewText(now, 'replace'), remedy: retype }, ...extraStatements(extras, { table: view.ref })]
    }
    const { away, back } = surroundings(before, [{ table: view.ref, columns: undefined }])
    refuseDependantsOf(old)
    const triggers = [...before.triggers.values()].filter(({ table }) => sameRef(table, view.ref))
    return [...away, dropView(old), ...createView(now), ...triggers.flatMap(createTrigger), ...back]
  },
  renameView: ({ operation: { view, to }, before }) => {
    const kind = viewOf(before, view).materialized ? sql`MATERIALIZED VIEW` : sql`VIEW`
    return [statement(sql`ALTER ${kind} ${quote.table(view)} RENAME TO ${quote.identifier(to)}`, [view])]
  },
  dropView: ({ operation: { view, materialized } }) => [
    dropView({ ref: view, ...(materialized ? { materialized } : {}) }),
  ],
})

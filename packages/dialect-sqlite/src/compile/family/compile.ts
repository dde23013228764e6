import {
  type CompileTable,
  findTable,
  type OperationAround,
  type OperationKind,
  type Statement,
  sql,
} from '@org/migrate-core/dialect'
import { isMergeable, needsRebuild } from '../batch.ts'
import { ColumnMap } from '../column-map.ts'
import { requireUnread } from '../dependants.ts'
import { dropIndex } from '../indexes.ts'
import type { OperationInContext } from '../merge-rules.ts'
import { renameColumn } from '../native/rename-column.ts'
import { inMain, statement } from '../statements.ts'
import { dropCaution, refersTo } from '../tables.ts'
import { compileFamily } from './changes.ts'
import { dropsTable, familyRebuild, otherReferrers, rebuildWithFamily } from './family-rebuild.ts'

type Compile<K extends OperationKind> = (at: OperationAround<K>) => readonly Statement[]

function dropTable({ operation: { table: ref, cascade }, before, after }: OperationAround<'dropTable'>) {
  requireUnread(before, ref)
  // With `cascade` the foreign keys to it go too, and SQLite takes a constraint away by a rebuild only.
  const referrers = [...before.tables.values()].filter(
    (table) =>
      cascade === true &&
      table.ref.name !== ref.name &&
      refersTo(table, ref.name) &&
      findTable(after, table.ref) !== undefined,
  )
  const changes = referrers.map((table) => ({ table: table.ref, copied: new ColumnMap(table).copied(table) }))
  return [
    ...(changes.length === 0 ? [] : familyRebuild({ before, after, changes })),
    otherReferrers([ref], 'Drop those foreign keys first, or drop the table with `cascade`.'),
    ...dropsTable(before, ref, statement(sql`DROP TABLE ${inMain(ref)}`, [ref], dropCaution(before, ref))),
  ]
}

/** For a database that keeps foreign keys on: what rebuilds a table rebuilds those that refer to it, too. */
export function compileWithFamilies(table: CompileTable): CompileTable {
  const orFamily =
    <K extends OperationKind>(direct: Compile<K>): Compile<K> =>
    (at) => {
      const change: OperationInContext = at
      return isMergeable(change) && needsRebuild(change) ? compileFamily([change]) : direct(at)
    }
  return {
    ...table,
    addColumn: orFamily(table.addColumn),
    dropColumn: orFamily(table.dropColumn),
    alterColumn: orFamily(table.alterColumn),
    renameColumn: ({ operation, before }) => renameColumn(before, operation, rebuildWithFamily),
    addConstraint: orFamily(table.addConstraint),
    dropConstraint: orFamily(table.dropConstraint),
    renameConstraint: orFamily(table.renameConstraint),
    alterTableOptions: orFamily(table.alterTableOptions),
    dropTable,
    // Where foreign keys stay on, no end of a revision checks them: the plan does before.
    dropIndex: ({ operation: { table: ref, index } }) => [dropIndex(ref, index)],
  }
}

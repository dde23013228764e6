import type { CompiledGroup } from '../compile/compile.ts'
import type { PlannedOperation } from '../compile/plan.ts'
import type { BlockedTable } from '../dialect/compiler.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { refText } from '../model/edit.ts'
import type { SchemaModel } from '../model/schema-model.ts'
import { renamedTable } from '../operations/object-moves.ts'
import { operationsAround } from './losses/forecast-losses.ts'

type BlockedSessions = BlockedTable['who']
const waiting: { readonly [W in BlockedSessions]: string } = { all: 'readers and writers', writers: 'writers' }

/** Data steps that run while other sessions wait for a table, a line for each. `before`: the tables as the step finds them. */
export function waitNotes(
  dialect: Dialect,
  before: SchemaModel,
  {
    operations,
    groups,
  }: { readonly operations: readonly PlannedOperation[]; readonly groups: readonly CompiledGroup[] },
): readonly string[] {
  if (dialect.compiler.blocked === undefined) return []
  const since = new Map<string, { readonly who: BlockedSessions; readonly describe: string }>()
  const created = new Set<string>()
  const notes: string[] = []
  // Those behind the last are compiled when they run: the tables are as they were last known.
  const around = operationsAround(dialect, groups)
  const due = operations.filter(({ skipped }) => skipped === undefined)
  for (const [at, { operation, describe, statements }] of due.entries()) {
    const { before: model } = around[Math.min(at, around.length - 1)] ?? { before }
    if (operation.kind === 'createTable') created.add(refText(operation.table.ref))
    // Other sessions know it by its old name, which is named already.
    const renamed = renamedTable(operation)
    if (renamed !== undefined) created.add(refText(renamed.to))
    // What is committed before the data step blocks no other session during it.
    if (statements.some(({ transaction }) => transaction === 'none')) since.clear()
    for (const { table, who } of dialect.compiler.blocked(model, operation)) {
      const earlier = since.get(refText(table))
      // One that this step creates has no sessions that wait for it. One that a foreign key refers to need not have been read.
      if (created.has(refText(table)) || earlier?.who === who || earlier?.who === 'all') continue
      since.set(refText(table), { who, describe })
    }
    if (operation.kind !== 'run') continue
    for (const [name, { who, describe: first }] of since) {
      notes.push(
        `${waiting[who]} of ${name} wait from "${first}" until the revision commits, while the data step "${operation.label}" runs`,
      )
    }
  }
  return notes
}

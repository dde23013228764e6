import {
  MigrateError,
  type Operation,
  type SchemaModel,
  type Statement,
  sql,
  type TriggerModel,
  tableKey,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { renamedInTrigger } from '../../ddl/rename-in-trigger.ts'
import type { NameChange } from '../../ddl/rename-references.ts'
import type { Server } from '../../flavour.ts'
import { statement } from '../statements.ts'
import { recreatedTrigger } from '../triggers.ts'
import { selectOf, viewStatement } from '../view-text.ts'
import { checkDefiners } from './definers.ts'
import { dependantsOf, nameChange } from './model-dependants.ts'

const objectOf = (change: NameChange): string =>
  change.of === 'table' ? change.name : `column ${change.table}.${change.name}`

/** The error of a change that dependants forbid. */
export function refused(change: NameChange, dependants: readonly string[]): MigrateError {
  const object = objectOf(change)
  const one = dependants.length === 1
  const why =
    change.to === undefined
      ? `${object} cannot be dropped: ${dependants.join(', ')} ${one ? 'reads' : 'read'} it, and would fail when used.`
      : `${object} cannot be renamed: ${dependants.join(', ')} may name it, and cannot be rewritten safely.`
  const after =
    change.to === undefined ? 'create what is still needed after it' : 'create them again after it, with the new name'
  return new MigrateError('DEPENDENT_OBJECTS', { object, dependants }, why, {
    remedy: `In the same revision, drop ${one ? 'it' : 'them'} before the change (\`dropView\`, \`dropTrigger\`), and ${after}.`,
  })
}

/**
 * A broken view stays where it is, and its text is refused when it is made again, which is after the change was committed. Resolved, and not
 * run: https://dev.mysql.com/doc/refman/8.4/en/view-restrictions.html. Columns of one name are none of a derived table; in EXISTS they may be.
 */
function resolves(view: ViewModel): Statement {
  const { ref } = view
  return statement(sql`SELECT 1 AS one FROM DUAL WHERE FALSE AND EXISTS (${selectOf(view)}\n)`, [ref], {
    expectEmpty: `rows of view ${ref.name}`,
    remedy: `View ${ref.name} has to be created again, and its text as it is fails. In the same revision, drop it before the change (\`dropView\`); or bring back what it reads.`,
  })
}

/**
 * The statements of a change of a name, and those that make again the views and triggers that name it: the server keeps their texts,
 * and would find out when they are used. What is dropped must not be read by any of them. Throws DEPENDENT_OBJECTS.
 */
export function withFollowing(
  server: Server,
  {
    operation,
    before,
    after,
  }: { readonly operation: Operation; readonly before: SchemaModel; readonly after: SchemaModel },
  statements: readonly Statement[],
): readonly Statement[] {
  const change = nameChange(before, operation)
  if (change === undefined) return statements
  const { views, triggers, named, unclear } = dependantsOf(server, before, change)
  if (change.to === undefined && named.length > 0) throw refused(change, named)
  if (unclear.length > 0) throw refused(change, unclear)
  const renamed = operation.kind === 'renameTable' ? operation : undefined
  const moved = (trigger: TriggerModel): TriggerModel =>
    renamed === undefined || trigger.table.name !== renamed.table.name
      ? trigger
      : { ...trigger, table: { name: renamed.to }, definition: renamedInTrigger(trigger.definition, renamed.to) }
  const current = views.flatMap(({ ref }) => before.views.get(tableKey(ref)) ?? [])
  return [
    ...checkDefiners(views, triggers),
    ...current.map(resolves),
    ...statements,
    ...views.map((view) => viewStatement(view, 'CREATE OR REPLACE')),
    ...triggers.flatMap((trigger) => recreatedTrigger(server, after, moved(trigger))),
  ]
}

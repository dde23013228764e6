import {
  type ColumnModel,
  type EnumModel,
  MigrateError,
  type SchemaModel,
  type Statement,
  type TableRef,
  type TriggerModel,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { mentions } from '../../sql/names-in.ts'
import { onlyShows } from '../../sql/view-columns.ts'
import { canonicaliseColumn } from '../../types/canonicalise.ts'
import { createPolicy, dropPolicy } from '../policies.ts'
import { columnOf, refText, sameRef, tableOf } from '../statements.ts'
import { createTrigger, dropTrigger } from '../triggers.ts'
import { createView, dropView } from '../view-text.ts'
import { isReaderOf } from './model-dependants.ts'
import { policiesNaming, policiesReading } from './policy-columns.ts'
import { castNote, castType, triggersReading } from './retyped-texts.ts'

/** What has to go before a change and comes back after it, each in the order to do it. */
interface Surroundings {
  readonly away: readonly Statement[]
  readonly back: readonly Statement[]
}

/** Columns of a table (or of a view, all of them) that something may read. */
interface Read {
  readonly table: TableRef
  readonly columns: readonly string[] | undefined
}

/** The views that read the columns, and those that read these views, so that each stands after what it reads. Each comes back as it was. */
function viewsOn(model: SchemaModel, reads: readonly Read[]): readonly ViewModel[] {
  const views: ViewModel[] = []
  const path = new Set<ViewModel>()
  const visit = (ref: TableRef, columns: readonly string[] | undefined): void => {
    for (const view of model.views.values()) {
      if (path.has(view) || reads.some(({ table }) => sameRef(view.ref, table))) continue
      if (!isReaderOf(view, ref, columns)) continue
      const at = views.indexOf(view)
      // A view behind two others stands behind both.
      if (at !== -1) views.splice(at, 1)
      views.push(view)
      path.add(view)
      visit(view.ref, undefined)
      path.delete(view)
    }
  }
  for (const { table, columns } of reads) visit(table, columns)
  return views
}

const triggersOf = (model: SchemaModel, ref: TableRef): readonly TriggerModel[] =>
  [...model.triggers.values()].filter((trigger) => sameRef(trigger.table, ref))

type ViewCaution = (view: ViewModel) => string | undefined

function recreateView(view: ViewModel, cautionOf: ViewCaution = () => undefined): readonly Statement[] {
  const caution = cautionOf(view)
  return createView(view).map((each, at) => (at > 0 || caution === undefined ? each : { ...each, caution }))
}

/**
 * `a / 2` over a column that is numeric the server writes as `a / (2)::numeric`, and so it stays when the column is an integer again:
 * https://www.postgresql.org/docs/current/functions-info.html (pg_get_viewdef reconstructs the text). A view that only shows the column
 * has no cast.
 */
function castCaution(table: TableRef, old: ColumnModel, now: ColumnModel): ViewCaution {
  const [from, to] = [castType(table, old), castType(table, now)]
  return (view) => {
    if (from === to || onlyShows(view.definition, now.name)) return undefined
    return `view ${refText(view.ref)} is created again from the server's text of it, which has the casts for ${from}: over ${to} its expressions may give other values or types`
  }
}

/**
 * Views, triggers and policies that read columns whose type changes. The server refuses the change while they are there
 * (https://www.postgresql.org/docs/current/sql-altertable.html), so they are recreated from their definitions; where the
 * definition was read from the server, with their owner, privileges, comments and indexes. Row security stays on meanwhile.
 */
export function surroundings(model: SchemaModel, reads: readonly Read[], caution?: ViewCaution): Surroundings {
  const views = viewsOn(model, reads)
  const triggers = reads.flatMap(({ table, columns = [] }) => triggersReading(model, table, columns))
  const policies = new Map(
    reads
      .flatMap(({ table, columns }) =>
        columns === undefined
          ? policiesNaming(model, table.name)
          : columns.flatMap((column) => policiesReading(model, table, column)),
      )
      .map((one) => [one.policy, one] as const),
  )
  for (const view of views) refuseDependantsOf(view)
  return {
    away: [
      ...[...policies.values()].map(({ table, policy }) => dropPolicy(table, policy.name)),
      ...views.toReversed().map(dropView),
      ...triggers.map((trigger) => dropTrigger(trigger.table, trigger.name)),
    ],
    back: [
      ...triggers.flatMap(createTrigger),
      ...views.flatMap((view) => [
        ...recreateView(view, caution),
        ...triggersOf(model, view.ref).flatMap(createTrigger),
      ]),
      ...[...policies.values()].flatMap(({ table, policy }) => createPolicy(table, policy)),
    ],
  }
}

function refuse(object: string, dependants: readonly string[], why: string): never {
  throw new MigrateError('DEPENDENT_OBJECTS', { object, dependants }, `${why}: ${dependants.join(', ')}.`, {
    remedy: 'Drop them before with op.sql(), and create them again after, in the same revision.',
  })
}

/** A view has to go and comes back, and something that does not come back with it needs it. */
export function refuseDependantsOf({ ref, dependants = [] }: ViewModel): void {
  const object = `view ${refText(ref)}`
  if (dependants.length > 0) refuse(object, dependants, `The ${object} cannot be created again, since it is needed by`)
}

/** Functions and rules that read the column: the server refuses the change, halfway through the revision. `more`: what the change drops, or what reads the column in heirs. */
export function refuseDependants(
  model: SchemaModel,
  table: TableRef,
  column: string,
  change: string,
  more: readonly string[] = [],
): void {
  const dependants = [...new Set([...(columnOf(tableOf(model, table), column).dependants ?? []), ...more])]
  const object = `column ${refText(table)}.${column}`
  if (dependants.length > 0) refuse(object, dependants, `The ${object} cannot be ${change}, since it is needed by`)
}

/** The same for an enum that goes over to a new type of its name. */
export function refuseEnum({ ref, dependants = [] }: EnumModel): void {
  const object = `enum ${refText(ref)}`
  const why = `The values of the ${object} cannot be dropped or reordered, since what uses the type cannot go over to a new one`
  if (dependants.length > 0) refuse(object, dependants, why)
}

/**
 * A generated column that reads one whose type changes would have to be dropped, and with it what stands on it. So does, for an enum that
 * becomes a new type, one that is of it: `USING` is not for such.
 */
export function refuseGenerated(model: SchemaModel, table: TableRef, column: string, ofNewEnum = false): void {
  const computed = tableOf(model, table).columns.filter(
    ({ name, generated }) =>
      generated !== undefined && (name === column ? ofNewEnum : mentions(generated.expression, column)),
  )
  if (computed.length === 0) return
  const dependants = computed.map(({ name }) => `generated column ${name}`)
  const object = `column ${refText(table)}.${column}`
  const isOwn = computed.some(({ name }) => name === column)
  const why = isOwn
    ? 'it is generated'
    : `${dependants.join(', ')} ${dependants.length === 1 ? 'is' : 'are'} computed from it`
  throw new MigrateError(
    'DEPENDENT_OBJECTS',
    { object, dependants },
    `The type of the ${object} cannot be changed: ${why}.`,
    { remedy: 'Drop the generated column before, and add it again after, in the same revision.' },
  )
}

export function around(
  model: SchemaModel,
  table: TableRef,
  now: ColumnModel,
  statements: readonly Statement[],
): readonly Statement[] {
  const old = canonicaliseColumn(columnOf(tableOf(model, table), now.name))
  refuseGenerated(model, table, now.name)
  refuseDependants(model, table, now.name, 'of another type', old.ofHeirs)
  const { away, back } = surroundings(model, [{ table, columns: [now.name] }], castCaution(table, old, now))
  const caution = castNote(model, table, old, now)
  const cautioned = statements.map((each, at) => (at > 0 || caution === undefined ? each : { ...each, caution }))
  return [...away, ...cautioned, ...back]
}

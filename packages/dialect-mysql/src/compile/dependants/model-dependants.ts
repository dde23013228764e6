import {
  findTable,
  type Operation,
  put,
  type SchemaModel,
  type TriggerModel,
  tableKey,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { type DependentText, type NameChange, rewriteReferences, tablesIn } from '../../ddl/rename-references.ts'
import type { Server } from '../../flavour.ts'
import { isWord, tokensUnder } from '../../sql/tokens.ts'

/** What an operation calls otherwise, or takes away, of what other objects name. */
export function nameChange(before: SchemaModel, operation: Operation): NameChange | undefined {
  if (operation.kind === 'renameTable') return { of: 'table', name: operation.table.name, to: operation.to }
  if (operation.kind === 'renameView') return { of: 'table', name: operation.view.name, to: operation.to }
  if (operation.kind === 'dropTable') return { of: 'table', name: operation.table.name }
  if (operation.kind === 'dropView') return { of: 'table', name: operation.view.name }
  if (operation.kind !== 'renameColumn' && operation.kind !== 'dropColumn') return undefined
  const columns = findTable(before, operation.table)?.columns.map(({ name }) => name)
  return {
    of: 'column',
    table: operation.table.name,
    name: operation.column,
    ...(operation.kind === 'renameColumn' ? { to: operation.to } : {}),
    ...(columns === undefined ? {} : { columns }),
  }
}

interface Dependants {
  /** With the new name in them. */
  readonly views: readonly ViewModel[]
  readonly triggers: readonly TriggerModel[]
  /** Those that name it, or may do so, for people. */
  readonly named: readonly string[]
  /** Of those, the ones of which it cannot be told what they mean. */
  readonly unclear: readonly string[]
}

/** Where the body of a trigger begins: behind FOR EACH ROW. */
function bodyStart({ definition, settings }: TriggerModel): number {
  const tokens = tokensUnder(definition, settings?.sql_mode)
  const row = tokens.findIndex((token) => isWord(token, 'ROW'))
  return row + 1
}

function textOf(server: Server, trigger: TriggerModel): DependentText {
  const { definition, settings, table } = trigger
  return {
    text: definition,
    ...(settings?.sql_mode === undefined ? {} : { sqlMode: settings.sql_mode }),
    start: bodyStart(trigger),
    rowsOf: table.name,
    foldsCase: server.lowerCaseTableNames !== 0,
  }
}

const viewText = (server: Server, { definition }: ViewModel): DependentText => ({
  text: definition,
  foldsCase: server.lowerCaseTableNames !== 0,
})

/** The views and triggers that a change of a name is about. Those that go with what is dropped are none of them. */
export function dependantsOf(server: Server, model: SchemaModel, change: NameChange): Dependants {
  const views: ViewModel[] = []
  const triggers: TriggerModel[] = []
  const named: string[] = []
  const unclear: string[] = []
  const isTableDropped = change.of === 'table' && change.to === undefined
  for (const view of model.views.values()) {
    if (change.of === 'table' && view.ref.name === change.name) continue
    const result = rewriteReferences(change, viewText(server, view))
    if (result.kind === 'untouched') continue
    named.push(`view ${view.ref.name}`)
    if (result.kind === 'unclear') unclear.push(`view ${view.ref.name}`)
    if (result.kind === 'touched') views.push({ ...view, definition: result.text })
  }
  for (const trigger of model.triggers.values()) {
    if (isTableDropped && trigger.table.name === change.name) continue
    const result = rewriteReferences(change, textOf(server, trigger))
    if (result.kind === 'untouched') continue
    const name = `trigger ${trigger.name} on ${trigger.table.name}`
    named.push(name)
    if (result.kind === 'unclear') unclear.push(name)
    if (result.kind === 'touched') triggers.push({ ...trigger, definition: result.text })
  }
  return { views: inOrder(server, views), triggers, named, unclear }
}

/** Each behind those that it reads. */
function inOrder(server: Server, views: readonly ViewModel[]): readonly ViewModel[] {
  const byName = new Map(views.map((view) => [view.ref.name, view]))
  const done = new Set<ViewModel>()
  const visit = (view: ViewModel, path: readonly ViewModel[]): void => {
    if (done.has(view) || path.includes(view)) return
    for (const name of tablesIn(viewText(server, view))) {
      const other = byName.get(name)
      if (other !== undefined) visit(other, [...path, view])
    }
    done.add(view)
  }
  for (const view of views) visit(view, [])
  return [...done]
}

/** The schema with the new name in the views and triggers that name it; `before` is the schema before the operation. */
export function withDependants(
  server: Server,
  before: SchemaModel,
  after: SchemaModel,
  operation: Operation,
): SchemaModel {
  const change = nameChange(before, operation)
  if (change?.to === undefined) return after
  const { views, triggers } = dependantsOf(server, before, change)
  let model = after
  for (const view of views) model = put(model, 'views', tableKey(view.ref), view)
  for (const trigger of triggers) {
    for (const [key, current] of model.triggers)
      if (current.name === trigger.name) model = put(model, 'triggers', key, { ...trigger, table: current.table })
  }
  return model
}

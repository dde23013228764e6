import { type Operation, type SchemaModel, type TriggerModel, triggerKey } from '@org/migrate-core/dialect'
import { isWord, tokensUnder } from '../sql/tokens.ts'

export const means = ({ kind }: { readonly kind: string }): boolean => kind !== 'space' && kind !== 'comment'

/** `BEFORE INSERT`, by which triggers of a table stand in one order. */
export function eventOf({ definition, settings }: TriggerModel): string {
  const tokens = tokensUnder(definition, settings?.sql_mode).filter(means)
  const at = tokens.findIndex((token) => isWord(token, 'BEFORE', 'AFTER'))
  return `${tokens[at]?.text} ${tokens[at + 1]?.text}`.toUpperCase()
}

/** The other triggers of its table and event, in the order in which they run. */
export function siblingsOf({ triggers }: SchemaModel, trigger: TriggerModel): readonly TriggerModel[] {
  const event = eventOf(trigger)
  return [...triggers.values()].filter(
    (other) => other.name !== trigger.name && other.table.name === trigger.table.name && eventOf(other) === event,
  )
}

/** Where the text itself puts the trigger. https://dev.mysql.com/doc/refman/8.4/en/create-trigger.html */
function statedPosition({ definition, settings }: TriggerModel, names: readonly string[]): number | undefined {
  const tokens = tokensUnder(definition, settings?.sql_mode).filter(means)
  const row = tokens.findIndex((token) => isWord(token, 'ROW'))
  const [clause, other] = tokens.slice(row + 1)
  if (row === -1 || !isWord(clause, 'FOLLOWS', 'PRECEDES')) return undefined
  const text = other?.text ?? ''
  const name = /^[`"]/.test(text) ? text.slice(1, -1).replaceAll(text.slice(0, 1).repeat(2), text.slice(0, 1)) : text
  const at = names.indexOf(name)
  return at === -1 ? undefined : isWord(clause, 'FOLLOWS') ? at + 1 : at
}

function positionOf(trigger: TriggerModel, names: readonly string[]): number {
  const stated = statedPosition(trigger, names)
  if (stated !== undefined || trigger.after === undefined) return stated ?? names.length
  const last = names.findLastIndex((name) => trigger.after?.includes(name))
  return last === -1 ? 0 : last + 1
}

/** The model with these triggers, which are all of their table and event, in this order. */
function inOrder(model: SchemaModel, ordered: readonly TriggerModel[]): SchemaModel {
  const names = ordered.map(({ name }) => name)
  const placed = ordered.map((trigger, at): TriggerModel => ({ ...trigger, after: names.slice(0, at) }))
  const keys = new Set(ordered.map(({ table, name }) => triggerKey(table, name)))
  const next = placed.values()
  const triggers = new Map<string, TriggerModel>()
  for (const [key, each] of model.triggers) {
    const trigger = keys.has(key) ? (next.next().value ?? each) : each
    triggers.set(triggerKey(trigger.table, trigger.name), trigger)
  }
  return { ...model, triggers }
}

/**
 * The model after a trigger was created or dropped, with its siblings in the order in which they run then: a trigger that is created again
 * is put among them, and one that took the name of another stands elsewhere.
 */
export function withTriggerOrder(before: SchemaModel, after: SchemaModel, operation: Operation): SchemaModel {
  if (operation.kind === 'dropTrigger') {
    const dropped = before.triggers.get(triggerKey(operation.table, operation.trigger))
    const siblings = dropped === undefined ? [] : siblingsOf(after, dropped)
    return siblings.length === 0 ? after : inOrder(after, siblings)
  }
  if (operation.kind !== 'createTrigger') return after
  const { trigger } = operation
  const siblings = siblingsOf(after, trigger)
  if (siblings.length === 0) return after
  const names = siblings.map(({ name }) => name)
  return inOrder(after, siblings.toSpliced(positionOf(trigger, names), 0, trigger))
}

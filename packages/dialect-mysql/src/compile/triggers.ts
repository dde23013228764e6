import { createHash } from 'node:crypto'
import {
  type CompileTable,
  type SchemaModel,
  type Statement,
  sql,
  type TriggerModel,
  verbatim,
} from '@org/migrate-core/dialect'
import { eventOf, means, siblingsOf } from '../ddl/trigger-order.ts'
import type { Server } from '../flavour.ts'
import { programSettings } from '../sql/program-modes.ts'
import { quote } from '../sql/quote.ts'
import { isWord, tokensUnder } from '../sql/tokens.ts'
import { ddl, underSettings } from './statements.ts'

/**
 * The text with its place among the triggers of its table and event, where that is known.
 * https://dev.mysql.com/doc/refman/8.4/en/create-trigger.html: without a place it comes last.
 */
function textInOrder(model: SchemaModel, trigger: TriggerModel): string {
  const { definition, after, settings } = trigger
  if (after === undefined) return definition.trim()
  const siblings = siblingsOf(model, trigger)
  const before = after.findLast((each) => siblings.some((other) => other.name === each))
  const next = siblings.find((other) => !after.includes(other.name))
  const orderClause =
    before !== undefined
      ? ` FOLLOWS ${quote.identifier(before).text}`
      : next === undefined
        ? ''
        : ` PRECEDES ${quote.identifier(next.name).text}`
  const tokens = tokensUnder(definition, settings?.sql_mode)
  const row = tokens.findIndex((token) => isWord(token, 'ROW'))
  const following = tokens.slice(row + 1).find(means)
  if (orderClause === '' || row === -1 || isWord(following, 'FOLLOWS', 'PRECEDES')) return definition.trim()
  return tokens
    .map(({ text }, at) => (at === row ? `${text}${orderClause}` : text))
    .join('')
    .trim()
}

/** Without a mode of its own it gets the one of any other client. */
function underTriggerSettings({ settings }: TriggerModel): Pick<Statement, 'settings'> {
  const own = underSettings(settings)
  if (settings?.sql_mode !== undefined) return own
  const { set, reset } = programSettings
  return {
    settings: { set: [...(own.settings?.set ?? []), ...set], reset: [...reset, ...(own.settings?.reset ?? [])] },
  }
}

function createTrigger(model: SchemaModel, trigger: TriggerModel, replace: boolean): Statement {
  const text = textInOrder(model, trigger)
  return ddl(
    replace ? text.replace(/^CREATE\b/i, 'CREATE OR REPLACE') : text,
    [trigger.table],
    underTriggerSettings(trigger),
  )
}

const dropText = ({ table, name }: Pick<TriggerModel, 'table' | 'name'>) =>
  sql`DROP TRIGGER ${quote.table({ ...table, name })}`

/**
 * A trigger that names something by its old name fails every write of its event, until it is recreated with the new one. MySQL has no
 * statement that replaces one: so that no write goes by without it between dropping and creating, another trigger refuses them.
 */
export function recreatedTrigger(server: Server, after: SchemaModel, trigger: TriggerModel): readonly Statement[] {
  // https://mariadb.com/kb/en/create-trigger/: OR REPLACE is MariaDB's.
  if (server.flavour === 'mariadb') return [createTrigger(after, trigger, true)]
  const { table, name } = trigger
  const guard = `migrate_guard_${createHash('sha256').update(name).digest('hex').slice(0, 12)}`
  const event = eventOf(trigger).split(' ')[1] ?? 'INSERT'
  const message = `the trigger ${name} is being changed by a migration: try again`.slice(0, 120)
  const refusing = sql`CREATE TRIGGER ${quote.identifier(guard)} BEFORE ${verbatim(event)} ON ${quote.table(table)} FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = ${quote.literal(message)}`
  return [
    ddl(refusing, [table], { note: `refuse writes to ${table.name} while its trigger ${name} is recreated` }),
    ddl(dropText(trigger), [table]),
    createTrigger(after, trigger, false),
    ddl(dropText({ table, name: guard }), [table]),
  ]
}

export const triggerStatements: Pick<CompileTable, 'createTrigger' | 'dropTrigger'> = {
  createTrigger: ({ operation: { trigger }, before }) => [createTrigger(before, trigger, false)],
  // Triggers have names of their own in the database, and stand in that of their table.
  dropTrigger: ({ operation: { table, trigger } }) => [ddl(dropText({ table, name: trigger }), [table])],
}

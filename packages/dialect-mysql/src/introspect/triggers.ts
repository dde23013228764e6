import type { Row, Session, StoredProgram, TriggerModel } from '@org/migrate-core/dialect'
import { modeVariables } from '../sql/classify.ts'
import { quote } from '../sql/quote.ts'
import { isWord, tokensUnder } from '../sql/tokens.ts'
import { cell, shownCreate, text } from './catalog.ts'
import { definerText, settingsOf } from './views.ts'

/** MariaDB reads those of every database on the server where only the schema of the trigger is named, which is always that of its table. */
export async function readTriggerRows(session: Session): Promise<readonly Row[]> {
  const rows = await session.query(
    `SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS table_name, ACTION_TIMING AS timing, EVENT_MANIPULATION AS event,
 ACTION_STATEMENT AS body, IF(DEFINER = CURRENT_USER(), NULL, DEFINER) AS definer,
 SQL_MODE AS mode, ${modeVariables.program} AS usual_mode, NULLIF(CHARACTER_SET_CLIENT, @@character_set_client) AS client,
 NULLIF(COLLATION_CONNECTION, @@collation_connection) AS collation
 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE() AND EVENT_OBJECT_SCHEMA = DATABASE()
 ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER`,
  )
  const whole: Row[] = []
  for (const row of rows)
    whole.push(isChangedByCatalog(text(row, 'body')) ? { ...row, body: await bodyOf(session, row) } : row)
  return whole
}

/**
 * The catalog has a body for people: strings without their escapes (MySQL: without their doubled quotes, too), no character set before
 * a literal, and a `?` for a character beyond U+FFFF. SHOW has it as it was written.
 * https://dev.mysql.com/doc/refman/8.4/en/show-create-trigger.html
 */
const isChangedByCatalog = (body: string): boolean => /['"?\\]|\b0[xb]/i.test(body)

/** That of the catalog where the trigger is gone meanwhile. */
async function bodyOf(session: Session, row: Row): Promise<string> {
  const shown = await shownCreate(session, 'TRIGGER', text(row, 'name'))
  if (shown === undefined) return text(row, 'body')
  const tokens = tokensUnder(text(shown, 'SQL Original Statement'), text(row, 'mode'))
  const each = tokens.findIndex((token) => isWord(token, 'EACH'))
  const start = tokens.findIndex((token, at) => at > each && isWord(token, 'ROW'))
  if (each === -1 || start === -1) return text(row, 'body')
  return tokens
    .slice(start + 1)
    .map((token) => token.text)
    .join('')
    .trim()
}

export const isSameMode = (one: string, other: string): boolean => {
  const sorted = (modes: string): string => modes.split(',').sort().join(',')
  return sorted(one) === sorted(other)
}

/**
 * mysql2 sets IGNORE_SPACE in every session (https://dev.mysql.com/doc/c-api/8.4/en/mysql-real-connect.html, CLIENT_IGNORE_SPACE). It decides
 * only whether a body can be parsed (https://dev.mysql.com/doc/refman/8.4/en/function-resolution.html), which a new trigger proves.
 */
const withoutSpaces = (modes: string): string =>
  modes
    .split(',')
    .filter((mode) => mode !== 'IGNORE_SPACE')
    .join(',')

export const isUsualMode = (mode: string, usual: string): boolean =>
  isSameMode(withoutSpaces(mode), withoutSpaces(usual))

/** Null: the one that a trigger gets that we create. */
function modeOf(row: Row): string | null {
  const usual = cell(row, 'usual_mode')
  const mode = text(row, 'mode')
  return usual !== null && isSameMode(mode, usual) ? null : mode
}

/** The text that makes it again; its definer is written only where that is another user than ours. */
export function readTrigger(row: Row, table: string, earlier: readonly Row[]): TriggerModel {
  const definer = cell(row, 'definer')
  const name = text(row, 'name')
  const parts = [
    'CREATE',
    ...(definer === null ? [] : [definerText(definer)]),
    `TRIGGER ${quote.identifier(name).text} ${text(row, 'timing')} ${text(row, 'event')}`,
    `ON ${quote.identifier(table).text} FOR EACH ROW ${text(row, 'body')}`,
  ]
  const definition = parts.join(' ')
  const same = (other: Row): boolean =>
    ['table_name', 'timing', 'event'].every((fact) => text(other, fact) === text(row, fact))
  return {
    name,
    table: { name: table },
    definition,
    ...settingsOf(
      {
        sql_mode: modeOf(row),
        character_set_client: cell(row, 'client'),
        collation_connection: cell(row, 'collation'),
      },
      definition,
    ),
    after: earlier.filter(same).map((other) => text(other, 'name')),
  }
}

const kinds = { PROCEDURE: 'procedure', FUNCTION: 'function', EVENT: 'event' } as const

function readProgram(row: Row): StoredProgram {
  const kind = kinds[text(row, 'kind') as keyof typeof kinds] ?? 'procedure'
  return { kind, name: text(row, 'name'), definition: text(row, 'definition') }
}

/** The routines and events of the database whose bodies this user may see. */
export async function readPrograms(session: Session): Promise<readonly StoredProgram[]> {
  const rows = await session.query(
    `SELECT ROUTINE_TYPE AS kind, ROUTINE_NAME AS name, ROUTINE_DEFINITION AS definition
 FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE IN ('PROCEDURE', 'FUNCTION')
 UNION ALL SELECT 'EVENT', EVENT_NAME, EVENT_DEFINITION FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()
 ORDER BY 1, 2`,
  )
  return rows.map(readProgram)
}

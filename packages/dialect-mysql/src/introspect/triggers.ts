import type { Row, Session, TriggerModel } from '@org/migrate-core/dialect'
import { quote } from '../quote.ts'
import { cell, text } from './catalog.ts'
import { definerText } from './views.ts'

export function readTriggerRows(session: Session): Promise<readonly Row[]> {
  return session.query(
    `SELECT TRIGGER_NAME AS name, EVENT_OBJECT_TABLE AS table_name, ACTION_TIMING AS timing, EVENT_MANIPULATION AS event,
 ACTION_STATEMENT AS body, IF(DEFINER = CURRENT_USER(), NULL, DEFINER) AS definer
 FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()
 ORDER BY EVENT_OBJECT_TABLE, ACTION_TIMING, EVENT_MANIPULATION, ACTION_ORDER`,
  )
}

/** The text that makes it again; whom it runs as is said only where that is somebody else than we are. */
export function readTrigger(row: Row, table: string): TriggerModel {
  const definer = cell(row, 'definer')
  const name = text(row, 'name')
  const words = [
    'CREATE',
    ...(definer === null ? [] : [definerText(definer)]),
    `TRIGGER ${quote.identifier(name).text} ${text(row, 'timing')} ${text(row, 'event')}`,
    `ON ${quote.identifier(table).text} FOR EACH ROW ${text(row, 'body')}`,
  ]
  return { name, table: { name: table }, definition: words.join(' ') }
}

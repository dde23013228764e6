import type { Row, Session, StoredProgram } from '@org/migrate-core/dialect'
import { text } from './catalog.ts'

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

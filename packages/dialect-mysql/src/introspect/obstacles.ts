import type { FaultKind, Obstacle, Session, TableModel } from '@org/migrate-core/dialect'
import { spellingOf } from '../ddl/respell.ts'
import type { Server } from '../flavour.ts'
import { quote } from '../sql/quote.ts'
import { text } from './catalog.ts'

const kinds: ReadonlyMap<string, string> = new Map([
  ['VIEW', 'a view'],
  ['SEQUENCE', 'a sequence'],
])

/**
 * Views and the sequences of MariaDB share the names of tables. A user is shown those tables only on which they have some right:
 * a SELECT is refused for the right where they have none, also where there is no such table.
 */
export async function obstacles(
  { lowerCaseTableNames }: Server,
  session: Session,
  tables: readonly TableModel[],
  faultOf: (error: unknown) => FaultKind,
): Promise<readonly Obstacle[]> {
  const names = tables.map(({ ref }) => ref.name)
  const rows = await session.query(
    `SELECT TABLE_NAME AS name, TABLE_TYPE AS type FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${names.map(() => '?').join(', ')})`,
    names,
  )
  const spelled = spellingOf(lowerCaseTableNames === 0 ? [] : names)
  const result: Obstacle[] = []
  for (const { ref } of tables) {
    const row = rows.find((each) => spelled(text(each, 'name')) === ref.name)
    const kind = row && kinds.get(text(row, 'type'))
    if (kind !== undefined) {
      result.push({ table: ref.name, why: `${kind} has its name` })
      continue
    }
    try {
      await session.query(`SELECT 1 FROM ${quote.table(ref).text} WHERE 1 = 0`)
    } catch (error) {
      const fault = faultOf(error)
      if (fault === 'permission') result.push({ table: ref.name, hidden: true, why: 'this user lacks SELECT on it' })
      else if (fault !== 'missing') throw error
    }
  }
  return result
}

import { sql, touchedObjects } from '@org/migrate-core/connection'
import type { DialectErrors, Session } from '@org/migrate-core/dialect'
import { grammar } from '../sql/classify.ts'
import { quote } from '../sql/quote.ts'
import { text } from './catalog.ts'
import { counter } from './tables.ts'

/** How the server itself writes the definition of a table or a view; null: there is none. */
async function definition(session: Session, name: string, kindOf: DialectErrors['kindOf']): Promise<string | null> {
  try {
    const [row = {}] = await session.query(sql`SHOW CREATE TABLE ${quote.identifier(name)}`.text)
    return text(row, 'Create Table' in row ? 'Create Table' : 'Create View').replace(counter, '$1')
  } catch (error) {
    if (kindOf(error) === 'missing') return null
    throw error
  }
}

/**
 * The definitions of the tables and views that a statement of an author may change, one statement for each. No server runs DDL in a
 * trigger or a function (error 1422), so a statement changes only what its text names. Undefined where the text doesn't tell, or the
 * server refuses to show a definition.
 */
export async function definitionsOf(
  session: Session,
  statement: string,
  kindOf: DialectErrors['kindOf'],
): Promise<readonly (readonly [name: string, definition: string | null])[] | undefined> {
  const touched = touchedObjects(statement, grammar)
  if (touched === undefined || touched.kind === 'trigger') return undefined
  const definitions: (readonly [string, string | null])[] = []
  for (const name of touched.names) {
    try {
      definitions.push([name, await definition(session, name, kindOf)])
    } catch (error) {
      if (!session.isOpen || kindOf(error) === 'connection') throw error
      return undefined
    }
  }
  return definitions
}

import { MigrateError } from '@org/migrate-core/connection'
import type { CopySpec, Session } from '@org/migrate-core/dialect'
import { messageOf } from '../../sql/faults.ts'
import { nameOf, significant, tokenize } from '../../sql/tokenize.ts'
import type { Database } from './handle.ts'

/**
 * A name without a schema is that of the temporary object first: https://www.sqlite.org/lang_naming.html. Triggers have a space of names of
 * their own; what SQLite keeps for itself, as `sqlite_sequence`, is always named with its schema here.
 */
const temporarySql = `SELECT t.name, t.type IN ('table', 'view'), EXISTS (SELECT 1 FROM main.sqlite_master AS m
    WHERE m.name = t.name COLLATE NOCASE AND (m.type = 'trigger') = (t.type = 'trigger'))
  FROM temp.sqlite_master AS t WHERE t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`

/** Asked each time: between two statements of a run the application may use the handle. */
export function hiddenNamesOf(db: Database): NonNullable<Session['hiddenNames']> {
  return async (names) => {
    const requested = new Set(names.map((name) => name.toLowerCase()))
    const rows = db.prepare(temporarySql).raw(true).all() as (readonly [string, number | bigint, number | bigint])[]
    return rows.flatMap(([name, isRelation, hides]) =>
      Number(hides) === 1 || (Number(isRelation) === 1 && requested.has(name.toLowerCase())) ? [name] : [],
    )
  }
}

/**
 * Remembers the temporary triggers on a table that is about to be copied: DROP TABLE drops them, too. The function given creates again those
 * that are gone, once the table has its name back. Throws DEPENDANT_BROKEN where one can't be created.
 */
export function rememberTriggers(db: Database, copy: CopySpec): () => void {
  const last = significant(tokenize(copy.from)).at(-1)
  const table = last === undefined ? undefined : nameOf(last)
  const read = `SELECT name, sql FROM temp.sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE ORDER BY rowid`
  const before = table === undefined ? [] : (db.prepare(read).raw(true).all(table) as (readonly [string, string])[])
  return () => {
    const isThere = db.prepare("SELECT 1 FROM temp.sqlite_master WHERE type = 'trigger' AND name = ?")
    for (const [name, text] of before) {
      if (isThere.get(name) !== undefined) continue
      try {
        // The text is kept without the word TEMP.
        db.exec(text.replace(/^CREATE TRIGGER/, 'CREATE TEMP TRIGGER'))
      } catch (cause) {
        const object = `trigger ${name} on ${table}`
        const why = messageOf(cause)
        throw new MigrateError('DEPENDANT_BROKEN', { object, why }, `${object} would no longer work: ${why}`, { cause })
      }
    }
  }
}

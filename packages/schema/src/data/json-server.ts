import { isMigrateError, type SqlValue, type StepDatabase } from '@org/migrate-core'
import { sameJson } from './json-respelling.ts'
import { jsonCheck } from './json-validity.ts'

/*
 * What is JSON by RFC 8259 and still more than a server holds:
 * - MySQL keeps JSON in a form of its own (its manual, "The JSON Data Type"): of two equal names the last, numbers as integers of
 *   64 bits or doubles, no lone surrogates, at most 100 levels;
 * - MariaDB keeps the text, but its JSON_VALID knows 32 levels;
 * - PostgreSQL keeps the text, and reads it by recursion, as deep as its max_stack_depth lets it.
 */

/** Far above what chats have, and far below what PostgreSQL's default stack of 2 MB holds (about 14,000). */
const deep = 1_000
/** So many levels more must fit: where the text is read later, the stack may be fuller. */
const spare = 500

/** Whether PostgreSQL has to be asked before it is given a text of that many levels. */
export function isDeep(db: StepDatabase, levels: number): boolean {
  return db.dialect === 'postgres' && levels > deep
}

/** Whether PostgreSQL reads the JSON text that the expression gives in a row; a refusal leaves the transaction as it was. */
export async function readsDeep(
  db: StepDatabase,
  expression: string,
  from: string,
  params: readonly SqlValue[],
): Promise<boolean> {
  const text = `CONCAT(REPEAT('[', ${spare}), ${expression}, REPEAT(']', ${spare}))`
  try {
    await db.transaction(() => db.query(`SELECT CAST(${text} AS JSON) IS NULL AS "unread" ${from}`, params))
    return true
  } catch (error) {
    if (isMigrateError(error, 'STATEMENT_FAILED')) return false
    throw error
  }
}

/** MariaDB keeps JSON as the text it is. */
export async function respells(db: StepDatabase): Promise<boolean> {
  if (db.dialect !== 'mysql') return false
  const [server] = await db.query('SELECT VERSION() AS "version"')
  return !String(server?.version).includes('MariaDB')
}

/** What a JSON column would hold of a JSON text: all of it, less than it says, or nothing. */
export async function holds(db: StepDatabase, text: string): Promise<'all' | 'less' | 'nothing'> {
  if (db.dialect === 'mysql') {
    const [valid] = await db.query('SELECT JSON_VALID(?) AS "valid"', [text])
    if (valid?.valid !== 1n) return 'nothing'
    if (!(await respells(db))) return 'all'
    const [kept] = await db.query('SELECT CAST(CAST(? AS JSON) AS CHAR) AS "text"', [text])
    return sameJson(text, String(kept?.text)) ? 'all' : 'less'
  }
  const check = jsonCheck()
  check.push(text)
  if (!isDeep(db, check.deepest())) return 'all'
  return (await readsDeep(db, 'CAST(? AS TEXT)', '', [text])) ? 'all' : 'nothing'
}

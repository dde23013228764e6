import { isMigrateError, type SqlValue, type StepDatabase } from '@org/migrate-core'
import { sameJson } from './json-respelling.ts'
import { JsonCheck } from './json-validity.ts'

/*
 * What is JSON by RFC 8259 and still more than a server holds:
 * - MySQL keeps JSON in a form of its own (its manual, "The JSON Data Type"): of two equal names the last, numbers as integers of
 *   64 bits or doubles, no lone surrogates, at most 100 levels;
 * - MariaDB keeps the text, but its JSON_VALID knows neither lone surrogates nor more than 31 levels;
 * - PostgreSQL keeps the text, and reads it by recursion, as deep as its max_stack_depth lets it.
 */

/** Of deeper texts MySQL's JSON_VALID says nothing but an error (3157). */
const mysqlLevels = 100
/** Far above what chats have, and far below what PostgreSQL's default stack of 2 MB holds (about 14,000). */
const deep = 1_000
/** So many levels more must fit: where the text is read later, the stack may be fuller. */
const spare = 500

/** How deep a JSON text is nested. */
function levelsOf(text: string): number {
  const check = new JsonCheck()
  check.push(text)
  return check.deepest()
}

/** Whether PostgreSQL reads the JSON text that the expression gives; a refusal leaves the transaction as it was. */
async function readsDeep(
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

/** Whether the server reads a JSON text of that many levels; `expression` gives the text in the rows of `from`. */
export async function readsLevels(
  db: StepDatabase,
  levels: number,
  expression: string,
  from = '',
  params: readonly SqlValue[] = [],
): Promise<boolean> {
  if (db.dialect === 'mysql') return levels <= mysqlLevels
  return db.dialect !== 'postgres' || levels <= deep || readsDeep(db, expression, from, params)
}

/** MariaDB keeps JSON as the text it is. */
export async function respells(db: StepDatabase): Promise<boolean> {
  const [server] = await db.query('SELECT VERSION() AS "version"')
  return !String(server?.version).includes('MariaDB')
}

/** Where only lone surrogates keep MySQL from taking a JSON text: the text with U+FFFD in their places. */
function withoutLoneSurrogates(text: string): string {
  const parts = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\[\s\S]/g
  return text.replace(parts, (part) => (part.length === 6 ? '\\ufffd' : part))
}

export interface Held {
  /** The text to give to the server; undefined where it takes none that says nearly the same. */
  readonly text: string | undefined
  /** The text as a JSON column shows it. */
  readonly shown: string | undefined
  /** Whether that says all that the text says. */
  readonly whole: boolean
}

/** What a JSON column of the server would hold of a JSON text. */
export async function heldOf(db: StepDatabase, text: string): Promise<Held> {
  const nothing = { text: undefined, shown: undefined, whole: false }
  if (!(await readsLevels(db, levelsOf(text), 'CAST(? AS TEXT)', '', [text]))) return nothing
  if (db.dialect !== 'mysql') return { text, shown: text, whole: true }
  const own = await respells(db)
  for (const given of new Set([text, withoutLoneSurrogates(text)])) {
    const [valid] = await db.query('SELECT JSON_VALID(?) AS "valid"', [given])
    if (valid?.valid !== 1n) continue
    const [row] = own ? await db.query('SELECT CAST(CAST(? AS JSON) AS CHAR) AS "text"', [given]) : []
    const shown = own ? String(row?.text) : given
    return { text: given, shown, whole: given === text && sameJson(text, shown) }
  }
  return nothing
}

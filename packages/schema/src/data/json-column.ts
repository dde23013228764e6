import type { RawText, Row, SqlValue, StepDatabase } from '@org/migrate-core'
import { exactText } from './exact-text.ts'
import { isJsonNumber } from './json-parts.ts'
import { sameJson } from './json-respelling.ts'
import { heldOf, readsLevels, respells } from './json-server.ts'
import { type JsonCheck, jsonCheck } from './json-validity.ts'

/** Longer texts are judged in pieces, so that a chat of 50 MB does not stand in memory as a whole. */
const longText = 1 << 20
/** Each piece costs a read of the whole text, and its memory is free again only when V8 gets to it. */
const piece = 4 << 20
/** Few enough that they are garbage before V8 makes its young generation bigger for them. */
const rowsAtOnce = 100

type RowKey = { readonly [column: string]: SqlValue }

export interface JsonTextColumn {
  readonly table: string
  /** The columns of a unique key. */
  readonly key: readonly string[]
  readonly column: string
  /** A text that is no JSON. The old value is the text, byte for byte. */
  readonly invalid: (key: RowKey, text: SqlValue | RawText) => Promise<void>
}

/**
 * Looks at every text of a column that is about to become JSON: hands over those that are no JSON, and keeps the
 * numbers whose digits the new type would not hold. Nothing else is read twice or written.
 */
export async function checkJsonTexts(db: StepDatabase, what: JsonTextColumn): Promise<void> {
  const { table, key, column } = what
  const invalid = async (rowKey: RowKey, text: SqlValue): Promise<void> =>
    what.invalid(rowKey, await exactText(db, { table, column, key: rowKey }, text))
  const taken = (rowKey: RowKey, levels: number): Promise<boolean> =>
    readsLevels(db, levels, `"${column}"`, `FROM "${table}" WHERE ${whereKey(key)}`, Object.values(rowKey))
  await db.backfill({
    table,
    key,
    columns: [column],
    batch: rowsAtOnce,
    where: `"${column}" IS NOT NULL AND OCTET_LENGTH("${column}") <= ${longText}`,
    step: async (rows) => {
      for (const row of rows) {
        const text = row[column] ?? null
        const rowKey = keyOf(what, row)
        const check = jsonCheck()
        const isJson = typeof text === 'string' && check.push(text) && check.end()
        if (!isJson || !(await taken(rowKey, check.deepest()))) await invalid(rowKey, text)
        else if (isAffinityNumber(db, text)) await keepDigits(db, what, rowKey, text, invalid)
      }
    },
  })
  await db.backfill({
    table,
    key,
    columns: [],
    where: `"${column}" IS NOT NULL AND OCTET_LENGTH("${column}") > ${longText}`,
    step: async (rows) => {
      for (const row of rows) {
        const rowKey = keyOf(what, row)
        const levels = await levelsOfLongJson(db, what, rowKey)
        const isHeld = levels !== undefined && (await taken(rowKey, levels))
        if (isHeld && !(await beginsWithNumber(db, what, rowKey))) continue
        const [found] = await db.query(`SELECT "${column}" AS "text" FROM "${table}" WHERE ${whereKey(key)}`, [
          ...Object.values(rowKey),
        ])
        const text = found?.text ?? null
        if (isHeld && typeof text === 'string') await keepDigits(db, what, rowKey, text, invalid)
        else await invalid(rowKey, text)
      }
    },
  })
  if (db.dialect === 'mysql') await settleWithServer(db, what, invalid)
}

/** What MySQL and MariaDB do not take is treated as no JSON; where they hold less than the text says, the text is preserved. */
async function settleWithServer(
  db: StepDatabase,
  what: JsonTextColumn,
  invalid: (key: RowKey, text: SqlValue) => Promise<void>,
): Promise<void> {
  const { table, key, column } = what
  const own = await respells(db)
  const shown = own ? `CASE WHEN JSON_VALID("${column}") THEN CAST(CAST("${column}" AS JSON) AS CHAR) END` : 'NULL'
  await db.backfill({
    table,
    key,
    columns: [column],
    batch: rowsAtOnce,
    where: `"${column}" IS NOT NULL`,
    step: async (rows) => {
      const keys = rows.map((row) => keyOf(what, row))
      const answers = await db.query(
        `SELECT ${key.map((name) => `"${name}"`).join(', ')}, JSON_VALID("${column}") AS "$valid", ${shown} AS "$shown" ` +
          `FROM "${table}" WHERE ${keys.map(() => `(${whereKey(key)})`).join(' OR ')}`,
        keys.flatMap((each) => Object.values(each)),
      )
      const byKey = new Map(answers.map((answer) => [JSON.stringify(keyOf(what, answer)), answer]))
      for (const [at, rowKey] of keys.entries()) {
        const text = String(rows[at]?.[column])
        const answer = byKey.get(JSON.stringify(rowKey))
        const valid = answer?.$valid === 1n
        if (valid && (!own || sameJson(text, String(answer.$shown)))) continue
        const held = valid ? { text, shown: String(answer.$shown) } : await heldOf(db, text)
        if (held.text === undefined) await invalid(rowKey, text)
        else await holdLess(db, what, rowKey, { before: text, text: held.text, shown: held.shown ?? null })
      }
    },
  })
}

async function holdLess(
  db: StepDatabase,
  { table, key, column }: JsonTextColumn,
  rowKey: RowKey,
  { before, text, shown }: { readonly before: string; readonly text: string; readonly shown: SqlValue },
): Promise<void> {
  await db.preserve({ table, key: rowKey, column, value: before, written: shown })
  if (text !== before) {
    const params = [text, ...Object.values(rowKey)]
    await db.execute(`UPDATE "${table}" SET "${column}" = ? WHERE ${whereKey(key)}`, params)
  }
  db.report('JSON texts of which the server keeps less; the text is preserved', Object.values(rowKey).join(', '))
}

function keyOf({ key }: JsonTextColumn, row: Row): RowKey {
  return Object.fromEntries(key.map((name) => [name, row[name] ?? null]))
}

function whereKey(key: readonly string[]): string {
  return key.map((name) => `"${name}" = ?`).join(' AND ')
}

/** How deep a long text is nested; undefined where it is no JSON. SQLite counts characters from the start each time, but finds a byte at once: there the pieces are bytes. */
async function levelsOfLongJson(
  db: StepDatabase,
  { table, key, column }: JsonTextColumn,
  rowKey: RowKey,
): Promise<number | undefined> {
  const text = db.dialect === 'sqlite' ? `CAST("${column}" AS BLOB)` : `"${column}"`
  const check = jsonCheck()
  for (let from = 1; ; from += piece) {
    const [row] = await db.query(
      `SELECT SUBSTR(${text}, ${from}, ${piece}) AS "piece" FROM "${table}" WHERE ${whereKey(key)}`,
      Object.values(rowKey),
    )
    const part = row?.piece ?? ''
    if (!(part instanceof Uint8Array ? pushBytes(check, part) : check.push(String(part)))) return undefined
    // A short piece of bytes is the last; how long a piece of characters is, the server and we may count differently.
    if (part instanceof Uint8Array ? part.length < piece : part === '') {
      return check.end() ? check.deepest() : undefined
    }
  }
}

/** Whatever is not ASCII may stand within strings only, so that its bytes need no decoding: each is a character. */
function pushBytes(check: JsonCheck, bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let from = 0; from < buffer.length; from += 1 << 16) {
    if (!check.push(buffer.toString('latin1', from, from + (1 << 16)))) return false
  }
  return true
}

const isAffinityNumber = (db: StepDatabase, text: string): boolean => db.dialect === 'sqlite' && isJsonNumber(text)

/** A JSON text is one number where it begins with one. */
async function beginsWithNumber(
  db: StepDatabase,
  { table, key, column }: JsonTextColumn,
  rowKey: RowKey,
): Promise<boolean> {
  if (db.dialect !== 'sqlite') return false
  const [row] = await db.query(
    `SELECT SUBSTR(LTRIM("${column}", CHAR(9, 10, 13, 32)), 1, 2) AS "begin" FROM "${table}" WHERE ${whereKey(key)}`,
    Object.values(rowKey),
  )
  return isJsonNumber(String(row?.begin))
}

/**
 * A JSON column of SQLite has NUMERIC affinity (its manual, "Determination Of Column Affinity"): a text that is one
 * number is stored as a number, `1.0` as 1 and twenty digits as a REAL. The text is preserved; `written` is what the number
 * is as text again.
 */
async function keepDigits(
  db: StepDatabase,
  { table, column }: JsonTextColumn,
  key: RowKey,
  text: string,
  invalid: (key: RowKey, text: SqlValue) => Promise<void>,
): Promise<void> {
  // It would be stored as infinity, which is no JSON.
  if (!Number.isFinite(Number(text))) return invalid(key, text)
  const [number] = await db.query('SELECT CAST(CAST(? AS NUMERIC) AS TEXT) AS "text"', [text])
  const written = number?.text ?? null
  if (written === text) return
  await db.preserve({ table, key, column, value: text, written })
  db.report(
    'JSON texts that are one number change their spelling; the text is preserved',
    Object.values(key).join(', '),
  )
}

import type { RawText, Row, SqlValue, StepDatabase } from '@org/migrate-core'
import { exactText } from './exact-text.ts'
import { isJsonNumber } from './json-parts.ts'
import { sameJson } from './json-respelling.ts'
import { isDeep, readsDeep, respells } from './json-server.ts'
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
  const taken = (rowKey: RowKey, levels: number): Promise<boolean> | true =>
    !isDeep(db, levels) || readsDeep(db, `"${column}"`, `FROM "${table}" WHERE ${whereKey(key)}`, Object.values(rowKey))
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
        else if (db.dialect === 'sqlite' && isJsonNumber(text)) await keepDigits(db, what, rowKey, text)
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
        if (levels !== undefined && (await taken(rowKey, levels))) continue
        const [found] = await db.query(`SELECT "${column}" AS "text" FROM "${table}" WHERE ${whereKey(key)}`, [
          ...Object.values(rowKey),
        ])
        await invalid(rowKey, found?.text ?? null)
      }
    },
  })
  if (db.dialect === 'mysql') await settleWithServer(db, what, invalid)
}

/** Each row costs a read of its text, and one of what the server would make of it. */
const respelledAtOnce = 50

/** What MySQL and MariaDB do not take is treated as no JSON; where the server's form says less than the text did, the text is kept. */
async function settleWithServer(
  db: StepDatabase,
  what: JsonTextColumn,
  invalid: (key: RowKey, text: SqlValue) => Promise<void>,
): Promise<void> {
  const { table, key, column } = what
  const read = async (rowKey: RowKey, expression: string): Promise<SqlValue> => {
    const [row] = await db.query(
      `SELECT ${expression} AS "value" FROM "${table}" WHERE ${whereKey(key)}`,
      Object.values(rowKey),
    )
    return row?.value ?? null
  }
  await db.backfill({
    table,
    key,
    columns: [],
    where: `"${column}" IS NOT NULL AND JSON_VALID("${column}") = 0`,
    step: async (rows) => {
      for (const row of rows) await invalid(keyOf(what, row), await read(keyOf(what, row), `"${column}"`))
    },
  })
  if (!(await respells(db))) return
  await db.backfill({
    table,
    key,
    columns: [column],
    batch: respelledAtOnce,
    where: `"${column}" IS NOT NULL`,
    step: async (rows) => {
      for (const row of rows) {
        const rowKey = keyOf(what, row)
        const text = String(row[column])
        const written = await read(rowKey, `CAST(CAST("${column}" AS JSON) AS CHAR)`)
        if (typeof written === 'string' && sameJson(text, written)) continue
        await db.keep({ table, key: rowKey, column, value: text, written })
        db.report('JSON texts of which the server keeps less; the text is kept', Object.values(rowKey).join(', '))
      }
    },
  })
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

/**
 * A JSON column of SQLite has NUMERIC affinity (its manual, "Determination Of Column Affinity"): a text that is one
 * number is stored as a number, `1.0` as 1 and twenty digits as a REAL. The text is kept; `written` is what the number
 * is as text again.
 */
async function keepDigits(
  db: StepDatabase,
  { table, column }: JsonTextColumn,
  key: RowKey,
  text: string,
): Promise<void> {
  const [number] = await db.query('SELECT CAST(CAST(? AS NUMERIC) AS TEXT) AS "text"', [text])
  const written = number?.text ?? null
  if (written === text) return
  await db.keep({ table, key, column, value: text, written })
  db.report('JSON texts that are one number change their spelling; the text is kept', Object.values(key).join(', '))
}

import type { RawText, Row, SqlValue, StepDatabase } from '@org/migrate-core'
import { exactText } from './exact-text.ts'
import { isJsonNumber } from './json-parts.ts'
import { sameJson } from './json-respelling.ts'
import { heldOf, readsLevels, respells } from './json-server.ts'
import { JsonCheck } from './json-validity.ts'

/** Few enough that they are garbage before V8 makes its young generation bigger for them. */
const rowsAtOnce = 100

type RowKey = { readonly [column: string]: SqlValue }

interface JsonTextColumn {
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
  const shows = db.dialect === 'mysql' ? { own: await respells(db) } : undefined
  await db.backfill({
    table,
    key,
    columns: [column],
    batch: rowsAtOnce,
    where: `"${column}" IS NOT NULL`,
    step: async (rows) => {
      const candidates: (readonly [RowKey, string])[] = []
      for (const row of rows) {
        const text = row[column] ?? null
        const rowKey = keyOf(what, row)
        const check = new JsonCheck()
        const isJson = typeof text === 'string' && check.push(text) && check.end()
        if (!isJson || !(await taken(rowKey, check.deepest()))) await invalid(rowKey, text)
        else if (isAffinityNumber(db, text)) await keepDigits(db, what, rowKey, text, invalid)
        else candidates.push([rowKey, text])
      }
      if (shows !== undefined && candidates.length > 0)
        await compareWithServer(db, what, { candidates, invalid, ...shows })
    },
  })
}

/** What MySQL and MariaDB do not take is treated as no JSON; where they hold less than the text says, the text is preserved. */
async function compareWithServer(
  db: StepDatabase,
  what: JsonTextColumn,
  {
    candidates,
    own,
    invalid,
  }: {
    readonly candidates: readonly (readonly [RowKey, string])[]
    /** Whether the server spells JSON in its own way. */
    readonly own: boolean
    readonly invalid: (key: RowKey, text: SqlValue) => Promise<void>
  },
): Promise<void> {
  const { table, key, column } = what
  const shown = own ? `CASE WHEN JSON_VALID("${column}") THEN CAST(CAST("${column}" AS JSON) AS CHAR) END` : 'NULL'
  const answers = await db.query(
    `SELECT ${key.map((name) => `"${name}"`).join(', ')}, JSON_VALID("${column}") AS "$valid", ${shown} AS "$shown" ` +
      `FROM "${table}" WHERE ${candidates.map(() => `(${whereKey(key)})`).join(' OR ')}`,
    candidates.flatMap(([rowKey]) => Object.values(rowKey)),
  )
  const byKey = new Map(answers.map((answer) => [JSON.stringify(keyOf(what, answer)), answer]))
  for (const [rowKey, text] of candidates) {
    const answer = byKey.get(JSON.stringify(rowKey))
    const valid = answer?.$valid === 1n
    if (valid && (!own || sameJson(text, String(answer.$shown)))) continue
    const held = valid ? { text, shown: String(answer.$shown) } : await heldOf(db, text)
    if (held.text === undefined) await invalid(rowKey, text)
    else await holdLess(db, what, rowKey, { before: text, text: held.text, shown: held.shown ?? null })
  }
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

const isAffinityNumber = (db: StepDatabase, text: string): boolean => db.dialect === 'sqlite' && isJsonNumber(text)

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

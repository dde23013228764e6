import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Migrator, Plan } from '@org/migrate-core'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { counts } from '../../kit/scale.ts'
import { chain, leaveInterrupted, migratorOn } from './chain.ts'
import { hostileText, mutated } from './texts.ts'
import { Tally, verdict } from './verdict.ts'

const tables = ['migrate_version', 'migrate_history', 'migrate_preserved', 'migrate_journal'] as const
type Cell = string | number | null | Buffer
interface StoredCell {
  readonly table: string
  readonly column: string
  readonly rowid: number
  readonly value: Cell
}

let folder: string
let base: string
let planned: string
let cells: readonly StoredCell[]
let plan: Plan

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hostile-'))
  base = join(folder, 'base.db')
  await leaveInterrupted(base)
  planned = join(folder, 'planned.db')
  await migratorOn(planned).upgrade('r1')
  plan = await migratorOn(planned).plan('r2')
  const database = new Database(base, { readonly: true })
  cells = tables.flatMap((table) =>
    (database.prepare(`SELECT rowid AS "the row", * FROM ${table}`).all() as Record<string, Cell>[]).flatMap(
      ({ 'the row': rowid, ...row }) =>
        Object.entries(row).map(([column, value]) => ({ table, column, rowid: Number(rowid), value })),
    ),
  )
  database.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const pieces = [
  ...[
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    'null',
    '{}',
    '[]',
    '1',
    '-1',
    '1e999',
    'true',
    '"__proto__":{"a":1},',
    '\\u0000',
  ],
  ...['"kind"', '"createTable"', '"dropTable"', '"opaque"', '"sql"', '"name"', '"table"', '"columns":null,', '"why"'],
]

/** A JSON text in which one value is another one, or gone. */
function withOneChanged(text: string, pick: number, other: unknown): string {
  const slots: { readonly holder: object; readonly key: string }[] = []
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) {
      slots.push({ holder: value, key })
      walk(inner)
    }
  }
  const parsed: unknown = JSON.parse(text)
  walk(parsed)
  const slot = slots[pick % Math.max(1, slots.length)]
  if (slot === undefined) return text
  if (other === undefined) Reflect.deleteProperty(slot.holder, slot.key)
  else Object.defineProperty(slot.holder, slot.key, { value: other, enumerable: true })
  return JSON.stringify(parsed)
}

const jsonValue = fc.oneof(
  hostileText,
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    0,
    -1,
    1e21,
    [],
    {},
    [[]],
    [null],
    { kind: 'dropTable' },
    { name: 7 },
  ),
)

interface Change {
  readonly cell: number
  readonly how: 'other' | 'text' | 'json' | 'delete' | 'double'
  readonly other: Cell
  readonly text: string
  readonly pick: number
  readonly value: unknown
}

const change: fc.Arbitrary<Change> = fc.record({
  cell: fc.nat(),
  how: fc.constantFrom('other', 'text', 'json', 'json', 'json', 'delete', 'double'),
  other: fc.oneof(
    hostileText,
    fc.constantFrom<Cell>(null, 0, -1, 2 ** 40, 1.5, 'NaN', Buffer.from('ff00', 'hex'), 'r1', 'r9', 'up', 'done'),
  ),
  text: mutated(fc.constant('\u0001'), pieces),
  pick: fc.nat(),
  value: jsonValue,
})

function tamper(file: string, changes: readonly Change[]): void {
  const database = new Database(file)
  database.pragma('ignore_check_constraints = 1')
  for (const { cell, how, other, text, pick, value } of changes) {
    const cellRow = cells[cell % cells.length]
    if (cellRow === undefined) continue
    const { table, column, rowid } = cellRow
    const isJson = typeof cellRow.value === 'string' && /^[[{]/.test(cellRow.value)
    try {
      if (how === 'delete') database.prepare(`DELETE FROM ${table} WHERE rowid = ?`).run(rowid)
      else if (how === 'double') {
        const columns = cells.filter((each) => each.table === table && each.rowid === rowid).map((each) => each.column)
        const list = columns
          .filter((each) => each !== 'id')
          .map((each) => `"${each}"`)
          .join(', ')
        database.prepare(`INSERT INTO ${table} (${list}) SELECT ${list} FROM ${table} WHERE rowid = ?`).run(rowid)
      } else {
        const changed =
          how === 'json' && isJson
            ? withOneChanged(String(cellRow.value), pick, value)
            : how === 'text' && typeof cellRow.value === 'string'
              ? text.replace('\u0001', cellRow.value)
              : other
        database.prepare(`UPDATE ${table} SET "${column}" = ? WHERE rowid = ?`).run(changed, rowid)
      }
    } catch {
      // The table itself takes no such row.
    }
  }
  database.close()
}

const works: { readonly [what: string]: (migrator: Migrator, file: string) => Promise<unknown> } = {
  state: (migrator) => migrator.status(),
  history: (migrator) => migrator.history(),
  preserved: (migrator) => migrator.preserved.list(),
  plan: (migrator) => migrator.plan('base'),
  upgrade: (migrator) => migrator.upgrade(),
  downgrade: (migrator) => migrator.downgrade('base', { allowDataLoss: true }),
  'one down': (migrator) => migrator.downgrade('-1', { acceptDrift: true }),
  'down and up': async (migrator) => {
    await migrator.downgrade('r1')
    await migrator.upgrade()
  },
  stamp: (migrator) => migrator.stamp('r2', { purge: true }),
  'accept an edit': (migrator) => migrator.stamp('r2', { acceptEdit: true }),
  'delete what is preserved': (migrator) => migrator.preserved.purge('r2'),
  'without the files': (_migrator, file) => migratorOn(file, chain.slice(0, 1)).downgrade('base'),
}

test('whatever is written into the bookkeeping, it is used or it is named as damaged', async () => {
  const tally = new Tally()
  const file = join(folder, 'copy.db')
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...Object.keys(works)),
      async (changes, what) => {
        copyFileSync(base, file)
        tamper(file, changes)
        tally.add(await verdict(() => works[what]?.(migratorOn(file), file)))
        rmSync(file)
      },
    ),
    { numRuns: Math.ceil(counts.hostileInputs * 0.2) },
  )
  console.log(`bookkeeping: ${tally}`)
  expect(tally.verdicts).toEqual(expect.arrayContaining(['done', 'BOOKKEEPING_INVALID']))
})

test('a plan that was a file meanwhile is run, or it is refused', async () => {
  const tally = new Tally()
  const json = JSON.stringify(plan)
  const file = join(folder, 'run.db')
  await fc.assert(
    fc.asyncProperty(fc.nat(), jsonValue, fc.nat(3), async (pick, value, whole) => {
      const changed = whole === 0 ? value : (JSON.parse(withOneChanged(json, pick, value)) as unknown)
      copyFileSync(planned, file)
      tally.add(
        await verdict(async () => {
          for await (const _ of migratorOn(file).run(changed as Plan));
        }),
      )
      rmSync(file)
    }),
    { numRuns: Math.ceil(counts.hostileInputs * 0.05) },
  )
  console.log(`plans: ${tally}`)
  expect(tally.verdicts).toEqual(expect.arrayContaining(['done', 'INVALID_OPTION']))
})

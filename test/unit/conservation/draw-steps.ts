import type { OperationRecorder, StepDatabase } from '@org/migrate-core'
import { quoted } from './catalogue.ts'
import type { Choice, Drawing } from './drawing.ts'
import { types } from './literals.ts'

type Row = Awaited<ReturnType<StepDatabase['query']>>[number]

/** Goes through a table in pages of few rows, by its primary key; a table without one is left as it is. */
async function eachPage(
  db: StepDatabase,
  table: string,
  column: string,
  where: string,
  work: (key: readonly string[], rows: readonly Row[]) => Promise<void>,
): Promise<void> {
  const key = await db.primaryKey(table)
  if (key.length === 0 || key.includes(column)) return
  await db.backfill({ table, columns: [column], where, batch: 2, step: (rows) => work(key, rows) })
}

const keyOf = (key: readonly string[], row: Row): Record<string, Row[string]> =>
  Object.fromEntries(key.map((name) => [name, row[name] ?? null]))

/** A name as portable SQL has it. */
const portable = (name: string): string => `"${name.replaceAll('"', '""')}"`

const cut = (value: unknown): string => String(value).slice(0, 4)

/** Every text becomes a short one, and the old one is preserved. */
const shorten = (table: string, column: string) => (db: StepDatabase) =>
  eachPage(db, table, column, `${portable(column)} IS NOT NULL`, async (key, rows) => {
    const texts = rows.filter((row) => String(row[column]).length > 4)
    for (const row of texts)
      await db.preserve({ table, key: keyOf(key, row), column, value: row[column] ?? null, written: cut(row[column]) })
    if (texts.length === 0) return
    await db.updateEach({
      table,
      rows: texts.map((row) => ({ key: keyOf(key, row), set: { [column]: cut(row[column]) } })),
    })
  })

/** The texts of one column go to another by the program; not over what a service has written there meanwhile. */
const carry = (table: string, column: string, to: string) => (db: StepDatabase) =>
  eachPage(db, table, column, `${portable(to)} IS NULL`, async (key, rows) => {
    await db.updateEach({
      table,
      rows: rows.map((row) => ({ key: keyOf(key, row), set: { [to]: row[column] ?? null } })),
    })
  })

/** Steps in JavaScript and SQL of an author, between typed operations of the same table. */
export function stepChoices(drawing: Drawing): readonly Choice[] {
  const { ground, from, onColumn } = drawing
  const q = (name: string): string => quoted(ground, name)
  const isText = (type: string): boolean => /char|text/.test(type) && !/\((6|36)\)/.test(type)
  /** What is done to the column, or its table, behind the step. */
  const followUp = (table: string, column: string): readonly [string, (op: OperationRecorder) => void] => {
    const [otherColumn, otherTable] = [drawing.newName('c'), drawing.newName('t')]
    return from.pick([
      ['', () => undefined],
      [`, rename it to ${otherColumn}`, (op) => op.renameColumn(table, column, otherColumn)],
      [`, rename the table to ${otherTable}`, (op) => op.renameTable(table, otherTable)],
      [', retype it', (op) => op.alterColumn(table, column, { type: types.text })],
      [', drop it', (op) => op.dropColumn(table, column)],
      [', drop the table', (op) => op.dropTable(table)],
    ] as const)
  }
  return [
    [
      1,
      onColumn((table, { name, type }) => {
        if (!isText(type)) return
        const [what, after] = followUp(table, name)
        drawing.takeTable(table)
        drawing.add(
          `shorten ${table}.${name}${what}`,
          (op) => {
            op.run(`shorten ${name}`, {
              up: shorten(table, name),
              down: 'restore',
              from: [],
              to: [{ table, columns: [name] }],
            })
            after(op)
          },
          true,
        )
      }),
    ],
    [
      1,
      onColumn((table, { name, type }) => {
        if (!isText(type)) return
        const [to, drops, isDeclared] = [drawing.newName('c'), from.chance(0.5), from.chance(0.6)]
        const [what, after] = followUp(table, to)
        drawing.takeTable(table)
        drawing.add(
          `carry ${table}.${name} to ${to}${drops ? ' and drop it' : ''}${isDeclared ? '' : ', no sources'}${what}`,
          (op) => {
            op.addColumn(table, to, types.text)
            op.run(`carry ${to}`, {
              up: carry(table, name, to),
              down: drops ? carry(table, to, name) : 'none',
              ...(isDeclared ? { from: [{ table, columns: [name] }] } : {}),
            })
            if (drops) op.dropColumn(table, name)
            after(op)
          },
          true,
        )
      }),
    ],
    [
      0.5,
      onColumn((table, { name, type }) => {
        if (!isText(type)) return
        const [to, isDeclared] = [drawing.newName('c'), from.chance(0.5)]
        const [what, after] = followUp(table, from.chance(0.5) ? to : name)
        drawing.takeTable(table)
        drawing.add(
          `copy ${table}.${name} to ${to} by SQL${isDeclared ? '' : ', no sources'}${what}`,
          (op) => {
            op.addColumn(table, to, types.text)
            op.sql(`UPDATE ${q(table)} SET ${q(to)} = ${q(name)} WHERE ${q(to)} IS NULL`, {
              inverse: `UPDATE ${q(table)} SET ${q(name)} = ${q(name)}`,
              effects: () => undefined,
              ...(isDeclared ? { from: [{ table, columns: [name] }] } : {}),
            })
            after(op)
          },
          true,
        )
      }),
    ],
    [
      0.5,
      onColumn((table, { name }) => {
        const [what, after] = followUp(table, name)
        drawing.takeTable(table)
        const text = `UPDATE ${q(table)} SET ${q(name)} = ${q(name)}`
        drawing.add(`opaque SQL on ${table}.${name}${what}`, (op) => {
          op.sql(text, { inverse: text })
          after(op)
        })
      }),
    ],
  ]
}

import { expression } from '@org/migrate-core'
import { type LiveColumn, quoted } from './catalogue.ts'
import type { Choice, Drawing } from './drawing.ts'
import { defaults, familyOf, types } from './literals.ts'

/** Rows that a revision has, and values that an expression makes. */
export function rowChoices(drawing: Drawing): readonly Choice[] {
  const { ground, from, next, onColumn } = drawing
  const withId = (work: (table: string, columns: readonly LiveColumn[]) => void) => (): void => {
    const [table, columns = []] = drawing.someTable() ?? []
    if (table !== undefined && columns.some(({ name, type }) => name === 'id' && /int/.test(type))) work(table, columns)
  }
  const isText = ({ type }: LiveColumn): boolean => /char|text/.test(type) && !/\((6|36)\)/.test(type)
  return [
    [
      1,
      withId((table, columns) => {
        const column = columns.find(isText)
        if (column === undefined) return
        const rows = Array.from({ length: from.int(1, 3) }, () => ({
          id: 100_000 + next(),
          [column.name]: `row${next()}`,
        }))
        drawing.add(`insert ${rows.length} rows into ${table}`, (op) => op.insertRows(table, rows, { key: ['id'] }))
      }),
    ],
    [
      0.3,
      withId((table) => {
        const ids = Array.from({ length: 20 }, () => ({ id: from.int(100, 101 + next()) }))
        drawing.add(`delete ${ids.map(({ id }) => id)} of ${table}`, (op) => op.deleteRows(table, ids))
      }),
    ],
    [
      1,
      onColumn((table, column) => {
        if (!isText(column)) return
        const cut = `substr(${quoted(ground, column.name)}, 1, 4)`
        const back = from.chance(0.5) ? { usingBack: `${quoted(ground, column.name)}` } : {}
        drawing.add(`cut ${table}.${column.name}${Object.keys(back).join()}`, (op) =>
          op.alterColumn(table, column.name, { type: types.text, using: cut, ...back }),
        )
      }),
    ],
    [
      1,
      onColumn((table, column) => {
        if (!isText(column)) return
        const [name, stored] = [drawing.newName('g'), from.chance(0.7)]
        const as = expression(`upper(${quoted(ground, column.name)})`)
        drawing.add(`add ${table}.${name} generated from ${column.name}`, (op) =>
          op.addColumn(table, name, types.text, { generated: { as, stored } }),
        )
      }),
    ],
  ]
}

/** The same by SQL of the author, who declares what it amounts to. */
export function sqlChoices(drawing: Drawing): readonly Choice[] {
  const { ground, onTable, onColumn } = drawing
  const q = (name: string): string => quoted(ground, name)
  return [
    [
      0.5,
      onTable((table) => {
        const to = drawing.newName('t')
        const rename = (from: string, into: string): string => `ALTER TABLE ${q(from)} RENAME TO ${q(into)}`
        drawing.add(`rename ${table} to ${to} by SQL`, (op) =>
          op.sql(rename(table, to), { inverse: rename(to, table), effects: (e) => e.renameTable(table, to) }),
        )
      }),
    ],
    [
      0.5,
      onColumn((table, { name }) => {
        const to = drawing.newName('c')
        const rename = (from: string, into: string): string =>
          `ALTER TABLE ${q(table)} RENAME COLUMN ${q(from)} TO ${q(into)}`
        drawing.add(`rename ${table}.${name} to ${to} by SQL`, (op) =>
          op.sql(rename(name, to), { inverse: rename(to, name), effects: (e) => e.renameColumn(table, name, to) }),
        )
      }),
    ],
    [
      0.5,
      onColumn((table, { name }) =>
        drawing.add(`drop ${table}.${name} by SQL`, (op) =>
          op.sql(`ALTER TABLE ${q(table)} DROP COLUMN ${q(name)}`, { effects: (e) => e.dropColumn(table, name) }),
        ),
      ),
    ],
  ]
}

/** Keys that change, by which a value is found again, and columns that become required with another type. */
export function keyChoices(drawing: Drawing): readonly Choice[] {
  const { from, onTable, onColumn } = drawing
  return [
    [
      1,
      onTable((table, columns) => {
        const key = from.sample(columns, from.int(1, 2))
        drawing.add(`key of ${table} on ${key.join(', ')}`, (op) => {
          op.alterTable(table, (t) => {
            t.dropConstraint({ kind: 'primaryKey' })
            t.addPrimaryKey(key)
          })
        })
      }),
    ],
    [
      1,
      onTable((table, columns) => {
        const key = from.sample(columns, from.int(1, 2))
        drawing.add(`first key of ${table} on ${key.join(', ')}`, (op) => op.addPrimaryKey(table, key))
      }),
    ],
    [
      1,
      onColumn((table, { name, type }) => {
        const kind = from.pick(familyOf(type))
        const value = defaults[kind]
        const options = value === undefined ? { nullable: true } : { nullable: false, default: value }
        drawing.add(`alter ${table}.${name} to ${kind} ${JSON.stringify(options)}`, (op) =>
          op.alterColumn(table, name, { type: types[kind], ...options }),
        )
      }),
    ],
  ]
}

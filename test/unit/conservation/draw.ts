import { expression, type OperationRecorder } from '@org/migrate-core'
import type { Random } from '../../kit/random.ts'
import type { Ground } from '../ensure/ground.ts'
import { type LiveTables, quoted } from './catalogue.ts'
import { keyChoices, rowChoices, sqlChoices } from './draw-rows.ts'
import { stepChoices } from './draw-steps.ts'
import { type Choice, Drawing, type DrawnOperation } from './drawing.ts'
import { defaults, familyOf, kinds, types } from './literals.ts'
import { triggerText } from './target/changes.ts'
import { syntaxOf } from './target/server.ts'

function tableChoices(drawing: Drawing): readonly Choice[] {
  const { from, onTable } = drawing
  return [
    [1, onTable((name) => drawing.add(`drop ${name}`, (op) => op.dropTable(name)))],
    [
      1,
      onTable((name) => {
        const to = drawing.newName('t')
        drawing.add(`rename ${name} to ${to}`, (op) => op.renameTable(name, to))
      }),
    ],
    [
      3,
      onTable((name) => {
        const [column, kind] = [drawing.newName('c'), from.pick(kinds)]
        const value = from.chance(0.4) ? defaults[kind] : undefined
        const options = value === undefined ? {} : { nullable: false, default: value }
        drawing.add(`add ${name}.${column} ${kind}${value === undefined ? '' : ' not null'}`, (op) =>
          op.addColumn(name, column, types[kind], options),
        )
      }),
    ],
    [
      1,
      onTable((name, columns) => {
        const [a, b] = columns.filter((column) => column !== 'id' && column !== 'parent')
        if (a === undefined || b === undefined) return
        drawing.add(`swap ${name}.${a} and ${b}, and drop both by one name`, (op) => {
          op.renameColumn(name, a, 'swapping')
          op.renameColumn(name, b, a)
          op.renameColumn(name, 'swapping', b)
          op.dropColumn(name, a)
          op.renameColumn(name, b, a)
          op.dropColumn(name, a)
        })
      }),
    ],
    [
      1,
      onTable((name) =>
        drawing.add(`drop ${name}, and create it`, (op) => {
          op.dropTable(name)
          op.createTable(name, (t) => {
            t.column('id', types.int, { nullable: false })
            t.column('c0', types.varchar)
            t.primaryKey(['id'])
          })
        }),
      ),
    ],
  ]
}

function columnChoices(drawing: Drawing): readonly Choice[] {
  const { ground, from, onColumn } = drawing
  const copying = (table: string, name: string, to: string, drops: boolean) => (op: OperationRecorder) => {
    const set = (a: string, b: string): string =>
      `UPDATE ${quoted(ground, table)} SET ${quoted(ground, a)} = ${quoted(ground, b)}`
    op.addColumn(table, to, types.text)
    op.run(`fill ${to}`, {
      up: async (db) => void (await db.execute(set(to, name))),
      down: drops ? async (db) => void (await db.execute(set(name, to))) : 'none',
      from: [{ table, columns: [name] }],
    })
    if (drops) op.dropColumn(table, name)
  }
  return [
    [3, onColumn((table, { name }) => drawing.add(`drop ${table}.${name}`, (op) => op.dropColumn(table, name)))],
    [
      3,
      onColumn((table, { name }) => {
        const to = drawing.newName('c')
        drawing.add(`rename ${table}.${name} to ${to}`, (op) => op.renameColumn(table, name, to))
      }),
    ],
    [
      5,
      onColumn((table, { name, type }) => {
        const some = from.chance(0.85) ? familyOf(type) : kinds
        const path = Array.from({ length: from.int(1, 2) }, () => from.pick(some))
        drawing.add(`alter ${table}.${name} ${type} to ${path.join(' to ')}`, (op) => {
          for (const kind of path) op.alterColumn(table, name, { type: types[kind] })
        })
      }),
    ],
    [
      1,
      onColumn((table, { name, required }) =>
        drawing.add(`${required ? 'nullable' : 'not null'} ${table}.${name}`, (op) =>
          op.alterColumn(table, name, { nullable: required }),
        ),
      ),
    ],
    [
      1,
      onColumn((table, { name }) => {
        const kind = from.pick(kinds)
        drawing.add(`drop ${table}.${name}, and add it as ${kind}`, (op) => {
          op.dropColumn(table, name)
          op.addColumn(table, name, types[kind])
        })
      }),
    ],
    [
      3,
      onColumn((table, { name, type }) => {
        if (!/char|text/.test(type)) return
        const [to, drops] = [drawing.newName('c'), from.chance(0.4)]
        drawing.add(`${drops ? 'replace' : 'copy'} ${table}.${name} by ${to}`, copying(table, name, to, drops), true)
      }),
    ],
  ]
}

function objectChoices(drawing: Drawing): readonly Choice[] {
  const { ground, from, onColumn } = drawing
  return [
    [
      1,
      onColumn((table, { name, type }) => {
        if (/text|json|blob|bytea/.test(type)) return
        const [index, unique] = [drawing.newName('i'), from.chance(0.3)]
        drawing.add(`index ${index} on ${table}.${name}`, (op) =>
          op.createIndex(table, index, [name], unique ? { unique: true } : {}),
        )
      }),
    ],
    [
      1,
      onColumn((table, { name }) => {
        const check = drawing.newName('k')
        const text = expression(`${quoted(ground, name)} IS NOT NULL OR 1 = 1`)
        drawing.add(`check ${check} on ${table}.${name}`, (op) => op.addCheck(table, text, { name: check }))
      }),
    ],
    [
      1,
      onColumn((table, { name }) => {
        const view = drawing.newName('v')
        const text = expression(`SELECT ${quoted(ground, name)} FROM ${quoted(ground, table)}`)
        drawing.add(`view ${view} of ${table}.${name}`, (op) => op.createView(view, text))
      }),
    ],
    [
      1,
      onColumn((table, { name }) => {
        const trigger = drawing.newName('g')
        const [own, on, of] = [trigger, table, name].map((each) => quoted(ground, each))
        const text = triggerText[syntaxOf(ground).flavour](own ?? '', on ?? '', of ?? '')
        drawing.add(`trigger ${trigger} on ${table}.${name}`, (op) =>
          op.createTrigger(table, trigger, expression(text)),
        )
      }),
    ],
  ]
}

/** The operations of one revision on these tables. */
export function drawOperations(
  ground: Ground,
  from: Random,
  live: LiveTables,
  next: () => number,
): readonly DrawnOperation[] {
  const drawing = new Drawing(ground, from, live, next)
  const create = (): void => drawing.create()
  const choices: readonly Choice[] = [
    [live.size < 4 ? 4 : 1, create],
    ...tableChoices(drawing),
    ...columnChoices(drawing),
    ...objectChoices(drawing),
    ...rowChoices(drawing),
    ...keyChoices(drawing),
    ...sqlChoices(drawing),
    ...stepChoices(drawing),
  ]
  for (let count = from.int(1, 5); count > 0; count -= 1) from.weighted(choices)()
  if (drawing.drawn.length === 0) create()
  return drawing.drawn
}

import { expression, type OperationRecorder } from '@org/migrate-core'
import type { Random } from '../../kit/random.ts'
import type { Ground } from '../ensure/ground.ts'
import { type LiveColumn, type LiveTables, quoted } from './catalogue.ts'
import { defaults, familyOf, kinds, types } from './literals.ts'

/** An operation, or several that belong together. */
export interface DrawnOperation {
  readonly describe: string
  readonly record: (op: OperationRecorder) => void
  /** It has a data step: no squash takes the names that its sources had. */
  readonly computes?: true
}

type Choice = readonly [number, () => void]

/** The operations of one revision. What one of them has changed the next leaves alone, so that names stay true. */
class Drawing {
  readonly drawn: DrawnOperation[] = []
  readonly ground: Ground
  readonly from: Random
  readonly next: () => number
  readonly #untouched: Map<string, readonly LiveColumn[]>

  constructor(ground: Ground, from: Random, live: LiveTables, next: () => number) {
    this.ground = ground
    this.from = from
    this.next = next
    this.#untouched = new Map(live)
  }

  add(describe: string, record: DrawnOperation['record'], computes?: true): void {
    this.drawn.push({ describe, record, ...(computes === undefined ? {} : { computes }) })
  }

  someTable(): readonly [string, readonly LiveColumn[]] | undefined {
    return this.from.sample([...this.#untouched], 1)[0]
  }

  onTable = (work: (table: string, columns: readonly string[]) => void) => (): void => {
    const [table, columns = []] = this.someTable() ?? []
    if (table === undefined) return
    this.#untouched.delete(table)
    work(
      table,
      columns.map(({ name }) => name),
    )
  }

  onColumn = (work: (table: string, column: LiveColumn) => void) => (): void => {
    const [table, columns = []] = this.someTable() ?? []
    const plain = columns.filter(({ name }) => name !== 'id' && name !== 'parent')
    const [column] = this.from.sample(plain, 1)
    if (table === undefined || column === undefined) return
    this.#untouched.set(
      table,
      columns.filter((each) => each !== column),
    )
    work(table, column)
  }

  create(): void {
    const { from, next } = this
    const name = `t${next()}`
    const columns = Array.from({ length: from.int(1, 4) }, () => [`c${next()}`, from.pick(kinds)] as const)
    const parent = from.chance(0.4) ? this.someTable()?.[0] : undefined
    const onDelete = from.pick(['noAction', 'cascade', 'setNull'] as const)
    const unique = from.chance(0.3) ? columns.find(([, kind]) => kind === 'varchar' || kind === 'int') : undefined
    const what = `create ${name}(${columns.map((each) => each.join(' '))})`
    this.add(parent === undefined ? what : `${what} -> ${parent} ${onDelete}`, (op) =>
      op.createTable(name, (t) => {
        t.column('id', types.int, { nullable: false })
        for (const [column, kind] of columns) t.column(column, types[kind])
        t.primaryKey(['id'])
        if (unique) t.unique([unique[0]])
        if (parent === undefined) return
        t.column('parent', types.int)
        t.foreignKey({ columns: ['parent'], references: { table: parent, columns: ['id'] }, onDelete })
      }),
    )
  }
}

function tableChoices(drawing: Drawing): readonly Choice[] {
  const { next, from, onTable } = drawing
  return [
    [1, onTable((name) => drawing.add(`drop ${name}`, (op) => op.dropTable(name)))],
    [
      1,
      onTable((name) => {
        const to = `t${next()}`
        drawing.add(`rename ${name} to ${to}`, (op) => op.renameTable(name, to))
      }),
    ],
    [
      3,
      onTable((name) => {
        const [column, kind] = [`c${next()}`, from.pick(kinds)]
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
  const { ground, next, from, onColumn } = drawing
  const copying = (table: string, name: string, to: string, drops: boolean) => (op: OperationRecorder) => {
    const set = (a: string, b: string): string =>
      `UPDATE ${quoted(ground, table)} SET ${quoted(ground, a)} = ${quoted(ground, b)}`
    op.addColumn(table, to, types.text)
    op.run(`fill ${to}`, {
      up: async (db) => void (await db.execute(set(to, name))),
      down: drops ? async (db) => void (await db.execute(set(name, to))) : 'none',
      from: [`${table}.${name}`],
    })
    if (drops) op.dropColumn(table, name)
  }
  return [
    [3, onColumn((table, { name }) => drawing.add(`drop ${table}.${name}`, (op) => op.dropColumn(table, name)))],
    [
      3,
      onColumn((table, { name }) => {
        const to = `c${next()}`
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
        const [to, drops] = [`c${next()}`, from.chance(0.4)]
        drawing.add(`${drops ? 'replace' : 'copy'} ${table}.${name} by ${to}`, copying(table, name, to, drops), true)
      }),
    ],
  ]
}

function objectChoices(drawing: Drawing): readonly Choice[] {
  const { ground, next, from, onColumn } = drawing
  return [
    [
      1,
      onColumn((table, { name, type }) => {
        if (/text|json|blob|bytea/.test(type)) return
        const [index, unique] = [`i${next()}`, from.chance(0.3)]
        drawing.add(`index ${index} on ${table}.${name}`, (op) =>
          op.createIndex(table, index, [name], unique ? { unique: true } : {}),
        )
      }),
    ],
    [
      1,
      onColumn((table, { name }) => {
        const check = `k${next()}`
        const text = expression(`${quoted(ground, name)} IS NOT NULL OR id > 0`)
        drawing.add(`check ${check} on ${table}.${name}`, (op) => op.addCheck(table, text, { name: check }))
      }),
    ],
    [
      1,
      onColumn((table, { name }) => {
        const view = `v${next()}`
        const text = expression(`SELECT id, ${quoted(ground, name)} FROM ${quoted(ground, table)}`)
        drawing.add(`view ${view} of ${table}.${name}`, (op) => op.createView(view, text))
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
  ]
  for (let count = from.int(1, 5); count > 0; count -= 1) from.weighted(choices)()
  if (drawing.drawn.length === 0) create()
  return drawing.drawn
}

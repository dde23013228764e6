import type { OperationRecorder } from '@org/migrate-core'
import type { Random } from '../../kit/random.ts'
import type { Ground } from '../ensure/ground.ts'
import type { LiveColumn, LiveTables } from './catalogue.ts'
import { type Kind, kinds, types } from './literals.ts'

/** An operation, or several that belong together. */
export interface DrawnOperation {
  readonly describe: string
  readonly record: (op: OperationRecorder) => void
  /** It has a data step: no squash takes the names that its sources had. */
  readonly computes?: true
}

export type Choice = readonly [number, () => void]

/** A new name, now and then one that has to be quoted and cannot be cut at a word. */
export const nameOf = (from: Random, name: string): string => (from.chance(0.1) ? `${name} "A'%é\\` : name)

/** The operations of one revision. What one of them has changed the next leaves alone, so that names stay true. */
export class Drawing {
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

  newName(prefix: string): string {
    return nameOf(this.from, `${prefix}${this.next()}`)
  }

  /** No later operation of the revision is drawn for it. */
  takeTable(table: string): void {
    this.#untouched.delete(table)
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

  /** How the rows of a new table are named. */
  #newKey(): { readonly columns: readonly (readonly [string, Kind])[]; readonly isKey: boolean } {
    return this.from.weighted([
      [6, { columns: [['id', 'int']], isKey: true }],
      [1, { columns: [['key', this.from.pick(['varchar', 'decimal', 'timestamp', 'big', 'uuid'])]], isKey: true }],
      [
        1,
        {
          columns: [
            ['part', this.from.pick(['varchar', 'int', 'date'])],
            ['id', 'int'],
          ],
          isKey: true,
        },
      ],
      [1, { columns: [['id', 'int']], isKey: false }],
    ])
  }

  create(): void {
    const { from } = this
    const name = this.newName('t')
    const key = this.#newKey()
    const columns = Array.from({ length: from.int(1, 4) }, () => [this.newName('c'), from.pick(kinds)] as const)
    const parent = from.chance(0.4) ? this.someTable()?.[0] : undefined
    const onDelete = from.pick(['noAction', 'cascade', 'setNull'] as const)
    const unique = from.chance(0.3) ? columns.find(([, kind]) => kind === 'varchar' || kind === 'int') : undefined
    const listed = [...key.columns, ...columns].map((each) => each.join(' '))
    const what = `create ${name}(${listed}${key.isKey ? '' : ', no key'})`
    this.add(parent === undefined ? what : `${what} -> ${parent} ${onDelete}`, (op) =>
      op.createTable(name, (t) => {
        for (const [column, kind] of key.columns) t.column(column, types[kind], { nullable: false })
        for (const [column, kind] of columns) t.column(column, types[kind])
        if (key.isKey) t.primaryKey(key.columns.map(([column]) => column))
        if (unique) t.unique([unique[0]])
        if (parent === undefined) return
        t.column('parent', types.int)
        t.foreignKey({ columns: ['parent'], references: { table: parent, columns: ['id'] }, onDelete })
      }),
    )
  }
}

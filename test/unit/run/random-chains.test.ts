import { join } from 'node:path'
import { expression, integer, isMigrateError, type Plan, text, varchar } from '@org/migrate-core'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { line, type Recorded } from '../../kit/migrator.ts'
import { caseSeed, onlyCase, type Random, random, runSeed } from '../../kit/random.ts'
import { counts } from '../../kit/scale.ts'
import { migratorOn, temporaryFolder } from './kit.ts'

const folder = temporaryFolder()

interface Shape {
  readonly tables: Map<string, Set<string>>
  next: number
}

const names = ['__proto__', 'constructor', 'then', 'order', "it's", 'dot.ted', 'Ünï', 'say "hi"', 'plain']
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** What a change leaves is noted when it is chosen. */
const leave = (_entry: unknown, recorded: Recorded): Recorded => recorded

/** One change and what it leaves; each can be inverted. */
function change(from: Random, shape: Shape): Recorded {
  const nextName = (): string => `${from.pick(names)}${++shape.next}`
  const [name] = from.sample([...shape.tables.keys()], 1)
  const make = (): Recorded => {
    const table = nextName()
    const columns = [nextName(), nextName()]
    const odd = from.chance(0.3)
    shape.tables.set(table, new Set(columns))
    return (op) =>
      op.createTable(table, (t) => {
        t.column('id', integer(), { nullable: false })
        for (const column of columns) t.column(column, text())
        t.primaryKey(['id'])
        if (odd) t.unique(columns)
      })
  }
  const columns = name === undefined ? undefined : shape.tables.get(name)
  const [column] = from.sample([...(columns ?? [])], 1)
  if (name === undefined || columns === undefined || column === undefined) return make()
  const added = nextName()
  const kind = from.weighted<() => Recorded>([
    [2, make],
    [3, () => leave(columns.add(added), (op) => op.alterTable(name, (t) => t.addColumn(added, text())))],
    [
      2,
      () =>
        leave(columns.add(added), (op) =>
          op.alterTable(name, (t) => t.addColumn(added, text(), { nullable: false, default: "d'?" })),
        ),
    ],
    [2, () => (op) => op.alterTable(name, (t) => t.alterColumn(column, { type: varchar(50), default: 'x' }))],
    [
      2,
      () =>
        leave([columns.delete(column), columns.add(added)], (op) =>
          op.alterTable(name, (t) => t.renameColumn(column, added)),
        ),
    ],
    [
      1,
      () => leave([shape.tables.delete(name), shape.tables.set(added, columns)], (op) => op.renameTable(name, added)),
    ],
    [2, () => (op) => op.createIndex(name, `i_${added}`, [column])],
    [
      1,
      () => (op) =>
        op.createIndex(name, `i_${added}`, [column], {
          unique: true,
          where: expression(`${quoted(column)} IS NULL`),
        } as never),
    ],
    [
      1,
      () => (op) =>
        op.alterTable(name, (t) => t.addCheck(expression(`length(${quoted(column)}) < 500`), { name: `c_${added}` })),
    ],
    [1, () => (op) => op.createView(`v_${added}`, expression(`SELECT id, ${quoted(column)} FROM ${quoted(name)}`))],
    [
      1,
      () => (op) =>
        op.createTrigger(
          name,
          `t_${added}`,
          expression(`CREATE TRIGGER ${quoted(`t_${added}`)} AFTER DELETE ON ${quoted(name)} BEGIN SELECT 1; END`),
        ),
    ],
    [
      1,
      () => (op) =>
        op.sql(`CREATE INDEX ${quoted(`s_${added}`)} ON ${quoted(name)} (id)`, {
          inverse: `DROP INDEX ${quoted(`s_${added}`)}`,
        }),
    ],
    [
      1,
      () => (op) =>
        op.sql(`CREATE TABLE ${quoted(`o_${added}`)} (id INTEGER PRIMARY KEY)`, {
          inverse: `DROP TABLE ${quoted(`o_${added}`)}`,
          effects: (inner) =>
            inner.createTable(`o_${added}`, (t) => {
              t.column('id', integer())
              t.primaryKey(['id'])
            }),
        }),
    ],
    [
      1,
      () => (op) =>
        op.run(`work ${added}`, { up: async (db) => void (await db.query('SELECT 1')), down: 'none', to: [] }),
    ],
    [
      1,
      () => (op) =>
        op.run(`fill ${added}`, {
          up: async (db) => void (await db.execute(`UPDATE ${quoted(name)} SET "id" = "id"`)),
          down: async () => undefined,
          from: [],
        }),
    ],
    [1, () => (op) => op.createTable('never', (t) => t.column('a', text()), { ifNotExists: true })],
  ])
  return kind()
}

/** Everything of the schema but the order of columns, and all rows, as SQLite gives them. */
function dump(file: string, withRows: boolean): unknown {
  const db = new Database(file)
  try {
    const tables = db
      .prepare(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'migrate_%' AND name NOT LIKE 'sqlite_%' ORDER BY name",
      )
      .pluck()
      .all() as string[]
    return [
      tables.map((name) => [
        name,
        (
          db.prepare(`PRAGMA table_xinfo(${quoted(name)})`).all() as {
            name: string
            type: string
            notnull: number
            dflt_value: string
            pk: number
          }[]
        )
          .map((each) => [each.name, each.type, each.notnull, each.dflt_value, each.pk].join('|'))
          .sort(),
        withRows
          ? db
              .prepare(`SELECT * FROM ${quoted(name)} ORDER BY 1`)
              .all()
              .map((row) => Object.entries(row as object).sort())
          : [],
      ]),
      db
        .prepare(
          "SELECT type, name, tbl_name FROM sqlite_master WHERE type <> 'table' AND name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE 'migrate_%' ORDER BY name",
        )
        .all(),
    ]
  } finally {
    db.close()
  }
}

function fill(file: string, from: Random): void {
  const db = new Database(file)
  const tables = db
    .prepare(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'migrate_%' AND name NOT LIKE 'sqlite_%'",
    )
    .pluck()
    .all() as string[]
  for (const name of tables) {
    const columns = db
      .prepare(`SELECT name, "notnull" AS required FROM pragma_table_info('${name.replaceAll("'", "''")}')`)
      .all() as { name: string; required: number }[]
    if (!columns.some((column) => column.name === 'id')) continue
    const insert = db.prepare(
      `INSERT OR IGNORE INTO ${quoted(name)} (${columns.map((each) => quoted(each.name)).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    )
    for (let id = 1; id <= 3; id++)
      insert.run(
        columns.map((each) =>
          each.name === 'id' ? id : each.required === 0 && from.chance(0.3) ? null : `v${from.int(1, 999)}\u0000😀'`,
        ),
      )
  }
  db.close()
}

const planned = (plan: Plan): string[] =>
  plan.steps.flatMap((step) => step.operations.flatMap((each) => each.statements.map((statement) => statement.sql)))

async function move(
  file: string,
  chain: ReturnType<typeof line>,
  target: string,
  direction: 'up' | 'down',
): Promise<void> {
  const migrator = migratorOn(file, chain, { transaction: 'revision' })
  const plan = await migrator.plan(target, { direction })
  const ran: string[] = []
  // What follows opaque SQL is compiled again from what is there then.
  const opaque = plan.steps.some((step) =>
    step.operations.some(({ operation }) => operation.kind === 'sql' && operation.effects === undefined),
  )
  for await (const event of migrator.run(plan)) if (event.type === 'statement') ran.push(event.sql)
  if (!opaque) expect(ran).toEqual(planned(plan))
}

test('random chains: what is planned is what runs, nothing drifts by itself, rows come back', async () => {
  const seed = runSeed()
  const only = onlyCase()
  console.log(`random chains: TEST_SEED=${seed}`)
  for (let index = only ?? 0; index < (only === undefined ? counts.randomChains : only + 1); index++) {
    const from = random(caseSeed(seed, index))
    const shape: Shape = { tables: new Map(), next: 0 }
    const revisions = Array.from({ length: from.int(2, 5) }, () => {
      const parts = Array.from({ length: from.int(1, 4) }, () => change(from, shape))
      const recorded: Recorded = (op) => {
        for (const part of parts) part(op)
      }
      return recorded
    })
    const chain = line(...revisions)
    const file = join(folder.path, `c${index}.db`)
    const shapes: unknown[] = []
    try {
      for (let at = 1; at <= chain.length; at++) {
        await move(file, chain, `r${at}`, 'up')
        shapes.push(dump(file, false))
      }
      fill(file, from)
      const full = dump(file, true)
      for (let at = chain.length - 1; at >= 1; at--) {
        await move(file, chain, `r${at}`, 'down')
        expect(dump(file, false)).toEqual(shapes[at - 1])
      }
      await move(file, chain, 'base', 'down')
      await move(file, chain, 'head', 'up')
      expect(dump(file, true)).toEqual(full)
    } catch (error) {
      const where = isMigrateError(error) ? ` ${error.code} ${JSON.stringify(error.location)} ${error.message}` : ''
      throw new Error(`TEST_SEED=${seed} TEST_CASE=${index}${where}`, { cause: error })
    }
  }
})

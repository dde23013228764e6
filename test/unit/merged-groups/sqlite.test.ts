import { isMigrateError, type Operation, type OperationAround, type Session } from '@org/migrate-core/dialect'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { expect, it } from 'vitest'
import { caseSeed, onlyCase, type Random, random as randomOf, runSeed } from '../../kit/random.ts'
import { counts } from '../../kit/scale.ts'
import { orders, possible, run, statementsOf } from './law.ts'
import { randomOperation } from './sqlite-operations.ts'
import { type RandomTable, randomTable } from './sqlite-tables.ts'

const dialect = await sqliteDialect({ url: ':memory:' }).load()

async function withTable<T>({ schema, rows }: RandomTable, work: (session: Session) => Promise<T>): Promise<T> {
  // A dialect has one database in memory, however often it connects.
  const session = await sqliteDialect({ url: ':memory:' }).connection.connect({ purpose: 'run' })
  try {
    for (const sql of schema) await session.execute(sql)
    for (const sql of rows) {
      try {
        await session.execute(sql)
      } catch {
        // A row that a STRICT column does not take.
      }
    }
    return await work(session)
  } finally {
    await session.close()
  }
}

/** Everything that SQLite keeps of the table: texts, rows bit by bit, rowids, the counter. */
async function dump(session: Session): Promise<string> {
  const lines: unknown[] = []
  const query = async (sql: string): Promise<readonly { readonly [name: string]: unknown }[]> =>
    (await session.query(sql)) as readonly { readonly [name: string]: unknown }[]
  // SQLite's own DROP COLUMN leaves other white space behind than an edited text has.
  const objects = await query('SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name')
  lines.push(...objects.map((object) => ({ ...object, sql: String(object.sql).replaceAll(/\s+/g, '') })))
  const columns = (await query(`SELECT name FROM pragma_table_xinfo('t') WHERE hidden <> 1`)).map(
    ({ name }) => `"${name}"`,
  )
  const cells = columns.map(
    (name) => `quote(${name}) || typeof(${name}) || CASE typeof(${name}) WHEN 'text' THEN hex(${name}) ELSE '' END`,
  )
  const isRowid = (await query(`SELECT wr FROM pragma_table_list WHERE name = 't' AND schema = 'main'`))[0]?.wr === 0n
  const row = (cell: string) => `SELECT ${cell} AS cell FROM t ORDER BY 1`
  lines.push(...(await query(row([...(isRowid ? ['rowid'] : []), ...cells].join(` || ' | ' || `)))))
  const counted = (await query(`SELECT 1 AS one FROM sqlite_master WHERE name = 'sqlite_sequence'`)).length > 0
  if (counted) lines.push(...(await query('SELECT name, seq FROM sqlite_sequence ORDER BY 1')))
  return lines
    .map((line) => JSON.stringify(line, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)))
    .join('\n')
}

const refusal = 'refused'

async function outcome(
  table: RandomTable,
  arounds: readonly OperationAround[],
  merged: boolean,
): Promise<{ readonly state: string; readonly why: string; readonly groups: readonly number[] }> {
  return withTable(table, async (session) => {
    let compiled: ReturnType<typeof statementsOf>
    try {
      compiled = statementsOf(dialect, arounds, merged)
    } catch (error) {
      if (!isMigrateError(error)) throw error
      return { state: refusal, why: error.message, groups: [arounds.length] }
    }
    const { groups, statements } = compiled
    const why = await run(session, statements)
    return why === undefined ? { state: await dump(session), why: '', groups } : { state: refusal, why, groups }
  })
}

const text = (operation: Operation): string => {
  const { kind, ...rest } = operation
  return `${kind} ${JSON.stringify({ ...rest, table: undefined })}`
}

async function bag(random: Random, table: RandomTable): Promise<Operation[]> {
  return withTable(table, async (session) => {
    let model = await dialect.introspection.schema(session)
    const operations: Operation[] = []
    const actions = random.weighted([
      [5, 2],
      [4, 3],
      [2, 5],
    ] as const)
    for (let tries = 0; operations.length < actions && tries < 60; tries += 1) {
      const t = [...model.tables.values()].find(({ ref }) => ref.name === 't')
      const operation = t === undefined ? undefined : randomOperation(random, t)
      if (operation === undefined) continue
      const [around] = possible(dialect, model, [operation])
      if (around === undefined) continue
      model = around.after
      operations.push(operation)
    }
    return operations
  })
}

async function runCase(
  seed: number,
): Promise<{ readonly merged: number; readonly done: number; readonly finding?: string }> {
  const random = randomOf(seed)
  const table = randomTable(random)
  const operations = await bag(random, table)
  const all =
    operations.length <= 3
      ? orders(operations)
      : [operations, [...operations].reverse(), random.sample(operations, operations.length)]
  const model = await withTable(table, (session) => dialect.introspection.schema(session))
  let merged = 0
  let done = 0
  for (const order of all) {
    const arounds = possible(dialect, model, order)
    const together = await outcome(table, arounds, true)
    if (together.groups.every((size) => size === 1)) continue
    merged += 1
    const unmerged = await outcome(table, arounds, false)
    if (unmerged.state !== refusal) done += 1
    if (unmerged.state === together.state) continue
    // WITHOUT ROWID and its key, or AUTOINCREMENT and its, come and go together: SQLite has no table in between.
    if (/^PRIMARY KEY missing|a WITHOUT ROWID table, which needs one|AUTOINCREMENT/.test(unmerged.why)) continue
    const finding = [
      ...table.schema.map((sql) => `${sql};`),
      ...table.rows.map((sql) => `${sql};`),
      '',
      ...arounds.map(({ operation }) => text(operation)),
      '',
      `groups ${together.groups.join(' ')}`,
      `one by one: ${unmerged.state === refusal ? `refused, ${unmerged.why}` : `\n${unmerged.state}`}`,
      `merged: ${together.state === refusal ? `refused, ${together.why}` : `\n${together.state}`}`,
    ].join('\n')
    return { merged, done, finding }
  }
  return { merged, done }
}

it('a merged group of changes of a SQLite table gives what its operations give one by one', async () => {
  const seed = runSeed()
  const only = onlyCase()
  const findings: string[] = []
  let merged = 0
  let done = 0
  for (let at = only ?? 0; at < (only === undefined ? counts.mergedGroups : only + 1) && findings.length < 5; at += 1) {
    const result = await runCase(caseSeed(seed, at))
    merged += result.merged
    done += result.done
    if (result.finding !== undefined) findings.push(`TEST_SEED=${seed} TEST_CASE=${at}\n${result.finding}`)
  }
  console.log(`merged groups: seed ${seed}, ${merged} orders were merged, ${done} of them done`)
  expect(findings.join('\n\n')).toBe('')
  if (only === undefined) expect(done).toBeGreaterThan(counts.mergedGroups / 10)
})

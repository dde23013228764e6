import type { ColumnType, Dialect, Operation, OperationAround, Session } from '@org/migrate-core/dialect'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { expect, it, onTestFinished } from 'vitest'
import { caseSeed, onlyCase, type Random, random as randomOf, runSeed } from '../../kit/random.ts'
import { counts } from '../../kit/scale.ts'
import { describeOnEach, type TestDatabase } from '../../kit/servers.ts'
import { possible, runEach, statementsOf } from './law.ts'

const table = { name: 't' }

const types: readonly ColumnType[] = [
  { kind: 'integer', bits: 32 },
  { kind: 'integer', bits: 64 },
  { kind: 'double' },
  { kind: 'decimal', precision: 12, scale: 2 },
  { kind: 'varchar', length: 30 },
  { kind: 'varchar', length: 4 },
]
const columns = ['a', 'b', 'c'] as const
const values = ['0', '1', '-5', '7', "'7'", "'007'", "'1e2'", "'x'", "'X'", '1.5', '2.25', '30000000000', 'NULL']

function schemaOf(random: Random): string[] {
  const key = random.sample(columns, random.int(1, 2))
  const definitions = columns.map((name) => {
    const type = random.pick(['INT', 'BIGINT', 'DOUBLE', 'DECIMAL(12,4)', 'VARCHAR(20)', 'VARCHAR(30)'])
    return `${name} ${type} ${key.includes(name) || random.chance(0.3) ? 'NOT NULL' : 'NULL'}`
  })
  return [
    `CREATE TABLE t (${[
      ...definitions,
      ...(random.chance(0.3) ? [`g VARCHAR(60) AS (CONCAT(a, '!')) STORED`] : []),
      `PRIMARY KEY (${key.join(', ')})`,
      ...(random.chance(0.3) ? [`UNIQUE KEY u (${random.pick(columns)})`] : []),
      // IGNORE takes rows that a CHECK cannot be computed of, and a copy of the table then refuses them: this one can.
      ...(random.chance(0.3) ? [`CONSTRAINT k CHECK (CHAR_LENGTH(${random.pick(columns)}) < 40)`] : []),
    ].join(', ')})`,
  ]
}

const rowsOf = (random: Random): string[] =>
  Array.from(
    { length: random.int(1, 5) },
    () => `INSERT IGNORE INTO t (a, b, c) VALUES (${columns.map(() => random.pick(values)).join(', ')})`,
  )

function shaping(random: Random): Operation {
  return {
    kind: 'alterColumn',
    table,
    column: random.pick(columns),
    change: {
      ...(random.chance(0.7) ? { type: random.pick(types) } : {}),
      ...(random.chance(0.4) ? { nullable: random.chance(0.4) } : {}),
    },
  }
}

/** Another key in the place of one, with what is said of columns between. */
function group(random: Random): Operation[] {
  return [
    { kind: 'dropConstraint', table, constraint: { kind: 'primaryKey' } },
    ...Array.from({ length: random.int(0, 4) }, () => shaping(random)),
    {
      kind: 'addConstraint',
      table,
      constraint: { kind: 'primaryKey', columns: random.sample(columns, random.int(1, 2)) },
    },
    ...(random.chance(0.3) ? [shaping(random)] : []),
  ]
}

interface Ground {
  readonly db: TestDatabase
  readonly session: Session
  readonly dialect: Dialect
}

async function outcome(ground: Ground, setup: readonly string[], arounds: readonly OperationAround[], merged: boolean) {
  const { db, session, dialect } = ground
  await db.sql(['DROP TABLE IF EXISTS t', ...setup].join(';'))
  let compiled: ReturnType<typeof statementsOf>
  try {
    compiled = statementsOf(dialect, arounds, merged)
  } catch (error) {
    return { state: 'refused', why: String(error), groups: [] }
  }
  const why = await runEach(session, compiled.statements)
  if (why !== undefined) return { state: 'refused', why, groups: compiled.groups }
  const rows = await db.sql('SELECT * FROM t')
  const [shown] = await db.sql('SHOW CREATE TABLE t')
  const state = [shown?.['Create Table'], ...rows.map((row) => JSON.stringify(row)).sort()].join('\n')
  return { state, why: '', groups: compiled.groups }
}

describeOnEach(['mariadb', 'mysql'], 'a merged group', (createDatabase) => {
  it('of a key that takes the place of another converts values through the type in between', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (a INT PRIMARY KEY, c DOUBLE NOT NULL); INSERT INTO t VALUES (1, 1.5), (2, 7.25)')
    const assumed = mysqlDialect({ url: db.url })
    const session = await assumed.connection.connect({ purpose: 'run' })
    onTestFinished(() => session.close())
    const dialect = await (session.dialect ?? assumed).load()
    const arounds = possible(dialect, await dialect.introspection.schema(session), [
      { kind: 'dropConstraint', table, constraint: { kind: 'primaryKey' } },
      { kind: 'alterColumn', table, column: 'c', change: { type: { kind: 'integer', bits: 32 } } },
      { kind: 'alterColumn', table, column: 'c', change: { type: { kind: 'double' } } },
      { kind: 'addConstraint', table, constraint: { kind: 'primaryKey', columns: ['c'] } },
    ])
    expect(await runEach(session, statementsOf(dialect, arounds, true).statements)).toBe(undefined)
    const rows = await db.sql('SELECT a, c FROM t ORDER BY a')
    expect(rows.map(({ a, c }) => [String(a), String(c)])).toEqual([
      ['1', '2'],
      ['2', '7'],
    ])
  })

  it('of a key that takes the place of another gives what its operations give one by one', async () => {
    const db = await createDatabase()
    const assumed = mysqlDialect({ url: db.url })
    const session = await assumed.connection.connect({ purpose: 'run' })
    onTestFinished(() => session.close())
    const ground = { db, session, dialect: await (session.dialect ?? assumed).load() }
    const seed = runSeed()
    const only = onlyCase()
    const findings: string[] = []
    let merged = 0
    let done = 0
    const last = only === undefined ? counts.mergedKeys : only + 1
    for (let at = only ?? 0; at < last && findings.length < 5; at += 1) {
      const random = randomOf(caseSeed(seed, at))
      const setup = [...schemaOf(random), ...rowsOf(random)]
      await db.sql(['DROP TABLE IF EXISTS t', ...setup].join(';'))
      const model = await ground.dialect.introspection.schema(session)
      const operations = group(random)
      const arounds = possible(ground.dialect, model, operations)
      const together = await outcome(ground, setup, arounds, true)
      if (!together.groups.some((size) => size > 1)) continue
      merged += 1
      const unmerged = await outcome(ground, setup, arounds, false)
      if (unmerged.state !== 'refused') done += 1
      if (unmerged.state === together.state) continue
      findings.push(
        [
          `TEST_SEED=${seed} TEST_CASE=${at}`,
          ...setup.map((sql) => `${sql};`),
          ...operations.map((operation) => JSON.stringify(operation)),
          `groups ${together.groups.join(' ')}`,
          `one by one: ${unmerged.why}\n${unmerged.state}`,
          `merged: ${together.why}\n${together.state}`,
        ].join('\n'),
      )
    }
    console.log(`merged groups: ${db.server}, seed ${seed}, ${merged} groups were merged, ${done} of them done`)
    expect(findings.join('\n\n')).toBe('')
  })
})

describeOnEach(['postgres'], 'a merged group', (createDatabase) => {
  it('does not exist: each operation is compiled by itself', async () => {
    const db = await createDatabase()
    await db.sql('CREATE TABLE t (a INT PRIMARY KEY, b TEXT)')
    const dialect = await postgresDialect({ url: db.url }).load()
    const session = await dialect.connection.connect({ purpose: 'run' })
    onTestFinished(() => session.close())
    const model = await dialect.introspection.schema(session)
    const arounds = possible(dialect, model, [
      {
        kind: 'addColumn',
        table,
        column: { name: 'f', type: { kind: 'boolean' }, nullable: false, default: { kind: 'literal', value: false } },
      },
      { kind: 'alterColumn', table, column: 'f', change: { default: null } },
      { kind: 'dropConstraint', table, constraint: { kind: 'primaryKey' } },
      { kind: 'addConstraint', table, constraint: { kind: 'primaryKey', columns: ['b'] } },
    ])
    expect(arounds).toHaveLength(4)
    expect(statementsOf(dialect, arounds, true).groups).toEqual([1, 1, 1, 1])
  })
})

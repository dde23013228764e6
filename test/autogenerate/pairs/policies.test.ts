import { diffSchemas } from '@org/migrate-autogenerate'
import type { Revision } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { readDrizzle } from '@org/migrate-drizzle/postgres'
import { type SQL, sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { expect, it } from 'vitest'
import { wholeDump } from '../../kit/pg-dump.ts'
import { caseSeed, onlyCase, type Random, random, runSeed } from '../../kit/random.ts'
import { counts } from '../../kit/scale.ts'
import { describeOnEach, type TestDatabase } from '../../kit/servers.ts'
import { bring } from './bring.ts'

/* Random pairs of schemas with row security and policies, declared in Drizzle. */

const columnTypes = {
  owner: ['text', 'varchar'],
  org: ['integer', 'bigint'],
  level: ['smallint', 'integer'],
} as const
type Column = keyof typeof columnTypes
const columnNames = Object.keys(columnTypes) as readonly Column[]

interface PolicySpec {
  readonly name: string
  readonly as: 'permissive' | 'restrictive'
  readonly for: 'all' | 'select' | 'insert' | 'update' | 'delete'
  readonly to: readonly string[]
  /** Each reads a column of its table, or, with `of`, of another. */
  readonly using?: Reads
  readonly withCheck?: Reads
  readonly linked: boolean
}
interface Reads {
  readonly column: Column
  readonly value: number
  readonly of?: string
}
interface TableSpec {
  readonly name: string
  readonly columns: { readonly [C in Column]?: number }
  readonly enabled: boolean
  readonly policies: readonly PolicySpec[]
}

const tableNames = ['docs', 'orgs', "mem'bers", 'Notes'] as const
const roles = ['public', 'current_user', 'session_user', 'pg_monitor', 'pg_signal_backend']

function reads(r: Random, own: TableSpec, all: readonly TableSpec[]): Reads | undefined {
  const target = r.chance(0.35) ? r.pick(all) : own
  const columns = columnNames.filter((name) => target.columns[name] !== undefined)
  if (columns.length === 0) return undefined
  return {
    column: r.pick(columns),
    value: r.int(1, 3),
    ...(target === own ? {} : { of: target.name }),
  }
}

function policySpec(r: Random, name: string, own: TableSpec, all: readonly TableSpec[]): PolicySpec {
  const command = r.pick(['all', 'select', 'insert', 'update', 'delete'] as const)
  const [using, withCheck] = [reads(r, own, all), reads(r, own, all)]
  return {
    name,
    as: r.pick(['permissive', 'restrictive']),
    for: command,
    to: r.sample(roles, r.int(1, 2)),
    ...(command !== 'insert' && using !== undefined && r.chance(0.8) ? { using } : {}),
    ...(!['select', 'delete'].includes(command) && withCheck !== undefined && r.chance(0.6) ? { withCheck } : {}),
    linked: r.chance(0.3),
  }
}

function columnsOf(r: Random): TableSpec['columns'] {
  return Object.fromEntries(r.sample(columnNames, r.int(1, 3)).map((name) => [name, r.int(0, 1)]))
}

const bare = (r: Random, name: string): TableSpec => ({
  name,
  columns: columnsOf(r),
  enabled: r.chance(0.5),
  policies: [],
})

const policyNames = ['p', "it's q", 'Own Rows'] as const

const withPolicies = (r: Random, tables: readonly TableSpec[]): readonly TableSpec[] =>
  tables.map((table) => ({
    ...table,
    policies: r.sample(policyNames, r.int(0, 3)).map((name) => policySpec(r, name, table, tables)),
  }))

/** A policy may only read what is there. */
const stillReads = (tables: readonly TableSpec[], own: TableSpec, { using, withCheck }: PolicySpec): boolean =>
  [using, withCheck].every(
    (each) =>
      each === undefined ||
      tables.find(({ name }) => name === (each.of ?? own.name))?.columns[each.column] !== undefined,
  )

/** The other side of a pair: tables, columns, types, policies that come, go and change. */
function changed(r: Random, from: readonly TableSpec[]): readonly TableSpec[] {
  const remaining = from.filter(() => r.chance(0.85))
  const added = tableNames.filter((name) => !from.some((table) => table.name === name) && r.chance(0.3))
  const tables = [
    ...remaining.map((table) => ({
      ...table,
      enabled: r.chance(0.7) ? table.enabled : !table.enabled,
      columns: r.chance(0.6) ? table.columns : columnsOf(r),
    })),
    ...added.map((name) => bare(r, name)),
  ]
  return tables.map((table) => ({
    ...table,
    policies: policyNames.flatMap((name) => {
      const previous = table.policies.find((policy) => policy.name === name)
      if (previous !== undefined && r.chance(0.6) && stillReads(tables, table, previous)) return [previous]
      return r.chance(0.5) ? [policySpec(r, name, table, tables)] : []
    }),
  }))
}

const builders = {
  text: () => pg.text(),
  varchar: () => pg.varchar({ length: 40 }),
  integer: () => pg.integer(),
  bigint: () => pg.bigint({ mode: 'bigint' }),
  smallint: () => pg.smallint(),
}

/** The same as a file of Drizzle declares it. */
function declared(specs: readonly TableSpec[]) {
  const tables = new Map<string, pg.PgTable>()
  const columnOf = (table: pg.PgTable, name: Column): pg.AnyPgColumn =>
    (table as unknown as Record<string, pg.AnyPgColumn>)[name] as pg.AnyPgColumn
  const condition = (own: TableSpec, { column, value, of }: Reads): SQL => {
    const target = tables.get(of ?? own.name) as pg.PgTable
    const chunk = columnOf(target, column)
    const predicate = column === 'owner' ? sql`${chunk} = current_user` : sql`${chunk} > ${value}`
    return of === undefined ? predicate : sql`exists (select 1 from ${target} where ${predicate})`
  }
  const policyOf = (own: TableSpec, { using, withCheck, linked: _, to, name, ...spec }: PolicySpec): pg.PgPolicy =>
    pg.pgPolicy(name, {
      ...spec,
      to: [...to],
      ...(using === undefined ? {} : { using: condition(own, using) }),
      ...(withCheck === undefined ? {} : { withCheck: condition(own, withCheck) }),
    })
  for (const spec of specs) {
    const columns = Object.fromEntries(
      columnNames.flatMap((name) => {
        const type = spec.columns[name]
        return type === undefined ? [] : [[name, builders[columnTypes[name][type] ?? 'text']()]]
      }),
    )
    const table = pg.pgTable(spec.name, { id: pg.integer().primaryKey(), ...columns }, () =>
      spec.policies.filter(({ linked }) => !linked).map((policy) => policyOf(spec, policy)),
    )
    tables.set(spec.name, spec.enabled ? (table.enableRLS() as unknown as pg.PgTable) : table)
  }
  const linked = specs.flatMap((spec) =>
    spec.policies
      .filter(({ linked }) => linked)
      .map((policy) => policyOf(spec, policy).link(tables.get(spec.name) as pg.PgTable)),
  )
  return readDrizzle([...tables.values(), ...linked])
}

const brought = ({ url }: TestDatabase, chain: readonly Revision[], specs: readonly TableSpec[]) =>
  bring(postgresDialect({ url }), chain, declared(specs))

describeOnEach(['postgres', 'postgres-next'], 'pairs of schemas with policies', (createDatabase) => {
  const run = runSeed()
  const only = onlyCase()
  const cases = only === undefined ? Array.from({ length: counts.policyPairs }, (_, at) => at) : [only]

  it(`${cases.length} pairs: the second comparison is empty, the dumps are equal, and the downgrade is (TEST_SEED=${run})`, async () => {
    for (const at of cases) {
      const r = random(caseSeed(run, at))
      const from = withPolicies(
        r,
        r.sample(tableNames, r.int(1, 4)).map((name) => bare(r, name)),
      )
      const to = changed(r, from)
      try {
        const [one, other] = [await createDatabase(), await createDatabase()]
        const first = await brought(one, [], from)
        const before = await wholeDump(one)
        const { chain, migrator } = await brought(one, first.chain, to)
        await brought(other, [], to)
        expect(await wholeDump(one), 'the dump of what was migrated to, and of what was made').toEqual(
          await wholeDump(other),
        )
        if (chain.length > first.chain.length) {
          await migrator.downgrade('-1', { allowDataLoss: true })
          expect(await wholeDump(one), 'the dump after the downgrade').toEqual(before)
        }
      } catch (error) {
        throw new Error(`TEST_SEED=${run} TEST_CASE=${at}\n${JSON.stringify({ from, to })}`, { cause: error })
      }
    }
  })
})

it('without a server, a policy that may read a column that goes is dropped and created again', async () => {
  const sides = (columns: object) => {
    const orgs = pg.pgTable('orgs', { id: pg.integer().primaryKey(), owner: pg.text() })
    const docs = pg.pgTable('docs', { id: pg.integer().primaryKey(), ...columns }, () => [
      pg.pgPolicy('far', { for: 'select', using: sql`exists (select 1 from orgs where owner = current_user)` }),
      pg.pgPolicy('named', { for: 'select', using: sql`exists (select 1 from ${orgs} where ${orgs.owner} > '')` }),
      pg.pgPolicy('other', { for: 'select', using: sql`id > 1` }),
    ])
    return readDrizzle([orgs, docs])
  }
  const { changes } = await diffSchemas({
    dialect: await postgresDialect({ url: 'postgres://localhost/d' }).load(),
    from: sides({ owner: pg.text() }).schema,
    to: sides({}),
    fromAuthors: true,
    answers: { none: true },
  })
  expect(changes.map((change) => (change.kind === 'operation' ? change.operation : change))).toMatchObject([
    { kind: 'dropPolicy', policy: 'far' },
    { kind: 'dropPolicy', policy: 'named' },
    { kind: 'dropColumn', column: 'owner' },
    { kind: 'createPolicy', policy: { name: 'far', using: 'exists (select 1 from orgs where owner = current_user)' } },
    { kind: 'createPolicy', policy: { name: 'named' } },
  ])
})

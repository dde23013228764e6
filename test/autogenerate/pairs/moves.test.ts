import type { Revision } from '@org/migrate-core'
import { postgresDialect } from '@org/migrate-dialect-postgres'
import { readDrizzle } from '@org/migrate-drizzle/postgres'
import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { expect, it } from 'vitest'
import { type Dump, wholeDump } from '../../kit/pg-dump.ts'
import { caseSeed, onlyCase, type Random, random, runSeed } from '../../kit/random.ts'
import { counts } from '../../kit/scale.ts'
import { describeOnEach, type TestDatabase } from '../../kit/servers.ts'
import { bring } from './bring.ts'

/* Random pairs of schemas whose tables, columns and enums get other names and other schemas, with counters, views and policies. */

const schemas = ['public', 'app', "Old p'lace"] as const
const counters = ['serial', 'bigserial', 'always', 'byDefault', 'none'] as const
type Counter = (typeof counters)[number]

interface Named {
  /** Tells it from the others, whatever it is called. */
  readonly at: number
  readonly name: string
  readonly schema: string
}
interface TableSpec extends Named {
  readonly key: string
  readonly counter: Counter
  readonly mood?: number | undefined
  readonly isSecured: boolean
  readonly policy?: { readonly above: number; readonly as: 'permissive' | 'restrictive' } | undefined
}
interface ViewSpec extends Named {
  readonly of: number
  readonly above: number
  readonly isMaterialized: boolean
  readonly invoker?: boolean | undefined
  readonly barrier?: boolean | undefined
  readonly checkOption?: 'local' | 'cascaded' | undefined
  readonly fillfactor?: number | undefined
}
interface SequenceSpec extends Named {
  readonly increment: number
  readonly cache: number
  readonly cycle: boolean
}
interface Spec {
  readonly tables: readonly TableSpec[]
  readonly enums: readonly Named[]
  readonly views: readonly ViewSpec[]
  readonly sequences: readonly SequenceSpec[]
}

const maybe = <T>(r: Random, chance: number, value: () => T): T | undefined => (r.chance(chance) ? value() : undefined)
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T

const viewOptions = (r: Random, isMaterialized: boolean) =>
  defined(
    isMaterialized
      ? { fillfactor: maybe(r, 0.5, () => r.int(50, 90)) }
      : {
          invoker: maybe(r, 0.4, () => r.chance(0.7)),
          barrier: maybe(r, 0.4, () => r.chance(0.7)),
          checkOption: maybe(r, 0.4, () => r.pick(['local', 'cascaded'] as const)),
        },
  )
const policyOf = (r: Random) => ({ above: r.int(1, 3), as: r.pick(['permissive', 'restrictive'] as const) })
const viewOf = (r: Random, at: number, of: number): ViewSpec => {
  const isMaterialized = r.chance(0.3)
  const pgSchema = { at, name: `v${at}`, schema: r.pick(schemas) }
  return { ...pgSchema, of, above: r.int(1, 2), isMaterialized, ...viewOptions(r, isMaterialized) }
}
const sequenceOf = (r: Random, at: number): SequenceSpec => ({
  ...{ at, name: `s${at}`, schema: r.pick(schemas) },
  ...{ increment: r.int(1, 3), cache: r.int(1, 3), cycle: r.chance(0.5) },
})

function specOf(r: Random): Spec {
  const enums = Array.from({ length: r.int(0, 2) }, (_, at) => ({ at, name: `e${at}`, schema: r.pick(schemas) }))
  const tables = Array.from({ length: r.int(1, 3) }, (_, at): TableSpec => {
    const pgSchema = { at, name: at === 1 ? "T'1" : `t${at}`, schema: r.pick(schemas) }
    const own = { key: r.pick(['id', 'Nr']), counter: r.pick(counters), isSecured: r.chance(0.5) }
    const mood = enums.length > 0 ? maybe(r, 0.6, () => r.int(0, enums.length - 1)) : undefined
    return defined({ ...pgSchema, ...own, mood, policy: maybe(r, 0.5, () => policyOf(r)) })
  })
  return {
    tables,
    enums,
    views: Array.from({ length: r.int(0, 3) }, (_, at) => viewOf(r, at, r.int(0, tables.length - 1))),
    sequences: Array.from({ length: r.int(0, 1) }, (_, at) => sequenceOf(r, at)),
  }
}

const moved = <T extends Named>(r: Random, one: T): T => ({
  ...one,
  name: r.chance(0.35) ? `${one.name} new` : one.name,
  schema: r.chance(0.45) ? r.pick(schemas) : one.schema,
})

function changed(r: Random, { tables, enums, views, sequences }: Spec): Spec {
  return {
    enums: enums.map((one) => moved(r, one)),
    tables: tables.map((one): TableSpec => {
      const key = r.chance(0.35) ? (one.key === 'id' ? 'Nr' : 'id') : one.key
      const counter = r.chance(0.85) ? one.counter : r.pick(counters)
      const policy = r.chance(0.6) ? one.policy : maybe(r, 0.6, () => policyOf(r))
      return defined({ ...moved(r, one), key, counter, policy, isSecured: r.chance(0.7) === one.isSecured })
    }),
    views: views
      .filter(() => r.chance(0.85))
      .map((one) => {
        if (r.chance(0.5)) return one
        const { at, name, schema, of, above, isMaterialized } = one
        return { at, name, schema, of, above, isMaterialized, ...viewOptions(r, isMaterialized) }
      }),
    sequences: sequences.map((one) => (r.chance(0.5) ? one : { ...sequenceOf(r, one.at), schema: one.schema })),
  }
}

const label = ({ name, schema }: Named): string => (schema === 'public' ? name : `${schema}.${name}`)

/** The answers that tell the way from one to the other. */
function renamesOf(from: Spec, to: Spec): readonly { readonly from: string; readonly to: string }[] {
  const pairs = (some: readonly Named[], otherObjects: readonly Named[]) =>
    some.flatMap((one) => {
      const other = otherObjects.find(({ at }) => at === one.at)
      return other === undefined || label(one) === label(other) ? [] : [{ from: label(one), to: label(other) }]
    })
  const columns = from.tables.flatMap((one) => {
    const other = to.tables.find(({ at }) => at === one.at)
    return other === undefined || one.key === other.key ? [] : [{ from: `${label(one)}.${one.key}`, to: other.key }]
  })
  return [...pairs(from.tables, to.tables), ...pairs(from.enums, to.enums), ...columns]
}

const keys = {
  serial: () => pg.serial(),
  bigserial: () => pg.bigserial({ mode: 'bigint' }),
  always: () => pg.integer().generatedAlwaysAsIdentity(),
  byDefault: () => pg.integer().generatedByDefaultAsIdentity(),
  none: () => pg.integer(),
}

/** The same as a file of Drizzle declares it. */
function declared({ tables, enums, views, sequences }: Spec) {
  const pgSchemas = new Map(
    schemas.filter((name) => name !== 'public').map((name) => [name as string, pg.pgSchema(name)]),
  )
  const pgEnums = enums.map(({ name, schema }) => {
    const pgSchema = pgSchemas.get(schema)
    return pgSchema === undefined ? pg.pgEnum(name, ['a', 'b']) : pgSchema.enum(name, ['a', 'b'])
  })
  const pgTables = tables.map(({ at, name, schema, key, counter, mood, isSecured, policy }) => {
    const pgSchema = pgSchemas.get(schema)
    const columns = {
      [key]: keys[counter](),
      n: pg.integer(),
      ...(mood === undefined ? {} : { mood: pgEnums[mood]?.() }),
    }
    const extras = (self: Record<string, pg.AnyPgColumn>) => [
      pg.primaryKey({ name: `pk${at}`, columns: [self[key] as pg.AnyPgColumn] }),
      ...(policy === undefined
        ? []
        : [pg.pgPolicy(`p${at}`, { as: policy.as, using: sql`n > ${sql.raw(String(policy.above))}` })]),
    ]
    const make = (pgSchema?.table ?? pg.pgTable) as unknown as (
      ...all: readonly unknown[]
    ) => ReturnType<typeof pg.pgTable>
    const table = make(name, columns, extras)
    return isSecured ? (table.enableRLS() as unknown as typeof table) : table
  })
  const pgViews = views.map(
    ({ name, schema, of, above, isMaterialized, invoker, barrier, checkOption, fillfactor }) => {
      const pgSchema = pgSchemas.get(schema)
      const query = sql`select n from ${pgTables[of]} where n > ${sql.raw(String(above))}`
      if (isMaterialized) {
        const view = (pgSchema?.materializedView ?? pg.pgMaterializedView)(name, { n: pg.integer() })
        return (fillfactor === undefined ? view : view.with({ fillfactor })).as(query)
      }
      const view = (pgSchema?.view ?? pg.pgView)(name, { n: pg.integer() })
      const options = defined({ securityInvoker: invoker, securityBarrier: barrier, checkOption }) as pg.ViewWithConfig
      return (Object.keys(options).length === 0 ? view : view.with(options)).as(query)
    },
  )
  const pgSequences = sequences.map(({ name, schema, ...options }) =>
    (pgSchemas.get(schema)?.sequence ?? pg.pgSequence)(name, options),
  )
  return readDrizzle([...pgSchemas.values(), ...pgEnums, ...pgTables, ...pgViews, ...pgSequences])
}

const brought = ({ url }: TestDatabase, chain: readonly Revision[], to: Spec, from?: Spec) =>
  bring(postgresDialect({ url }), chain, declared(to), from === undefined ? [] : renamesOf(from, to))

/** PostgreSQL 18 names NOT NULL constraints after the table that they were created with, and a comparison leaves those names alone. */
const dumpOf = async (db: TestDatabase): Promise<Dump> =>
  Object.fromEntries(Object.entries(await wholeDump(db)).filter(([key]) => !/^constraint .*_not_null\d*"?$/.test(key)))

const quoted = (name: string): string => `"${name}"`
const tableText = ({ name, schema }: Named): string => `${quoted(schema)}.${quoted(name)}`

/** Three rows by the counter of each table, the last of which is deleted. */
async function fill(db: TestDatabase, { tables }: Spec): Promise<void> {
  for (const table of tables) {
    if (table.counter === 'none') continue
    for (const n of [1, 2, 3]) await db.sql(`INSERT INTO ${tableText(table)} (n) VALUES (${n})`)
    await db.sql(`DELETE FROM ${tableText(table)} WHERE ${quoted(table.key)} = 3`)
  }
}

const isSerial = (counter: Counter): boolean => counter === 'serial' || counter === 'bigserial'
/** An identity ends with its sequence, and a serial that takes its place begins after the rows. */
const preservesCounter = (one: Counter, other: Counter): boolean =>
  one !== 'none' && other !== 'none' && (isSerial(one) || !isSerial(other))

/** The next value of each counter that both sides have: that of a deleted row is not given again. */
async function nextValues(db: TestDatabase, from: Spec, to: Spec): Promise<readonly number[]> {
  const values: number[] = []
  for (const table of to.tables) {
    const before = from.tables.find(({ at }) => at === table.at)
    if (before === undefined || !preservesCounter(before.counter, table.counter)) continue
    const [row] = await db.sql(
      `INSERT INTO ${tableText(table)} (n) VALUES (4) RETURNING ${quoted(table.key)}::int AS id`,
    )
    values.push(Number(row?.id))
  }
  return values
}

describeOnEach(['postgres', 'postgres-next'], 'pairs of schemas whose objects move', (createDatabase) => {
  const run = runSeed()
  const only = onlyCase()
  const cases = only === undefined ? Array.from({ length: counts.movePairs }, (_, at) => at) : [only]

  it(`${cases.length} pairs: the second comparison is empty, dumps are equal, counters continue (TEST_SEED=${run})`, async () => {
    const failures: string[] = []
    for (const at of cases) {
      const r = random(caseSeed(run, at))
      const from = specOf(r)
      const to = changed(r, from)
      const [one, other] = [await createDatabase(), await createDatabase()]
      try {
        const first = await brought(one, [], from)
        const before = await dumpOf(one)
        await fill(one, from)
        const { chain, migrator } = await brought(one, first.chain, to, from)
        await brought(other, [], to)
        expect(await dumpOf(one), 'the dump of what was migrated to, and of what was made').toEqual(await dumpOf(other))
        const next = await nextValues(one, from, to)
        expect(next, 'the counters').toEqual(next.map(() => 4))
        if (chain.length > first.chain.length) {
          await migrator.downgrade('-1', { allowDataLoss: true })
          expect(await dumpOf(one), 'the dump after the downgrade').toEqual(before)
        }
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        failures.push(`TEST_SEED=${run} TEST_CASE=${at}\n${JSON.stringify({ from, to })}\n${why}`)
        if (failures.length > 2) break
      }
    }
    expect(failures.join('\n\n')).toBe('')
  })
})

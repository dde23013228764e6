import type { Revision } from '@org/migrate-core'
import { mysqlDialect } from '@org/migrate-dialect-mysql'
import { readDrizzle } from '@org/migrate-drizzle/mysql'
import { sql } from 'drizzle-orm'
import * as my from 'drizzle-orm/mysql-core'
import { expect, it } from 'vitest'
import { caseSeed, onlyCase, type Random, random, runSeed } from '../../kit/random.ts'
import { counts } from '../../kit/scale.ts'
import { describeOnEach, type TestDatabase } from '../../kit/servers.ts'
import { bring } from './bring.ts'

/* Random pairs of views with ALGORITHM, SQL SECURITY and CHECK OPTION, proved by SHOW CREATE VIEW. */

interface ViewSpec {
  readonly name: string
  readonly above: number
  readonly algorithm?: 'undefined' | 'merge' | 'temptable' | undefined
  readonly sqlSecurity?: 'definer' | 'invoker' | undefined
  readonly checkOption?: 'local' | 'cascaded' | undefined
}

const maybe = <T>(r: Random, values: readonly T[]): T | undefined => (r.chance(0.5) ? r.pick(values) : undefined)

function viewOf(r: Random, name: string): ViewSpec {
  const algorithm = maybe(r, ['undefined', 'merge', 'temptable'] as const)
  // No row can be written through a view that is stored in a temporary table.
  const checkOption = algorithm === 'temptable' ? undefined : maybe(r, ['local', 'cascaded'] as const)
  return { name, above: r.int(1, 2), algorithm, sqlSecurity: maybe(r, ['definer', 'invoker'] as const), checkOption }
}

const names = ['v', "o'w", 'Naïve'] as const

const changed = (r: Random, from: readonly ViewSpec[]): readonly ViewSpec[] =>
  names.flatMap((name) => {
    const view = from.find((one) => one.name === name)
    if (view === undefined) return r.chance(0.3) ? [viewOf(r, name)] : []
    if (r.chance(0.1)) return []
    return [r.chance(0.3) ? view : viewOf(r, name)]
  })

function declared(specs: readonly ViewSpec[]) {
  const table = my.mysqlTable('t', { id: my.int().primaryKey(), n: my.int() })
  const views = specs.map(({ name, above, algorithm, sqlSecurity, checkOption }) => {
    const view = my.mysqlView(name, { n: my.int() })
    if (algorithm !== undefined) view.algorithm(algorithm)
    if (sqlSecurity !== undefined) view.sqlSecurity(sqlSecurity)
    if (checkOption !== undefined) view.withCheckOption(checkOption)
    return view.as(sql`select n from ${table} where n > ${sql.raw(String(above))}`)
  })
  return readDrizzle([table, ...views])
}

/** What the server writes of each view, without the name of the database. */
async function shown(db: TestDatabase): Promise<Readonly<Record<string, string>>> {
  const views = await db.sql(
    'SELECT table_name AS name, DATABASE() AS own FROM information_schema.views WHERE table_schema = DATABASE()',
  )
  const definitions = views.map(async ({ name, own }): Promise<readonly [string, string]> => {
    const [row] = await db.sql(`SHOW CREATE VIEW \`${name}\``)
    return [String(name), String(row?.['Create View']).replaceAll(`\`${own}\`.`, '')]
  })
  return Object.fromEntries(await Promise.all(definitions))
}

const brought = ({ url }: TestDatabase, chain: readonly Revision[], specs: readonly ViewSpec[]) =>
  bring(mysqlDialect({ url }), chain, declared(specs))

describeOnEach(['mariadb', 'mysql'], 'pairs of views with options', (createDatabase) => {
  const run = runSeed()
  const only = onlyCase()
  const cases = only === undefined ? Array.from({ length: counts.viewPairs }, (_, at) => at) : [only]

  it(`${cases.length} pairs: the second comparison is empty, SHOW CREATE VIEW is equal (TEST_SEED=${run})`, async () => {
    for (const at of cases) {
      const r = random(caseSeed(run, at))
      const from = r.sample(names, r.int(1, 3)).map((name) => viewOf(r, name))
      const to = changed(r, from)
      try {
        const [one, other] = [await createDatabase(), await createDatabase()]
        const first = await brought(one, [], from)
        const before = await shown(one)
        const { chain, migrator } = await brought(one, first.chain, to)
        await brought(other, [], to)
        expect(await shown(one), 'what was migrated to, and what was made').toEqual(await shown(other))
        expect(Object.keys(await shown(one)).sort()).toEqual(to.map(({ name }) => name).sort())
        if (chain.length > first.chain.length) {
          await migrator.downgrade('-1', { allowDataLoss: true })
          expect(await shown(one), 'after the downgrade').toEqual(before)
        }
      } catch (error) {
        throw new Error(`TEST_SEED=${run} TEST_CASE=${at}\n${JSON.stringify({ from, to })}`, { cause: error })
      }
    }
  })
})

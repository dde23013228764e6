import type { SchemaModel } from '@org/migrate-core/dialect'
import { describe, expect, test } from 'vitest'
import { creationsOf } from '../../../packages/autogenerate/src/differences/creations.ts'
import { partOf } from '../../../packages/autogenerate/src/differences/desired-schema.ts'
import { materialise } from '../../../packages/autogenerate/src/differences/materialise.ts'
import { randomModel } from '../../../packages/conformance/src/random/generate.ts'
import { features, fragments } from '../../dialects/conformance/subjects.ts'
import { caseSeed, onlyCase, runSeed } from '../../kit/random.ts'
import { counts } from '../../kit/scale.ts'
import { describeOn } from '../../kit/servers.ts'
import { dialectAt } from './dialect-at.ts'
import { create, declaredBy, differences, type EmptyDatabase, emptied, sqliteFiles, unlike } from './kit.ts'

const seed = runSeed()
const only = onlyCase()
const cases = only === undefined ? Array.from({ length: counts.materialisedModels }, (_, at) => at) : [only]

const nothingElse = { views: new Map(), triggers: new Map(), sequences: new Map() }

const keyed = <T>(map: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> =>
  new Map([...map].filter(([each]) => each === key))

async function failuresOf(
  flavour: keyof typeof fragments,
  at: number,
  { url, sql }: EmptyDatabase,
): Promise<{ readonly failures: readonly string[]; readonly declared: SchemaModel }> {
  const model = randomModel(caseSeed(seed, at), features[flavour], fragments[flavour])
  const needed = model.triggers ? fragments[flavour].beforeTrigger : undefined
  const declared = declaredBy(model.operations)
  const dialect = dialectAt(url)
  const spoken = await dialect.connection.connect({ purpose: 'inspect' })
  const own = await (spoken.dialect ?? dialect).load()
  await spoken.close()
  if (needed !== undefined) await sql(needed)
  const before = await materialise(dialect, declared)
  const real = await create(dialect, creationsOf(declared, flavour === 'sqlite' ? { circles: 'inline' } : {}))
  const withLiveTables = await materialise(dialect, declared)
  const fromIntrospected = await materialise(dialect, real)
  // One table alone, with the types and schemas of all: its foreign keys lead out of what is made.
  const name = [...declared.tables.keys()].at(-1) ?? ''
  const part = { ...partOf(declared, new Set([name]), []), ...nothingElse }
  const oneTable = await materialise(dialect, part)
  const inspection = await dialect.connection.connect({ purpose: 'inspect' })
  const after = await own.introspection.schema(inspection)
  await inspection.close()
  return {
    declared,
    failures: [
      ...unlike(own, real, before).map((line) => `on an empty database: ${line}`),
      ...unlike(own, real, withLiveTables).map((line) => `beside the real one: ${line}`),
      ...unlike(own, real, fromIntrospected).map((line) => `what was read, materialised: ${line}`),
      ...differences(
        own,
        { ...real, ...nothingElse, tables: keyed(real.tables, name) },
        { ...oneTable, ...nothingElse, tables: keyed(oneTable.tables, name) },
      ).map((line) => `one table alone: ${line}`),
      ...unlike(own, real, after).map((line) => `the real one afterwards: ${line}`),
    ],
  }
}

function random(
  flavour: keyof typeof fragments,
  open: () => Promise<EmptyDatabase>,
  close: (database: EmptyDatabase) => Promise<void>,
): void {
  test(`${cases.length} random schemas are materialised as they are really created`, async () => {
    const failures: string[] = []
    let tables = 0
    for (const at of cases) {
      const database = await open()
      try {
        const outcome = await failuresOf(flavour, at, database)
        tables += outcome.declared.tables.size
        failures.push(...outcome.failures.map((line) => `TEST_SEED=${seed} TEST_CASE=${at}: ${line}`))
      } catch (error) {
        failures.push(`TEST_SEED=${seed} TEST_CASE=${at}: ${error instanceof Error ? error.message : String(error)}`)
      } finally {
        await close(database)
      }
    }
    expect(failures.slice(0, 10), `${failures.length} failures`).toEqual([])
    expect(tables).toBeGreaterThan(0)
  })
}

describe('sqlite', () => {
  const file = sqliteFiles()
  random(
    'sqlite',
    async () => file(),
    (database) => database.drop(),
  )
})

for (const server of ['postgres', 'mariadb', 'mysql'] as const) {
  describeOn(server, 'random schemas', () => {
    const { open, close } = emptied(server)
    random(server, open, close)
  })
}

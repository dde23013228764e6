import { type Dialect, emptySchema, type SchemaModel, type Session } from '@org/migrate-core/dialect'
import { afterAll, describe, expect, test } from 'vitest'
import { caseSeed } from '../../kit/random.ts'
import { introspected, on } from '../chain.ts'
import { differsFromModel } from '../compare.ts'
import { compiled } from '../outcome.ts'
import type { Subject, SubjectDatabase } from '../subject.ts'
import { type RandomModel, randomModel } from './generate.ts'
import { defects } from './planted.ts'

/** Makes the model by the compiler's statements; gives what was declared. */
async function make(dialect: Dialect, session: Session, { operations }: RandomModel): Promise<SchemaModel> {
  let model = emptySchema
  for (const operation of operations) {
    const { statements, after } = compiled(dialect, model, operation)
    model = after
    for (const statement of statements) {
      if (statement.copy !== undefined) await session.copy(statement.copy, {})
      else if (statement.expectEmpty !== undefined) await session.query(statement.sql, statement.params)
      else await session.execute(statement.sql, statement.params)
    }
  }
  return model
}

interface Trip {
  readonly dialect: Dialect
  readonly declared: SchemaModel
  readonly actual: SchemaModel
}

async function trip(database: SubjectDatabase, subject: Subject, model: RandomModel): Promise<Trip> {
  if (model.triggers && subject.fragments.beforeTrigger !== undefined)
    await database.sql(subject.fragments.beforeTrigger)
  const session = await database.dialect.connection.connect({ purpose: 'run' })
  try {
    const dialect = session.dialect ?? database.dialect
    const rebuilds = model.operations.some(({ kind }) => kind === 'addConstraint') && subject.transactional
    const scope = rebuilds ? await session.begin({ foreignKeys: 'off' }) : undefined
    const declared = await make(dialect, session, model)
    await scope?.commit()
    return { dialect, declared, actual: await introspected(database) }
  } finally {
    await session.close()
  }
}

/** At least this share of the models has each feature that occurs; the rarest (an action of a foreign key) is in one of a hundred. */
const leastShare = 0.004

/** Random models survive: created by the compiler, read back, and equal to what was declared once both are in normal form. */
export function roundTrips(subject: Subject): void {
  const { count, seed, only, first = count } = subject.randomModels
  const indexes = only === undefined ? Array.from({ length: count }, (_, at) => at) : [only]
  const featureCounts = new Map<string, number>()
  const planted = new Map<string, { plantedCount: number; missed: number[] }>()

  afterAll(() => {
    const list = [...featureCounts].sort(([a], [b]) => a.localeCompare(b)).map(([name, times]) => `${name} ${times}`)
    console.log(`${subject.name}: ${indexes.length} random models, TEST_SEED=${seed}: ${list.join(', ')}`)
  })

  test(`${indexes.length} random models come back as they were declared`, { timeout: 1_200_000 }, async () => {
    const failures: string[] = []
    let roundTripCount = 0
    for (const at of indexes) {
      const model = randomModel(caseSeed(seed, at), subject.random, subject.fragments)
      const isNew = [...model.features].some((feature) => !featureCounts.has(feature))
      for (const feature of model.features) featureCounts.set(feature, (featureCounts.get(feature) ?? 0) + 1)
      if (at >= first && only === undefined && !isNew) continue
      roundTripCount += 1
      const replay = `TEST_SEED=${seed} TEST_CASE=${at}`
      await on(subject.open, async (database) => {
        const { dialect, declared, actual } = await trip(database, subject, model)
        const lines = differsFromModel(dialect, declared, actual)
        if (lines.length > 0) failures.push(`${replay}: ${lines.join('; ')}`)
        for (const [name, plant] of Object.entries(defects)) {
          const broken = plant(actual)
          if (broken === undefined) continue
          const entry = planted.get(name) ?? { plantedCount: 0, missed: [] }
          planted.set(name, entry)
          entry.plantedCount += 1
          if (differsFromModel(dialect, declared, broken).length === 0) entry.missed.push(at)
        }
      }).catch((error: unknown) => {
        failures.push(`${replay}: ${error instanceof Error ? error.message : String(error)}`)
      })
    }
    const shown = failures.slice(0, 10).join('\n')
    expect(failures.length, `of ${roundTripCount} models:\n${shown}\n`).toBe(0)
  })

  describe.skipIf(only !== undefined)('the random models', () => {
    test('have every feature often enough', () => {
      const rare = [...featureCounts].filter(([, times]) => times < Math.max(1, Math.floor(count * leastShare)))
      expect(rare).toEqual([])
      expect(expectedFeatures(subject).filter((name) => !featureCounts.has(name))).toEqual([])
    })

    test('would show a planted defect', () => {
      const unseen = [...planted]
        .filter(([, { missed }]) => missed.length > 0)
        .map(([name, { missed }]) => `${name}: case ${missed[0]}`)
      expect(unseen.join('\n')).toBe('')
      expect(planted.size).toBeGreaterThan(15)
    })
  })
}

/** What has to occur, by what the subject says of its server. */
function expectedFeatures({ random, fragments }: Subject): readonly string[] {
  const when = (condition: boolean, ...names: readonly string[]): readonly string[] => (condition ? names : [])
  return [
    'odd names',
    'composite key',
    'unique',
    'check',
    'index',
    'index, unique',
    'foreign key',
    'foreign key to itself',
    'composite foreign key',
    'foreign keys in a circle',
    'view',
    'default now',
    'default literal',
    'default expression',
    ...when(random.schemas, 'another schema', 'named enum'),
    ...when(random.enums && !random.schemas, 'enum'),
    ...when(random.sequences, 'sequence'),
    ...when(random.comments, 'table comment', 'column comment', 'index comment'),
    ...random.identity.map((mode) => `identity ${mode}`),
    ...when(random.onUpdate, 'set by an update'),
    ...when(random.identity.includes('always'), 'identity from, by', 'identity within bounds'),
    ...random.generated.map((how) => `generated, ${how}`),
    ...when(random.nullsNotDistinct, 'unique, nulls not distinct'),
    ...random.deferrable.map(
      (kind) => `deferrable ${{ unique: 'unique', primaryKey: 'primary key', foreignKey: 'foreign key' }[kind]}`,
    ),
    ...when(random.partialIndexes, 'index, partial'),
    ...when(random.expressionIndexes, 'index, of an expression'),
    ...when(random.includeIndexes, 'index, covering'),
    ...when(random.descendingIndexes, 'index, descending'),
    ...when(random.nullsOrder, 'index, nulls first or last'),
    ...when(random.prefixIndexes, 'index, of the first characters'),
    ...when(random.matchFull, 'MATCH FULL'),
    ...when(random.exclude, 'exclusion'),
    ...when(random.materializedViews, 'materialised view'),
    ...when(fragments.trigger !== undefined, 'trigger'),
    ...when(fragments.collation !== undefined, 'collation'),
    ...when(random.tableOptions, 'table option'),
  ]
}

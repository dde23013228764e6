import { isMigrateError } from '@org/migrate-core'
import type { Dialect, SchemaModel } from '@org/migrate-core/dialect'
import { equal } from '../assert.ts'
import { differsFromModel } from '../compare.ts'
import { introspected, on, sendsLists } from '../database.ts'
import { createSchema } from '../operations/outcome.ts'
import type { ConformanceTest, Subject, SubjectDatabase } from '../subject.ts'
import { type RandomModel, randomModel } from './generate.ts'
import { defects } from './planted.ts'
import { caseSeed } from './random.ts'

interface Trip {
  readonly dialect: Dialect
  readonly declared: SchemaModel
  readonly actual: SchemaModel
}

async function createAndRead(database: SubjectDatabase, subject: Subject, model: RandomModel): Promise<Trip> {
  const { beforeTrigger } = subject.fragments
  if (model.triggers && beforeTrigger !== undefined) await database.sql(beforeTrigger)
  // An engine in this process has one session at a time.
  const created = await create(database, subject, model)
  return { ...created, actual: await introspected(database) }
}

async function create(
  database: SubjectDatabase,
  subject: Subject,
  { operations }: RandomModel,
): Promise<Omit<Trip, 'actual'>> {
  const session = await database.dialect.connection.connect({ purpose: 'run' })
  try {
    const dialect = await (session.dialect ?? database.dialect).load()
    // What a list has written cannot be read in it: there each statement is sent by itself.
    const isWhole = subject.transactional && !sendsLists(database)
    const rebuilds = operations.some(({ kind }) => kind === 'addConstraint')
    const scope = rebuilds && isWhole ? await session.begin({ foreignKeys: 'off' }) : undefined
    const declared = await createSchema(dialect, session, operations)
    await scope?.commit()
    return { dialect, declared }
  } finally {
    await session.close()
  }
}

/** What all models showed. */
interface Survey {
  /** The models that came back as others, a line each. */
  readonly failures: string[]
  readonly features: Map<string, number>
  /** The defects that were planted, with the models in which the comparison missed them. */
  readonly planted: Map<string, string[]>
}

async function takeSurvey(subject: Subject): Promise<Survey> {
  const { count, seed, only, first = count } = subject.randomModels
  const survey: Survey = { failures: [], features: new Map(), planted: new Map() }
  for (const at of only === undefined ? Array.from({ length: count }, (_, index) => index) : [only]) {
    const model = randomModel(caseSeed(seed, at), subject.random, subject.fragments)
    const isNew = [...model.features].some((feature) => !survey.features.has(feature))
    for (const feature of model.features) survey.features.set(feature, (survey.features.get(feature) ?? 0) + 1)
    if (at >= first && only === undefined && !isNew) continue
    const name = `seed ${seed}, model ${at}`
    await on(subject.open, async (database) => {
      const trip = await createAndRead(database, subject, model).catch((error: unknown) => {
        // Tables that refer to each other in a circle can't be rebuilt where foreign keys stay on.
        if (sendsLists(database) && isMigrateError(error, 'UNSUPPORTED')) return undefined
        throw error
      })
      if (trip === undefined) return
      const { dialect, declared, actual } = trip
      const lines = differsFromModel(dialect, declared, actual)
      if (lines.length > 0) survey.failures.push(`${name}: ${lines.join('; ')}`)
      for (const [defect, plant] of Object.entries(defects)) {
        const broken = plant(actual)
        if (broken === undefined) continue
        const missed = survey.planted.get(defect) ?? []
        survey.planted.set(defect, missed)
        if (differsFromModel(dialect, declared, broken).length === 0) missed.push(name)
      }
    }).catch((error: unknown) => {
      survey.failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    })
  }
  return survey
}

/** At least this share of the models has each feature that occurs; the rarest (an action of a foreign key) is in one of a hundred. */
const leastShare = 0.004

/** Random models survive: created by the compiler, read back, and equal to what was declared once both are in normal form. */
export function randomModelTests(subject: Subject): readonly ConformanceTest[] {
  const { count, only } = subject.randomModels
  const timeoutMs = 1_200_000
  let survey: Promise<Survey> | undefined
  const test = (title: string, judge: (survey: Survey) => void): ConformanceTest => ({
    title,
    timeoutMs,
    run: async () => {
      survey ??= takeSurvey(subject)
      judge(await survey)
    },
  })
  const comeBack = test(`${only === undefined ? count : 1} random models come back as they were declared`, ({
    failures,
  }) => equal(failures.slice(0, 10), [], `${failures.length} models`))
  if (only !== undefined) return [comeBack]
  return [
    comeBack,
    test('the random models have every feature often enough', ({ features }) => {
      const least = Math.max(1, Math.floor(count * leastShare))
      equal(
        [...features].filter(([, times]) => times < least),
        [],
      )
      equal(
        expectedFeatures(subject).filter((name) => !features.has(name)),
        [],
      )
    }),
    test('the random models would show a planted defect', ({ planted }) => {
      equal(
        [...planted].filter(([, missed]) => missed.length > 0),
        [],
      )
      equal(planted.size > 15, true, `that more than the ${planted.size} defects were planted`)
    }),
  ]
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

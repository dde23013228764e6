import { Engine, pgliteDialect } from '@org/example-new-dialect'
import { afterAll, describe } from 'vitest'
import { onlyCase, runSeed } from '../kit/random.ts'
import { counts } from '../kit/scale.ts'
import type { RandomFeatures, SubjectDatabase } from './subject.ts'
import { fragments } from './subjects.ts'
import { conformance } from './suite.ts'

const engine = new Engine()
afterAll(() => engine.close())

/** One engine for all: it takes seconds to start, and a moment to be emptied. */
async function open(): Promise<SubjectDatabase> {
  await engine.script('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
  return { dialect: pgliteDialect(engine), sql: (text) => engine.script(text), close: async () => undefined }
}

const random: RandomFeatures = {
  schemas: false,
  enums: true,
  sequences: false,
  comments: false,
  identity: [],
  generated: [],
  onUpdate: false,
  nullsNotDistinct: false,
  deferrable: [],
  partialIndexes: false,
  expressionIndexes: false,
  includeIndexes: false,
  descendingIndexes: true,
  nullsOrder: false,
  prefixIndexes: false,
  textKeys: true,
  textDefaults: true,
  setDefault: true,
  matchFull: false,
  exclude: false,
  materializedViews: false,
  tableOptions: false,
}

const only = onlyCase()
const { quoted, nameLimit, astralNames } = fragments.postgres

describe('a third-party dialect', () => {
  conformance({
    name: 'PGlite',
    open,
    fragments: { quoted, astralNames, ...(nameLimit === undefined ? {} : { nameLimit }) },
    transactional: true,
    random,
    randomModels: {
      count: counts.randomModels,
      seed: runSeed(),
      first: counts.firstOfRandom,
      ...(only === undefined ? {} : { only }),
    },
    operationEvery: counts.operationOnSecondEvery,
  })
})

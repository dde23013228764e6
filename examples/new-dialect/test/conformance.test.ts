import { conformance, type SubjectDatabase } from '@org/migrate-conformance'
import { afterAll, test } from 'vitest'
import { Engine, pgliteDialect } from '../src/index.ts'

const engine = new Engine()
afterAll(() => engine.close())

/** One engine for all tests: it takes seconds to start, and milliseconds to be emptied. */
async function open(): Promise<SubjectDatabase> {
  await engine.script('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
  return { dialect: pgliteDialect(engine), sql: (text) => engine.script(text), close: async () => undefined }
}

const tests = conformance({
  open,
  transactional: true,
  fragments: { nameLimit: { length: 63, unit: 'bytes' } },
  random: { enums: true, descendingIndexes: true, textKeys: true, textDefaults: true, setDefault: true },
  randomModels: { first: 5, seed: Number(process.env.TEST_SEED ?? Date.now() % 0x7fffffff) },
})
// While you write a dialect, run all of them. Here an ordinary run takes each fourth case of an operation, and all others.
const isLong = process.env.TEST_SCALE === 'long'
for (const [at, { title, run, timeoutMs }] of tests.entries()) {
  if (isLong || at % 4 === 0 || !/^(?:operations|names): /.test(title)) test(title, run, timeoutMs)
}

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
  randomModels: { seed: Number(process.env.TEST_SEED ?? Date.now() % 0x7fffffff) },
})
for (const { title, run, timeoutMs } of tests) test(title, run, timeoutMs)

export { caseSeed, type Random, random } from '../../packages/conformance/src/random/random.ts'

/** The run's seed: `TEST_SEED`, else a new one. Print it. */
export function runSeed(): number {
  const given = process.env.TEST_SEED
  if (given === undefined || given === '') return Math.floor(Math.random() * 0x7fffffff)
  if (!/^\d+$/.test(given)) throw new Error(`TEST_SEED is a whole number, not ${given}`)
  return Number(given)
}

/** The one case to replay (`TEST_CASE`), if any. */
export function onlyCase(): number | undefined {
  const given = process.env.TEST_CASE
  return given === undefined || given === '' ? undefined : Number(given)
}

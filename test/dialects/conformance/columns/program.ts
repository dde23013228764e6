// The suite and the value facts on one driver and target, by the runtime that runs this file. The argument is a JSON of `ColumnRequest`; prints a
// JSON of `ColumnReport`. It is bundled by scripts/matrix/drivers.mjs: no runner of tests runs on each of these runtimes.
import { type CaseOutcome, conformance } from '@org/migrate-conformance'
import { isMigrateError } from '@org/migrate-core'
import { features, fragments } from '../subjects.ts'
import { type ColumnRequest, openTarget } from './targets.ts'
import { type ValueFact, valueFacts } from './value-facts.ts'

interface GroupReport {
  passed: number
  /** Why, by the title of the test. */
  readonly unsupported: { [title: string]: string }
  readonly failed: { [title: string]: string }
}

export interface ColumnReport {
  readonly groups: { readonly [group: string]: GroupReport }
  readonly facts: readonly ValueFact[]
}

const mostMs = 300_000

/** What a user of an engine without transactions gets where values could not be preserved. */
const unpreserved = 'what a statement list reads it cannot write in the same list'

/** An UNSUPPORTED somewhere among the causes: the reason that a user gets. */
function refusalOf(error: unknown): string | undefined {
  if (isMigrateError(error, 'UNSUPPORTED')) return error.details.why
  if (isMigrateError(error, 'DATA_LOSS')) return error.details.losses.find(({ why }) => why === unpreserved)?.why
  return error instanceof Error && error.cause !== undefined ? refusalOf(error.cause) : undefined
}

async function inTime(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end within ${ms} ms`)), ms)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

const request = JSON.parse(process.argv[2] ?? '') as ColumnRequest
const target = await openTarget(request)
const outcomes = new Map<string, CaseOutcome>()
const tests = conformance({
  open: target.open,
  transactional: target.transactional,
  fragments: fragments[target.flavour],
  random: features[target.flavour],
  randomModels: { count: request.randomModels, seed: request.seed },
  onOutcome: (outcome) => outcomes.set(`operations: ${outcome.kind}: ${outcome.title}`, outcome),
})
const groups: { [group: string]: GroupReport } = {}
for (const { title, run, timeoutMs = mostMs } of tests) {
  if (request.only !== undefined && !title.includes(request.only)) continue
  const [name = ''] = title.split(': ')
  groups[name] ??= { passed: 0, unsupported: {}, failed: {} }
  const group = groups[name]
  try {
    await inTime(run(), Math.max(timeoutMs, mostMs))
    const why = outcomes.get(title)?.why
    if (why === undefined) group.passed += 1
    else group.unsupported[title] = why
  } catch (error) {
    const why = refusalOf(error)
    if (why === undefined) group.failed[title] = error instanceof Error ? (error.stack ?? error.message) : String(error)
    else group.unsupported[title] = why
    if (why === undefined) console.error(`FAILED ${title}: ${group.failed[title]}`)
  }
}
const database = await target.open()
const facts = await valueFacts(database.dialect, target.flavour)
await database.close()
await target.end()
process.stdout.write(`${JSON.stringify({ groups, facts } satisfies ColumnReport)}\n`, () => process.exit(0))

import { MigrateError } from '../errors/migrate-error.ts'
import type { Plan, PlannedLoss, PlannedStatement, PlanStep, TierHeads } from './plan.ts'

type Check = (value: unknown) => boolean
type Shape<T> = { readonly [K in keyof T]?: Check }

const text: Check = (value) => typeof value === 'string'
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)
const record =
  <T>(shape: Shape<T>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries<Check | undefined>(shape).every(([key, check]) => check?.((value as Record<string, unknown>)[key]))
const absentOr =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)

const direction: Check = (value) => value === 'up' || value === 'down'
const heads = list(record<TierHeads>({ tier: text, heads: list(text) }))
const rowValue: Check = (value) =>
  value === null ||
  ['string', 'number', 'boolean'].includes(typeof value) ||
  record({ $bigint: (digits) => /^-?\d+$/.test(String(digits)) })(value) ||
  record({ $bytes: text })(value) ||
  (record({})(value) && Object.hasOwn(value as object, '$json'))
const statement = record<PlannedStatement>({ sql: text, params: absentOr(list(rowValue)) })
const step = record<PlanStep>({
  tier: text,
  revision: text,
  message: text,
  direction,
  removed: list(text),
  added: list(text),
  textHash: absentOr(text),
  notes: list(text),
  losses: list(record<PlannedLoss>({ object: text, how: text, rows: absentOr((value) => typeof value === 'number') })),
  operations: list(
    record({ describe: text, statements: list(statement), operation: record({ kind: text, label: absentOr(text) }) }),
  ),
})
const plan: Shape<Plan> = {
  version: (value) => value === 2,
  dialect: text,
  database: text,
  tier: text,
  target: text,
  direction,
  from: heads,
  to: heads,
  steps: list(step),
  warnings: list(text),
}

/** A plan may have been a file meanwhile. Throws INVALID_OPTION where it is not in the form that `plan()` gives. */
export function checkedPlan(value: Plan): Plan {
  const wrong = record({})(value)
    ? Object.entries<Check | undefined>(plan).find(([key, check]) => !check?.(value[key as keyof Plan]))?.[0]
    : 'the whole'
  if (wrong === undefined) return value
  const why = `${wrong} is not in the form that plan() gives`
  throw new MigrateError('INVALID_OPTION', { option: 'plan', why }, `This is no plan: ${why}.`, {
    remedy: 'Plan again, and pass on what plan() gave as it is.',
  })
}

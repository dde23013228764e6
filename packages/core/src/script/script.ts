import { historyRow } from '../bookkeeping/history.ts'
import { sequentialStore, versionStore } from '../bookkeeping/store.ts'
import { type BookkeepingNames, defaultNames, historyTable, versionTable } from '../bookkeeping/tables.ts'
import { ownTableStatements } from '../compile/own-table.ts'
import type { Plan, PlanStep } from '../compile/plan.ts'
import { checkedPlan } from '../compile/plan-check.ts'
import { printScript } from '../compile/script.ts'
import type { Dialect } from '../dialect/dialect.ts'
import {
  isDate,
  isDialect,
  isFlag,
  isTextRecord,
  type OptionChecks,
  requireArguments,
  requireOptions,
} from '../errors/option-check.ts'
import { byScript } from '../options/resolve-options.ts'
import type { Statement } from '../sql/statement.ts'

export interface ScriptSettings {
  readonly tables?: Partial<BookkeepingNames>
  /** Sequential tiers by name, with their history table. */
  readonly sequential?: { readonly [tier: string]: string }
  /** Leave data steps out instead of refusing. */
  readonly skipData?: boolean
  /** The time that the bookkeeping rows carry; default: now. */
  readonly at?: Date
}

const settingChecks: OptionChecks<ScriptSettings> = {
  tables: isTextRecord,
  sequential: isTextRecord,
  skipData: isFlag,
  at: isDate,
}

/**
 * A plan as an SQL script for the server's own shell, with the bookkeeping that an online run would write.
 *
 * Throws NOT_PRINTABLE where the plan has data steps, unless `skipData`; INVALID_OPTION for what is no plan.
 *
 * ```ts
 * const sql = script(await migrator.plan('head'), dialect)
 * ```
 */
export function script(given: Plan, dialect: Dialect, settings: ScriptSettings = {}): string {
  const plan = checkedPlan(given)
  requireArguments('script', { dialect }, { dialect: isDialect })
  requireOptions('script', settings, settingChecks)
  const names = { ...defaultNames, ...settings.tables }
  const at = settings.at ?? new Date()
  const sequential = settings.sequential ?? {}
  const isEmptyDatabase = plan.from.every((each) => each.heads.length === 0)
  const bookkeeping = (step: PlanStep): readonly Statement[] => {
    const table = Object.hasOwn(sequential, step.tier) ? sequential[step.tier] : undefined
    const store = table === undefined ? versionStore(dialect, names) : sequentialStore(dialect, table)
    // What it stands on and how it is undone is not in a plan: a downgrade reads it from the file.
    const header = { revision: step.revision }
    const entry = { tier: step.tier, header, direction: step.direction, startedAt: at, finishedAt: at }
    return [...store.move(step, at.toISOString()), historyRow(dialect, names, { ...entry, ...byScript })]
  }
  const before = isEmptyDatabase
    ? [...ownTableStatements(dialect, versionTable(names)), ...ownTableStatements(dialect, historyTable(names))]
    : []
  return printScript(dialect, plan, { bookkeeping, before, ...(settings.skipData ? { skipData: true } : {}) })
}

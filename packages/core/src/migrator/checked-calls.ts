import type { RestoreSelection } from '../data-steps/preserved/preserved-types.ts'
import {
  holding,
  isCount,
  isDialect,
  isFlag,
  isFunction,
  isList,
  isNumber,
  isSignal,
  isText,
  isTextRecord,
  isTexts,
  isWait,
  isWholeCount,
  type OptionChecks,
  oneOf,
  requireArgument,
  requireOptions,
  shaped,
  withMember,
  withMethods,
} from '../errors/option-check.ts'
import type { EnsureOptions } from '../options/ensure-options.ts'
import type { MigratorOptions, PlanOptions, RunOptions, WaitOptions } from '../options/migrator-options.ts'
import type { Migrator } from './types.ts'

const acceptChecks = { allowDataLoss: isFlag, acceptDrift: isFlag, strict: isFlag }

const planChecks: OptionChecks<PlanOptions> = { ...acceptChecks, tier: isText, direction: oneOf('up', 'down') }

export const waitChecks: OptionChecks<WaitOptions> = { signal: isSignal, onEvent: isFunction, lockWaitMs: isWait }

const executeChecks: OptionChecks<Omit<RunOptions, 'tier'>> = {
  ...acceptChecks,
  ...waitChecks,
  assume: shaped({ part: isNumber, applied: isFlag }),
  backup: isText,
}

const runChecks: OptionChecks<RunOptions> = { ...executeChecks, tier: isText }

const resumeChecks: OptionChecks<NonNullable<Parameters<Migrator['resume']>[0]>> = { ...executeChecks, revert: isFlag }

const ensureChecks: OptionChecks<EnsureOptions> = {
  mode: oneOf('apply', 'verify', 'wait'),
  timeoutMs: isWait,
  signal: isSignal,
  onEvent: isFunction,
  verify: shaped({ schema: oneOf(true, false, 'names'), strict: isFlag }),
  ahead: oneOf('compatible', 'serve', 'refuse'),
}

const restoreChecks: OptionChecks<RestoreSelection> = { table: isText, column: isText }

export const migratorChecks: OptionChecks<MigratorOptions> = {
  dialect: isDialect,
  tiers: isList,
  tables: shaped({ version: isText, history: isText, preserved: isText, journal: isText, lock: isText }),
  preserve: shaped({ maxBytes: isCount, upgrades: isFlag }),
  transaction: oneOf('revision', 'run'),
  heads: oneOf('one', 'several'),
  ignoreForeignHistory: isTexts,
  waitMs: isCount,
  lockWaitMs: isWait,
  leaseMs: isCount,
  lockTimeoutMs: isCount,
  statementTimeoutMs: isCount,
  lockRetries: isWholeCount,
  stepIdleMs: isCount,
  arguments: isTextRecord,
  backupCommand: holding<NonNullable<MigratorOptions['backupCommand']>>({ run: isText, verify: isText }),
  recordedBy: shaped({ host: isText, user: isText }),
  onEvent: isFunction,
  beforeRevision: isFunction,
  afterRevision: isFunction,
  afterHead: isFunction,
  hookTimeoutMs: isCount,
}

const isTier = withMember('a tier, as `graphOf(revisions([…]))` gives it,', 'kind')
const tierParts = holding<{ name: unknown; kind: unknown; source: unknown }>({
  name: isText,
  kind: oneOf('graph', 'sequential'),
  source: withMethods('a source of revisions', 'headers', 'module'),
})

/** Throws INVALID_OPTION for options that the call doesn't take, and for tiers that are none. */
export function checkMigratorOptions<T extends Pick<MigratorOptions, 'tiers'>>(
  call: string,
  options: T,
  checks: OptionChecks<T>,
  required: readonly (keyof T & string)[],
): void {
  const { tiers } = requireOptions(call, options, checks, required)
  for (const tier of tiers) for (const check of [isTier, tierParts]) requireArgument(call, 'tiers[]', tier, check)
}

/** The same migrator; a call that it doesn't take is refused with INVALID_OPTION before anything is opened. */
export function checkedCalls(migrator: Migrator): Migrator {
  const target = (call: string, value: unknown): void => {
    if (value !== undefined) requireArgument(call, 'target', value, isText)
  }
  const { preserved } = migrator
  return {
    ...migrator,
    async ensure(options) {
      return migrator.ensure(requireOptions('ensure', options, ensureChecks, ['mode']))
    },
    async plan(to, options = {}) {
      target('plan', to)
      return migrator.plan(to, requireOptions('plan', options, planChecks))
    },
    async *run(plan, options = {}) {
      return yield* migrator.run(plan, requireOptions('run', options, executeChecks))
    },
    async upgrade(to, options = {}) {
      target('upgrade', to)
      return migrator.upgrade(to, requireOptions('upgrade', options, runChecks))
    },
    async downgrade(to, options = {}) {
      requireArgument('downgrade', 'target', to, isText)
      return migrator.downgrade(to, requireOptions('downgrade', options, runChecks))
    },
    async resume(options = {}) {
      return migrator.resume(requireOptions('resume', options, resumeChecks))
    },
    preserved: {
      ...preserved,
      async purge(revision) {
        requireArgument('preserved.purge', 'revision', revision, isText)
        return preserved.purge(revision)
      },
      async restore(revision, selection = {}) {
        requireArgument('preserved.restore', 'revision', revision, isText)
        return preserved.restore(revision, requireOptions('preserved.restore', selection, restoreChecks))
      },
    },
  }
}

import type { SurveyOptions } from '../adopt/types.ts'
import type { CompareOptions } from '../autogenerate/compare/types.ts'
import type { CheckOptions } from '../check/types.ts'
import {
  isAnything,
  isDialect,
  isFlag,
  isFunction,
  isList,
  isNumber,
  isRecord,
  isSignal,
  isText,
  isTextOrTexts,
  isTextRecord,
  isTexts,
  type OptionChecks,
  oneOf,
  requireArgument,
  requireOptions,
  shaped,
  withMethods,
} from '../errors/option-check.ts'
import type { EnsureOptions } from '../options/ensure-options.ts'
import type {
  MigratorOptions,
  PlanOptions,
  RunOptions,
  ScriptOptions,
  StampOptions,
  WaitOptions,
} from '../options/migrator-options.ts'
import type { Migrator } from './types.ts'

const filter = { include: isList, exclude: isList }

const planChecks: OptionChecks<PlanOptions> = {
  tier: isText,
  direction: oneOf('up', 'down'),
  allowDataLoss: isFlag,
  acceptDrift: isFlag,
  strict: isFlag,
}

const waitChecks: OptionChecks<WaitOptions> = { signal: isSignal, onEvent: isFunction, lockWaitMs: isNumber }

const runChecks: OptionChecks<RunOptions> = {
  ...planChecks,
  ...waitChecks,
  assume: shaped({ part: isNumber, applied: isFlag }),
  backup: isText,
}

const resumeChecks: OptionChecks<NonNullable<Parameters<Migrator['resume']>[0]>> = { ...runChecks, revert: isFlag }

const stampChecks: OptionChecks<StampOptions> = { ...waitChecks, tier: isText, purge: isFlag, acceptEdit: isFlag }

const scriptChecks: OptionChecks<ScriptOptions> = {
  command: oneOf('upgrade', 'downgrade', 'stamp'),
  from: isText,
  tier: isText,
  skipData: isFlag,
  allowDataLoss: isFlag,
}

const ensureChecks: OptionChecks<EnsureOptions> = {
  mode: oneOf('apply', 'verify', 'wait'),
  timeoutMs: isNumber,
  signal: isSignal,
  onEvent: isFunction,
  verify: shaped({ schema: oneOf(true, false, 'names'), strict: isFlag }),
  ahead: oneOf('compatible', 'serve', 'refuse'),
}

const checkChecks: OptionChecks<CheckOptions> = {
  ...filter,
  database: isFlag,
  declared: isRecord,
  data: isFlag,
  edits: oneOf('text', 'functions', 'operations'),
  from: oneOf('database', 'replay'),
}

const compareChecks: OptionChecks<CompareOptions> = {
  ...filter,
  from: oneOf('database', 'replay'),
  server: isFlag,
  answers: isRecord,
  process: isFunction,
  fill: isAnything,
  signal: isSignal,
}

const surveyChecks: OptionChecks<SurveyOptions> = { ...filter, tables: isTextRecord }

const migratorChecks: OptionChecks<MigratorOptions> = {
  dialect: isDialect,
  tiers: isList,
  tables: shaped({ version: isText, history: isText, preserved: isText, journal: isText, lock: isText }),
  preserve: shaped({ maxRows: isNumber, maxBytes: isNumber, upgrades: isFlag }),
  transaction: oneOf('revision', 'run'),
  heads: oneOf('one', 'several'),
  ignoreForeignHistory: isTexts,
  waitMs: isNumber,
  lockWaitMs: isNumber,
  leaseMs: isNumber,
  lockTimeoutMs: isNumber,
  statementTimeoutMs: isNumber,
  lockRetries: isNumber,
  stepIdleMs: isNumber,
  arguments: isTextRecord,
  recordedBy: shaped({ host: isText, user: isText }),
  onEvent: isFunction,
  beforeRevision: isFunction,
  afterRevision: isFunction,
  afterHead: isFunction,
  hookTimeoutMs: isNumber,
}

const tierSource = withMethods('a source of revisions', 'headers', 'module')

/** Throws INVALID_OPTION for what createMigrator doesn't take. */
export function checkMigratorOptions(options: MigratorOptions): void {
  const { tiers } = requireOptions('createMigrator', options, migratorChecks, ['dialect', 'tiers'])
  for (const tier of tiers) {
    requireArgument('createMigrator', 'tiers', tier, isRecord)
    requireArgument('createMigrator', 'tiers[].name', tier.name, isText)
    requireArgument('createMigrator', 'tiers[].kind', tier.kind, oneOf('graph', 'sequential'))
    requireArgument('createMigrator', 'tiers[].source', tier.source, tierSource)
  }
}

/** The same migrator; a call that it doesn't take is refused with INVALID_OPTION before anything is opened. */
export function checkedCalls(migrator: Migrator): Migrator {
  const target = (call: string, value: unknown): void => {
    if (value !== undefined) requireArgument(call, 'target', value, isText)
  }
  const named = (call: string, name: string, value: unknown): void => {
    if (value !== undefined) requireArgument(call, name, value, isText)
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
    async script(to, options = {}) {
      if (to !== undefined) requireArgument('script', 'target', to, isTextOrTexts)
      return migrator.script(to, requireOptions('script', options, scriptChecks))
    },
    async *run(plan, options = {}) {
      yield* migrator.run(plan, requireOptions('run', options, runChecks))
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
    async stamp(to, options = {}) {
      requireArgument('stamp', 'target', to, isTextOrTexts)
      return migrator.stamp(to, requireOptions('stamp', options, stampChecks))
    },
    async check(options = {}) {
      return migrator.check(requireOptions('check', options, checkChecks))
    },
    async compare(declared, options = {}) {
      requireArgument('compare', 'declared', declared, shapeOfDeclared)
      return migrator.compare(declared, requireOptions('compare', options, compareChecks))
    },
    async survey(options = {}) {
      return migrator.survey(requireOptions('survey', options, surveyChecks))
    },
    async prove(revision, options = {}) {
      requireArgument('prove', 'revision', revision, isText)
      return migrator.prove(revision, requireOptions('prove', options, surveyChecks))
    },
    async checkBranches(heads = [], options = {}) {
      requireArgument('checkBranches', 'heads', heads, isTexts)
      return migrator.checkBranches(heads, requireOptions('checkBranches', options, { tier: isText }))
    },
    async graph(tier) {
      named('graph', 'tier', tier)
      return migrator.graph(tier)
    },
    async position(tier) {
      named('position', 'tier', tier)
      return migrator.position(tier)
    },
    preserved: {
      ...preserved,
      async purge(revision) {
        requireArgument('preserved.purge', 'revision', revision, isText)
        return preserved.purge(revision)
      },
    },
  }
}

const shapeOfDeclared = (value: unknown): string | undefined => {
  const { schema } = (isRecord(value) === undefined ? value : {}) as { readonly schema?: unknown }
  return isRecord(schema) === undefined ? undefined : 'a declared schema is expected, as readDeclared gives it'
}

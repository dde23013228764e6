import { historyTable, journalTable, preservedTable } from '../bookkeeping/tables.ts'
import { type MisfitDefault, misfitDefaults, refuseMisfits } from '../compile/misfit-defaults.ts'
import { ownTableStatements } from '../compile/own-table.ts'
import { endsPart, isNonTransactional } from '../compile/parts.ts'
import { refuseUnrecordable } from '../compile/record-bytes.ts'
import { refuseUnservedKeys } from '../compile/references.ts'
import type { Dialect, UnloadedDialect } from '../dialect/dialect.ts'
import type { Precondition, ScriptParts } from '../dialect/script.ts'
import { isMigrateError, locate, MigrateError } from '../errors/migrate-error.ts'
import type { SchemaModel, TableModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'
import { dataStepText, preservingLabel } from '../operations/preserved-label.ts'
import { type ResolvedOptions, resolveForDialect, toolVersion } from '../options/resolve-options.ts'
import { type ExecutableStep, stepIdentity } from '../planning/prepare.ts'
import type { TierGraph } from '../planning/route.ts'
import { rulesOf } from '../planning/tier-rules.ts'
import { refuseCarriageReturns } from './carriage-returns.ts'
import { withChecksum } from './checksum.ts'
import { formatSupported, noneInterrupted, notPushed, positionPrecondition } from './preconditions.ts'
import { compileStep, printStep, type ScriptStep } from './print-step.ts'
import { commentText, createScriptWriter, scriptParts, scriptTransaction } from './script-writer.ts'

/** What a script is made of: where the database is assumed to stand, and what is to be done. */
interface ScriptSource {
  readonly tiers: readonly TierGraph[]
  /** The tables at the beginning. */
  readonly before: SchemaModel
  readonly steps: readonly ExecutableStep[]
  /** All of it is one transaction, where every step allows it. */
  readonly whole: boolean
  readonly allowDataLoss: boolean
  readonly skipData: boolean
}

/** What of an operation a script cannot do: its data step, or to preserve what an upgrade takes away. */
function unprintable(operation: Operation, direction: 'up' | 'down'): string | undefined {
  if (operation.kind === 'run')
    return operation.direction === 'down' && operation.down === 'none' ? undefined : dataStepText(operation.label)
  const label = direction === 'up' ? preservingLabel(operation) : undefined
  return label === undefined ? undefined : dataStepText(label)
}

function refuseDataSteps(steps: readonly ExecutableStep[]): void {
  const unprintableSteps = steps.flatMap(({ route, operations }) =>
    operations.flatMap(({ operation }) => {
      const label = unprintable(operation, route.step.direction)
      return label === undefined ? [] : [{ revision: route.step.revision, label }]
    }),
  )
  if (unprintableSteps.length === 0) return
  const named = unprintableSteps.map(({ revision, label }) => `  - ${revision}: ${label}`).join('\n')
  throw new MigrateError(
    'NOT_PRINTABLE',
    { steps: unprintableSteps },
    `Data steps cannot be printed as SQL:\n${named}`,
    {
      remedy:
        'Run these revisions online and print the ranges before and after them (`from:to`), or leave the data steps out with --sql-skip-data.',
    },
  )
}

const rowsOf = ({ applied, squashed }: TierGraph): readonly string[] => squashed?.rows(applied) ?? applied

/** The rows of each tier before each step. */
function rowsAlong(steps: readonly ExecutableStep[]): readonly (readonly string[])[] {
  const rows = new Map<TierGraph, Set<string>>()
  return steps.map(({ route: { tier, step } }) => {
    const current = rows.get(tier) ?? new Set(rowsOf(tier))
    rows.set(tier, current)
    const before = rulesOf(tier).position([...current])
    for (const head of step.removed) current.delete(head)
    for (const head of step.added) current.add(head)
    return before
  })
}

/** Every step, compiled on what those before it leave. */
export function compileAll(
  resolved: ResolvedOptions,
  { before, steps }: Pick<ScriptSource, 'before' | 'steps'>,
): readonly ScriptStep[] {
  const { dialect } = resolved
  const rows = rowsAlong(steps)
  const misfits: MisfitDefault[] = []
  let model = before
  let opaque = false
  const compiledSteps = steps.map((executableStep, at) => {
    const location = stepIdentity(executableStep)
    try {
      const compiled = compileStep(resolved, model, executableStep)
      opaque ||= compiled.opaque
      refuseUnrecordable(dialect, compiled)
      if (!opaque) refuseUnservedKeys(dialect, model, compiled.after, compiled.operations)
      const one = { executableStep, before: model, compiled, rows: rows[at] ?? [] }
      model = compiled.after
      misfits.push(...misfitDefaults(dialect, compiled, location))
      return one
    } catch (error) {
      if (!isMigrateError(error)) throw error
      throw locate(error, location)
    }
  })
  if (!opaque) refuseMisfits(misfits, model)
  return compiledSteps
}

const headsOf = (each: TierGraph): string => {
  const shown = rulesOf(each).position(rowsOf(each))
  return `${each.tier.name} at ${shown.length === 0 ? 'base' : shown.join(', ')}`
}

/** Where the database has to stand, for the tiers that the script knows. */
function positions(dialect: Dialect, { tiers, steps }: Pick<ScriptSource, 'tiers' | 'steps'>): readonly Precondition[] {
  return tiers.flatMap((each): readonly Precondition[] => {
    const own = steps.filter(({ route }) => route.tier.tier.name === each.tier.name)
    const at = (rows: readonly string[], absent?: readonly string[]): Precondition => {
      const position = positionPrecondition(dialect, each, rows, absent)
      // A history that began without the tier has no table of it.
      const mayBeAbsent = each.tier.optional === true && own.length === 0
      return mayBeAbsent ? { ...position, unless: { missing: each.tier.store.table.ref.name, holds: true } } : position
    }
    if (each.tier.kind === 'graph') return [at(rowsOf(each))]
    const absent = own.filter(({ route }) => route.step.direction === 'up').map(({ route }) => route.step.revision)
    const appliedWithFile = each.applied.filter((name) => each.names.includes(name))
    return appliedWithFile.length + absent.length === 0 ? [] : [at(appliedWithFile, absent)]
  })
}

/** What is written before the first step: settings, the demands on server and position, missing tables of ours. */
interface ScriptOpening {
  readonly title: readonly string[]
  readonly tiers: readonly TierGraph[]
  readonly steps: readonly ExecutableStep[]
  /** Tables of ours that it needs besides heads and history. */
  readonly own: readonly TableModel[]
}

type WriteBody = (writer: ReturnType<typeof createScriptWriter>) => Promise<void>

/** A whole script around a body. */
export async function printAround(
  resolved: ResolvedOptions,
  opening: ScriptOpening,
  server: Precondition,
  body: WriteBody,
): Promise<string> {
  const { dialect, names } = resolved
  const { capabilities } = dialect
  const script = scriptParts(dialect)
  const writer = createScriptWriter(dialect)
  for (const line of script.settings) writer.sql(line)
  writer.require(server, 'The server that this text is written for.')
  const lock = script.lock?.(names.history)
  if (lock !== undefined) writer.require(lock.take, 'No run is at work, and none begins before this session ends.')
  const stores = opening.tiers
    .filter(
      (each) =>
        each.tier.kind === 'graph' || opening.steps.some(({ route }) => route.tier.tier.name === each.tier.name),
    )
    .map(({ tier }) => tier.store.table)
  const requirePosition = (): void => {
    for (const each of positions(dialect, opening))
      writer.require(each, 'The database stands where this script begins.')
    writer.require(formatSupported(dialect, names.history), 'The history has a format that this script writes.')
    if (opening.steps.some(({ route }) => route.step.direction === 'up'))
      writer.require(notPushed(dialect, names.history), 'What the revisions make is not there by a push.')
    if (capabilities.nonTransactional === 'segments')
      writer.require(noneInterrupted(dialect, names.journal), 'No revision is interrupted.')
  }
  const tables = (): void => {
    writer.comment('tables of the bookkeeping that are missing')
    for (const table of [...stores, historyTable(names), ...opening.own]) {
      for (const { sql } of ownTableStatements(dialect, table))
        writer.statement({ sql: sql.replace(/^CREATE (TABLE|INDEX) /, 'CREATE $1 IF NOT EXISTS ') })
    }
  }
  if (capabilities.transactionalDdl === 'implicitCommit') {
    requirePosition()
    tables()
  } else {
    const transaction = scriptTransaction(dialect, writer, undefined)
    transaction.begin()
    tables()
    requirePosition()
    transaction.end()
  }
  await body(writer)
  if (lock !== undefined) {
    writer.comment('done: the next run may begin')
    writer.sql(lock.release)
  }
  const head = [...opening.title, `Written by migrate ${toolVersion} for ${script.server.name}.`].map(commentText)
  return `${[[...head, ...script.client].join('\n'), ...writer.paragraphs()].join('\n\n')}\n`
}

/** Whether the transaction of all steps may have this one, as a run decides it: the steps behind it may use what it makes. */
function fitsWhole({ compiled: { groups, parts } }: ScriptStep, isLast: boolean): boolean {
  const hasNonTransactional = groups.some(({ statements }) => statements.some(isNonTransactional))
  return parts === undefined && !hasNonTransactional && (isLast || !groups.some(endsPart))
}

async function printFor(resolved: ResolvedOptions, source: ScriptSource, server: Precondition): Promise<string> {
  const { tiers, steps, skipData } = source
  const compiled = compileAll(resolved, source)
  refuseCarriageReturns(resolved.dialect, compiled)
  const whole = source.whole && compiled.every((step, at) => fitsWhole(step, at === compiled.length - 1))
  const title = [
    `from ${tiers.map(headsOf).join('; ')}`,
    `${steps.length === 0 ? 'nothing to do' : `steps: ${steps.map(({ route }) => route.step.revision).join(', ')}`}`,
    ...(skipData ? ['Data steps are left out: each says so in its place.'] : []),
  ]
  const isJournaled =
    resolved.dialect.capabilities.transactionalDdl === 'implicitCommit' ||
    compiled.some((each) => each.compiled.parts !== undefined)
  const leaves = steps.some(({ route: { header } }) => header.replaces !== undefined)
  const own = [
    ...(isJournaled ? [journalTable(resolved.names)] : []),
    ...(leaves ? [preservedTable(resolved.names)] : []),
  ]
  return printAround(resolved, { title, tiers, steps, own }, server, async (writer) => {
    const off = compiled.findLast((each) => each.compiled.foreignKeys === 'off')?.compiled.after
    const last = compiled.at(-1)?.compiled.after
    const all = whole ? scriptTransaction(resolved.dialect, writer, off === undefined ? undefined : last) : undefined
    for (const step of compiled) {
      const withoutKeys = step.compiled.foreignKeys === 'off' ? step.compiled.after : undefined
      const transaction =
        all === undefined
          ? scriptTransaction(resolved.dialect, writer, withoutKeys)
          : { begin: all.begin, end: () => undefined }
      await printStep({ resolved, writer, transaction, allowDataLoss: source.allowDataLoss }, step)
    }
    all?.end()
  })
}

type PrintScript = (resolved: ResolvedOptions, server: Precondition) => Promise<string>

function naming(
  resolved: ResolvedOptions,
  dialect: Dialect,
  server: ScriptParts<UnloadedDialect>['server'],
): ResolvedOptions {
  return resolveForDialect(resolved, { ...dialect, script: { ...scriptParts(dialect), server } })
}

/** The oldest server whose text is the same, so that a script refuses no server without a reason. */
async function oldestServer(resolved: ResolvedOptions, print: PrintScript): Promise<Dialect> {
  const { dialect } = resolved
  const { server, older: candidates } = scriptParts(dialect)
  // With the name of one server in it, texts of two can be compared.
  const bare = (of: Dialect): Promise<string> => print(naming(resolved, of, server), server)
  const text = await bare(dialect)
  let oldest = dialect
  for (const older of candidates) {
    const candidate = await older().load()
    const same = await bare(candidate).catch((error: unknown) => {
      // What that server does not have at all.
      if (isMigrateError(error)) return undefined
      throw error
    })
    if (same !== text) break
    oldest = candidate
  }
  return oldest
}

/** A whole script, allowed on every server on which its text would be the same, with its checksum. */
export async function printChecked(resolved: ResolvedOptions, print: PrintScript): Promise<string> {
  const { server } = scriptParts(await oldestServer(resolved, print))
  return withChecksum(await print(naming(resolved, resolved.dialect, server), server))
}

/**
 * The script. Throws NOT_PRINTABLE, naming every data step and what an upgrade preserves, unless `skipData`; also for strings that the
 * client would change.
 */
export async function printScriptOf(resolved: ResolvedOptions, source: ScriptSource): Promise<string> {
  if (!source.skipData) refuseDataSteps(source.steps)
  return printChecked(resolved, (on, server) => printFor(on, source, server))
}

import {
  type BodyChanges,
  type CompareOptions,
  type Comparison,
  compare,
  createDriftReader,
  type RenameAnswers,
  type RenderedBody,
  renderBody,
  type SchemaFilter,
} from '@org/migrate-autogenerate'
import { MigrateError, type Migrator } from '@org/migrate-core'
import type { CommandContext } from '../context.ts'
import { dialectNamed } from '../dialect-packages.ts'
import type { Terminal } from '../host.ts'
import { presentTiers } from '../new-files/make-revision.ts'
import { lossText } from '../reporters/loss-text.ts'
import { usage } from '../usage.ts'
import type { Project } from '../wiring.ts'
import { answersOf, type RenameFlags, requireAnswers } from './answers.ts'
import { askFills, type FillAnswers, fillAnswers, openFills, requireFills } from './fills.ts'
import { filterOf, guarded } from './guard-callbacks.ts'
import { loadDeclared } from './load-declared.ts'
import type { Autogenerate } from './settings.ts'
import { declaredDialects } from './sources.ts'

/** The flags of `revision --autogenerate`. */
export interface GenerateFlags extends RenameFlags {
  readonly from?: 'database' | 'replay'
  /** `--no-database`: nothing is connected to. */
  readonly database: boolean
  /** `users.locale='en'` */
  readonly fill?: readonly string[]
  readonly allowDestructive?: true
  readonly explicitDowngrade?: true
  readonly message?: string
}

interface Generated {
  /** By dialect; that of the URL first. */
  readonly comparisons: readonly Comparison[]
  /** Absent where nothing differs. */
  readonly body?: RenderedBody
  /** How many changes there were before `processOperations` looked at them. */
  readonly changeCount: number
}

/** Where questions can be asked: not where a program reads the answer, nor where nothing is to be printed. */
export function terminalOf({ settings, caller }: CommandContext): Terminal | undefined {
  return settings.json || settings.quiet ? undefined : caller.terminal()
}

/** Throws USAGE where no schema is configured. */
export function autogenerateOf({ loaded }: Project): Autogenerate {
  const { autogenerate } = loaded.config
  if (autogenerate !== undefined) return guarded(autogenerate, loaded.file)
  throw usage(
    `${loaded.file} does not say where the schema is declared`,
    "Write `autogenerate: { schema: './src/schema.ts' }` into it.",
  )
}

/** The dialects of a revision, that of the URL first. */
export function dialectsOf(own: string, { dialects, schema }: Autogenerate): readonly string[] {
  return [...new Set([own, ...(dialects ?? []), ...declaredDialects(schema)])]
}

export function comparisonOptionsOf(
  context: CommandContext,
  flags: Pick<GenerateFlags, 'message'>,
  autogenerate: Autogenerate,
  dialect: string,
  countChanges: (count: number) => void,
  { fill }: FillAnswers,
): Omit<CompareOptions, 'answers'> {
  const { processOperations = (changes) => changes } = autogenerate
  const about = { dialect, message: flags.message ?? '' }
  return {
    signal: context.signal,
    ...filterOf(autogenerate),
    fill,
    process: (changes) => {
      countChanges(changes.length)
      return processOperations(changes, about)
    },
  }
}

/** What was changed by hand goes into a revision that is written from the database, and is not there in others. */
async function driftNotes(
  migrator: Migrator,
  { from, changes }: Comparison,
  filter: SchemaFilter,
): Promise<readonly string[]> {
  if (from === 'replay' || changes.length === 0) return []
  const { differences } = await createDriftReader(filter)(migrator)
  return differences.length === 0
    ? []
    : [
        `The database differs from what its revisions make, and the revision is written from the database: it may not run on others. \`migrate check\` lists what differs; --from replay compares with what the revisions make.`,
      ]
}

async function compareAll(
  context: CommandContext,
  project: Project,
  flags: GenerateFlags,
  { answers, fills }: { readonly answers: RenameAnswers; readonly fills: FillAnswers },
): Promise<Pick<Generated, 'comparisons' | 'changeCount'>> {
  const autogenerate = autogenerateOf(project)
  let changeCount = 0
  const countChanges = (count: number): void => {
    changeCount += count
  }
  const { loaded, dialect } = project
  const tiers = presentTiers(project)
  const [own = '', ...otherDialects] = dialectsOf(dialect.name, autogenerate)
  // Undefined: the database, unless it was pushed.
  const { from = flags.database ? undefined : 'replay', database: server } = flags
  const first = await compare(
    project.migratorOn(tiers),
    await loadDeclared({ context, loaded, dialect, autogenerate, server }),
    {
      ...comparisonOptionsOf(context, flags, autogenerate, own, countChanges, fills),
      ...(from === undefined ? {} : { from }),
      server,
      answers,
    },
  )
  requireAnswers(first)
  const comparisons: Comparison[] = [
    {
      ...first,
      notes: [...first.notes, ...(await driftNotes(project.migratorOn(tiers), first, filterOf(autogenerate)))],
    },
  ]
  for (const name of otherDialects) {
    const otherDialect = await dialectNamed(name, loaded.file)
    const declared = await loadDeclared({ context, loaded, dialect: otherDialect, autogenerate, server: false })
    const comparison = await compare(project.migratorOn(tiers, otherDialect), declared, {
      ...comparisonOptionsOf(context, flags, autogenerate, name, countChanges, fills),
      from: 'replay',
      server: false,
      answers: { ...answers, renamed: answers.renamed ?? [] },
    })
    requireAnswers(comparison)
    comparisons.push(comparison)
  }
  return { comparisons, changeCount }
}

interface Loss {
  readonly table?: string
  readonly why: string
}

/** What is lost for good. */
export function lossesOf(comparisons: readonly Comparison[]): readonly Loss[] {
  const losses = new Map<string, Loss>()
  for (const { change } of comparisons.flatMap(({ changes }) => changes)) {
    if (change.kind !== 'operation' || change.loses === undefined) continue
    const { operation, loses: why } = change
    const table = 'table' in operation && 'name' in operation.table ? operation.table.name : undefined
    losses.set(why, { why, ...(table === undefined ? {} : { table }) })
  }
  return [...losses.values()]
}

/** What conversions would change in the rows of the database for good. */
export const conversionLossesOf = (comparisons: readonly Comparison[]): readonly Loss[] =>
  comparisons.flatMap(({ losses }) => losses.map((loss) => ({ table: loss.object, why: lossText(loss) })))

/** What would lose something, in the words of the question. */
interface LossQuestion {
  readonly subject: string
  readonly no: string
  readonly yes: string
  readonly remedy?: string
}

export const ofRevision: LossQuestion = {
  subject: 'The revision',
  no: 'leave it: nothing is made',
  yes: 'write it, marked in the file',
}

/** Throws DATA_LOSS, or ABORTED where the user was asked and declined. */
export async function requireAllowed(
  context: CommandContext,
  losses: readonly Loss[],
  isAllowed: boolean,
  { subject, no, yes, remedy }: LossQuestion = ofRevision,
): Promise<void> {
  if (losses.length === 0 || isAllowed) return
  const question = `${subject} would lose for good:\n${losses.map(({ why }) => `  ${why}`).join('\n')}`
  const terminal = terminalOf(context)
  if (terminal !== undefined) {
    const { chosen } = await import('../prompts.ts')
    const choices = [
      { value: 'no', description: no },
      { value: 'yes', description: yes },
    ]
    const answer = await chosen(terminal, { message: question, choices })
    if (answer === 'yes') return
    throw new MigrateError('ABORTED', { applied: [] }, 'Nothing was made.', { remedy: 'Change the declared schema.' })
  }
  throw new MigrateError('DATA_LOSS', { losses }, question, {
    remedy: remedy ?? 'Check what would be lost; then repeat the command with --allow-destructive.',
  })
}

function bodyOf(
  comparisons: readonly Comparison[],
  explicit: boolean,
  { renderType }: Autogenerate,
): RenderedBody | undefined {
  if (comparisons.every(({ changes }) => changes.length === 0)) return undefined
  const byDialect = <T>(of: (comparison: Comparison) => T): ReadonlyMap<string, T> =>
    new Map(comparisons.map((each) => [each.dialect, of(each)]))
  const upgrade: BodyChanges = byDialect(({ changes }) => changes.map(({ change }) => change))
  const written = explicit || comparisons.some(({ downgrade: back }) => !back.isDerived)
  return renderBody({
    upgrade,
    ...(renderType === undefined ? {} : { renderType }),
    ...(written ? { downgrade: byDialect(({ downgrade: back }) => back.changes) } : {}),
  })
}

/**
 * Compares the declared schema and makes the body of a revision of what differs. What rows that are there need a value for is left to the
 * author; with `complete` it is asked for on a terminal, and refused elsewhere.
 *
 * Throws what loading and comparing throw, RENAME_UNANSWERED, REVISION_INCOMPLETE.
 */
export async function generate(
  context: CommandContext,
  project: Project,
  flags: GenerateFlags,
  { complete = false }: { readonly complete?: boolean } = {},
): Promise<Generated> {
  const autogenerate = autogenerateOf(project)
  const fills = fillAnswers(flags.fill, autogenerate.fill)
  const given = { answers: answersOf(flags, autogenerate, terminalOf(context)), fills }
  let compared = await compareAll(context, project, flags, given)
  fills.requireUsed()
  const open = complete ? openFills(compared.comparisons) : []
  if (open.length > 0) {
    const terminal = terminalOf(context)
    if (terminal === undefined) requireFills(open)
    else {
      await askFills(terminal, open, fills)
      compared = await compareAll(context, project, flags, given)
    }
  }
  const body = bodyOf(compared.comparisons, flags.explicitDowngrade ?? false, autogenerate)
  return { ...compared, ...(body === undefined ? {} : { body }) }
}

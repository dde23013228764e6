import type { BodyChange, Comparison, FillAnswer } from '@org/migrate-autogenerate'
import { MigrateError } from '@org/migrate-core'
import { refText } from '@org/migrate-core/dialect'
import type { Terminal } from '../host.ts'
import { usage } from '../usage.ts'

type FillRequest = Parameters<FillAnswer>[0]

/**
 * What `--fill` calls rows that need a value: a column for those without one, `users.mood.sad` for those with a value that goes, and
 * `mood.sad` where the enum is a type of its own.
 */
function nameOf({ table, column, where }: FillRequest): string {
  const name = column === '' ? refText(table) : `${refText(table)}.${column}`
  return where.kind === 'null' ? name : `${name}.${where.value}`
}

const anyFill = 'Write it as --fill <table>.<column>=<SQL>, for rows that --dry-run shows to need a value.'

function malformedFill(problem: string, remedy = anyFill): MigrateError<'USAGE'> {
  return usage(problem, remedy)
}

function parsed(text: string): readonly [name: string, sql: string] {
  const at = text.indexOf('=')
  const [name, sql] = [text.slice(0, at).trim(), text.slice(at + 1).trim()]
  if (at === -1 || name === '' || sql === '') throw malformedFill(`--fill ${text} names no column and value`)
  return [name, sql]
}

/** Values for rows that are there already: those that flags and questions gave, before those of the configuration. */
export interface FillAnswers {
  readonly fill: FillAnswer
  add(name: string, sql: string): void
  /** Throws USAGE for a flag that no comparison has asked for. */
  requireUsed(): void
}

/** Throws USAGE. */
export function fillAnswers(flags: readonly string[] = [], configured?: FillAnswer): FillAnswers {
  const given = new Map(flags.map(parsed))
  const used = new Set<string>()
  return {
    fill(request) {
      const name = nameOf(request)
      used.add(name)
      return given.get(name) ?? configured?.(request)
    },
    add: (name, sql) => void given.set(name, sql),
    requireUsed() {
      const unused = [...given.keys()].find((name) => !used.has(name))
      if (unused === undefined) return
      const open = [...used].filter((name) => !given.has(name)).map((name) => `--fill "${name}=<SQL>"`)
      const remedy = open.length === 0 ? undefined : `What needs a value here: ${open.join(', ')}.`
      throw malformedFill(`--fill names ${unused}, and no row needs a value there`, remedy)
    },
  }
}

/** Rows that need a value and have none yet. */
interface OpenFill {
  readonly name: string
  readonly why: string
}

function openIn(change: BodyChange): readonly OpenFill[] {
  // What has no inverse is no value: the author writes it.
  if (change.kind === 'gap') return []
  if (change.kind === 'fill') return change.value === undefined ? [{ name: nameOf(change), why: change.why }] : []
  const { operation, replacements = [] } = change
  if (operation.kind !== 'alterEnum') return []
  return replacements.map((value) => ({
    name: nameOf({ table: operation.enum, column: '', where: { kind: 'value', value } }),
    why: `'${value}' goes`,
  }))
}

/** What the upgrade needs, and the downgrade that is written beside it; each once. */
export function openFills(comparisons: readonly Pick<Comparison, 'changes' | 'downgrade'>[]): readonly OpenFill[] {
  const all = comparisons.flatMap(({ changes, downgrade }) => [
    ...changes.flatMap(({ change }) => openIn(change)),
    ...(downgrade.isDerived ? [] : downgrade.changes.flatMap(openIn)),
  ])
  return [...new Map(all.map((each) => [each.name, each])).values()]
}

/** Asks for each. Throws ABORTED where a question is left with Ctrl-C. */
export async function askFills(terminal: Terminal, open: readonly OpenFill[], answers: FillAnswers): Promise<void> {
  const { typed } = await import('../prompts.ts')
  for (const { name, why } of open) {
    let sql = ''
    while (sql === '') sql = await typed(terminal, `${why}: rows need a value of ${name}, as an SQL expression`)
    answers.add(name, sql)
  }
}

/** Throws REVISION_INCOMPLETE without a terminal. */
export function requireFills(open: readonly OpenFill[]): void {
  const [first] = open
  if (first === undefined) return
  const lines = open.map(({ name, why }) => `  ${name}: ${why}`)
  throw new MigrateError(
    'REVISION_INCOMPLETE',
    { what: first.name },
    `Rows need a value, and nothing was written:\n${lines.join('\n')}`,
    { remedy: 'Give each a value with --fill <table>.<column>=<SQL>, or `autogenerate.fill` in the configuration.' },
  )
}

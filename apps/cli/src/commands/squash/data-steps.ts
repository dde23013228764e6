import type { SquashStep } from '@org/migrate-autogenerate'
import { terminalOf } from '../../autogenerate/generate.ts'
import type { CommandContext } from '../../context.ts'
import { chosen } from '../../prompts.ts'
import { usage } from '../../usage.ts'

/** What is decided of data steps on the command line: `<revision>/<label>`, the label alone, or `all`. */
export interface StepFlags {
  readonly keep?: readonly string[]
  readonly onlyOldRows?: readonly string[]
}

export const stepName = ({ revision, label }: SquashStep): string => `${revision}/${label}`

const names = (flags: readonly string[] | undefined, step: SquashStep): boolean =>
  flags?.some((flag) => flag === 'all' || flag === step.label || flag === stepName(step)) ?? false

/** Throws USAGE for a flag that names no data step of the range. */
function requireNamed({ keep = [], onlyOldRows = [] }: StepFlags, steps: readonly SquashStep[]): void {
  const unmatched = [...keep, ...onlyOldRows].find(
    (flag) => flag !== 'all' && !steps.some((step) => names([flag], step)),
  )
  if (unmatched === undefined) return
  const problem = `the range has no data step ${unmatched}`
  if (steps.length === 0) throw usage(problem, 'Leave the flag out: the range has no data step at all.')
  throw usage(problem, `Name one of ${steps.map(stepName).join(', ')}.`)
}

/** The data steps that the squashed revision keeps. Asks on a terminal. Throws USAGE where one is undecided. */
export async function decideSteps(
  context: CommandContext,
  flags: StepFlags,
  steps: readonly SquashStep[],
): Promise<ReadonlySet<string>> {
  requireNamed(flags, steps)
  const preserved = new Set<string>()
  const undecided: SquashStep[] = []
  for (const step of steps) {
    if (names(flags.keep, step)) preserved.add(stepName(step))
    else if (!names(flags.onlyOldRows, step)) undecided.push(step)
  }
  if (undecided.length === 0) return preserved
  const terminal = terminalOf(context)
  if (terminal === undefined) {
    throw usage(
      `the range has data steps, and it is not decided what becomes of them: ${undecided.map(stepName).join(', ')}`,
      'Add --keep <step> for each that an empty database needs, and --only-old-rows <step> for each that only changes rows which were there before; `all` stands for all of them.',
    )
  }
  for (const step of undecided) {
    const answer = await chosen(terminal, {
      message: `The data step ${stepName(step)}`,
      choices: [
        { value: 'drop', description: 'only changes rows that were there before: leave it out' },
        { value: 'keep', description: 'is needed by an empty database, too: keep it' },
      ],
    })
    if (answer === 'keep') preserved.add(stepName(step))
  }
  return preserved
}

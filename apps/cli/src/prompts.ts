import { select, text } from '@clack/prompts'
import { MigrateError } from '@org/migrate-core'
import { present } from '@org/migrate-core/dialect'
import type { Terminal } from './host.ts'

function answered(answer: string | symbol): string {
  if (typeof answer === 'string') return answer
  throw new MigrateError('ABORTED', { applied: [] }, 'Nothing was made.', { remedy: 'Call it again.' })
}

interface Choice<T extends string> {
  readonly message: string
  readonly choices: readonly { readonly value: T; readonly description: string }[]
  /** Where the cursor is at first. Default: the first one. */
  readonly initialValue?: T
}

/** Throws ABORTED where the question is left with Ctrl-C. */
export async function chosen<const T extends string>(
  terminal: Terminal,
  { message, choices, initialValue }: Choice<T>,
): Promise<T> {
  const options = choices.map(({ value, description }) => ({ value: value as string, label: description }))
  return answered(await select({ ...terminal, message, options, ...present({ initialValue }) })) as T
}

/** What was typed; a proposal can be cleared. Throws ABORTED where the question is left with Ctrl-C. */
export async function typed(terminal: Terminal, message: string, initialValue = ''): Promise<string> {
  return answered(await text({ ...terminal, message, initialValue })).trim()
}

/** Throws ABORTED where the question is left with Ctrl-C. */
export async function written(
  terminal: Terminal,
  { message, initialValue }: { readonly message: string; readonly initialValue: string },
): Promise<string> {
  const answer = answered(await text({ ...terminal, message, initialValue }))
  return answer.trim() || initialValue
}

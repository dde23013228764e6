import { select, text } from '@clack/prompts'
import { MigrateError } from '@org/migrate-core'

/** stdout carries the answer: questions go to stderr. */
const terminal = { input: process.stdin, output: process.stderr }

export function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

function answered(answer: string | symbol): string {
  if (typeof answer === 'string') return answer
  throw new MigrateError('ABORTED', { applied: [] }, 'Nothing was made.', { remedy: 'Call it again.' })
}

/** Throws ABORTED where the question is left with Ctrl-C. */
export async function chosen<const T extends string>(
  message: string,
  choices: readonly { readonly value: T; readonly description: string }[],
): Promise<T> {
  const options = choices.map(({ value, description }) => ({ value: value as string, label: description }))
  return answered(await select({ ...terminal, message, options })) as T
}

/** Throws ABORTED where the question is left with Ctrl-C. */
export async function written(message: string, initialValue: string): Promise<string> {
  const answer = answered(await text({ ...terminal, message, initialValue }))
  return answer.trim() || initialValue
}

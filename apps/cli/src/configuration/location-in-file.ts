import { pathToFileURL } from 'node:url'
import { thrownStack } from '@org/migrate-core/dialect'
import { originalPositions } from '@org/migrate-core/node'

/** With the lines of TypeScript. Node would find them with source maps on, and then reads the map of every file that it imports. */
export const originalStack = (thrown: unknown): string => originalPositions(thrownStack(thrown))

/** Where in the file the stack of an error first is. */
export function locationInFile(
  error: unknown,
  file: string,
): { readonly line: number; readonly column: number } | undefined {
  const stack = originalStack(error)
  for (const name of [file, pathToFileURL(file).href]) {
    const at = stack.indexOf(`${name}:`)
    const [, line, column] = (at !== -1 && /^(\d+):(\d+)/.exec(stack.slice(at + name.length + 1))) || []
    if (line !== undefined) return { line: Number(line), column: Number(column) }
  }
  return undefined
}

import { fileURLToPath } from 'node:url'

// Frames of the engine (Array.forEach) may lie between us and the code that called; more than a few never do.
const furtherFrames = 5

/**
 * `file:line:column` of the caller of `entry`. The stack is cut by the function itself, not by file names, so it holds in
 * a bundle too. Cheap: one frame in nearly every case, and no error is made.
 */
export function callSite(entry: CallableFunction): string | undefined {
  if (typeof Error.captureStackTrace !== 'function') return undefined
  return firstLocation(textOf(captured(entry, 1))) ?? firstLocation(textOf(captured(entry, furtherFrames)))
}

/**
 * Gives `value` the same as its `source`, found when it is read, and put through `original`: what writes a stack and reads a source map
 * costs more than all else of recording.
 */
export function withCallSite<T extends object>(
  value: T,
  entry: CallableFunction,
  original: (location: string) => string,
): T & { readonly source?: string } {
  if (typeof Error.captureStackTrace !== 'function') return value
  const holder = captured(entry, furtherFrames)
  return Object.defineProperty(value, 'source', {
    enumerable: true,
    get: () => {
      const location = firstLocation(textOf(holder))
      return location && original(location)
    },
  })
}

interface Holder {
  readonly stack?: unknown
}

// What is captured becomes a text when it is read.
const textOf = ({ stack }: Holder): string => (typeof stack === 'string' ? stack : '')

function captured(entry: CallableFunction, frames: number): Holder {
  const holder: Holder = {}
  const limit = Error.stackTraceLimit
  try {
    Error.stackTraceLimit = frames
    Error.captureStackTrace(holder, entry)
    return holder
  } finally {
    Error.stackTraceLimit = limit
  }
}

/** The first line of a stack that is in a file. */
export function firstLocation(stack: string): string | undefined {
  for (const line of stack.split('\n').slice(1)) {
    // `at name (file:1:2)`, or `at file:1:2` at the top of a module.
    const match = (line.endsWith(')') ? /\((.+):(\d+):(\d+)\)$/ : /^\s*at (?:async )?(.+):(\d+):(\d+)$/).exec(line)
    const [, file, row, column] = match ?? []
    if (file === undefined || file.startsWith('node:')) continue
    return `${path(file)}:${row}:${column}`
  }
  return undefined
}

function path(file: string): string {
  if (!file.startsWith('file:')) return file
  try {
    return fileURLToPath(file)
  } catch {
    // A file URL of another system's shape is still the best that can be said.
    return file
  }
}

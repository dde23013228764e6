import { MigrateError } from '@org/migrate-core'
import type { Output } from './host.ts'
import type { Secrets } from './secrets.ts'

/** The code that begins each style of a terminal, and the one that ends it. */
const styles = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
} as const

export type Colors = { readonly [S in keyof typeof styles]: (text: string) => string }

function createColors(enabled: boolean): Colors {
  const style = (name: keyof typeof styles) => {
    const [begin, end] = styles[name]
    return (text: string): string => (enabled ? `\x1b[${begin}m${text}\x1b[${end}m` : text)
  }
  return { bold: style('bold'), dim: style('dim'), red: style('red'), green: style('green'), yellow: style('yellow') }
}

/** One of the two streams. */
export interface Channel {
  readonly terminal: boolean
  readonly colors: Colors
  readonly columns: number
  /** Why something could not be written, where it was not the reader that went away. Nothing more is written then. */
  readonly failure: MigrateError | undefined
  write(text: string): void
  /** As it is: of a document it is the values that were scrubbed. */
  writeClean(text: string): void
}

interface ChannelOptions {
  readonly name: 'stdout' | 'stderr'
  readonly output: Output
  readonly env: NodeJS.ProcessEnv
  readonly secrets: Secrets
}

/**
 * Everything that is printed goes through here, last of all through the scrubber. A reader that goes away (`| head`) ends
 * the printing, never the run.
 */
export function channel({ name, output, env, secrets }: ChannelOptions): Channel {
  let closed = false
  let failure: MigrateError | undefined
  let terminal: boolean | undefined
  let colors: Colors | undefined
  const isTerminal = (): boolean => {
    terminal ??= env.TERM !== 'dumb' && output.isTerminal()
    return terminal
  }
  const writeClean = (text: string): void => {
    if (closed) return
    try {
      output.write(Buffer.from(text))
    } catch (error) {
      closed = true
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') failure = unwritten(name, error as Error)
    }
  }
  return {
    get terminal() {
      return isTerminal()
    },
    get colors() {
      // NO_COLOR counts when it is there and not empty (no-color.org).
      colors ??= createColors((isTerminal() && !env.NO_COLOR) || (!!env.FORCE_COLOR && env.FORCE_COLOR !== '0'))
      return colors
    },
    get failure() {
      return failure
    },
    get columns() {
      // A terminal that does not know its width says 0.
      return output.columns() || 80
    },
    write: (text) => writeClean(secrets.scrub(text)),
    writeClean,
  }
}

function unwritten(name: string, cause: Error): MigrateError {
  const message = `The output could not be written to ${name}: ${cause.message}`
  return new MigrateError('OUTPUT_FAILED', { why: cause.message }, message, { cause })
}

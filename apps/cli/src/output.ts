import { createColors } from 'picocolors'
import type { Secrets } from './secrets.ts'

type Colors = ReturnType<typeof createColors>

/** One of the two streams. */
export interface Channel {
  readonly terminal: boolean
  readonly colors: Colors
  readonly columns: number
  write(text: string): void
}

/**
 * Everything that is printed goes through here, last of all through the scrubber. A reader that goes away (`| head`) ends
 * the printing, never the run.
 */
export function channel(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv, secrets: Secrets): Channel {
  let closed = false
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    closed = true
  })
  const terminal = stream.isTTY === true && env.TERM !== 'dumb'
  // NO_COLOR counts when it is there and not empty (no-color.org).
  const colors = createColors((terminal && !env.NO_COLOR) || (!!env.FORCE_COLOR && env.FORCE_COLOR !== '0'))
  return {
    terminal,
    colors,
    get columns() {
      // A terminal that does not know its width says 0.
      return stream.columns || 80
    },
    write: (text) => {
      if (!closed) stream.write(secrets.scrub(text))
    },
  }
}

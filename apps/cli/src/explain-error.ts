import { spawnSync } from 'node:child_process'
import { basename, dirname } from 'node:path'
import { isMigrateError, MigrateError } from '@org/migrate-core'
import { isAbort } from '@org/migrate-core/internal'

const patience = 2_000

/** Who changed a file last; undefined where there is no git, no repository, or no commit of it. */
function authorOf(file: string): string | undefined {
  const { status, stdout } = spawnSync('git', ['log', '-1', '--format=%an', '--', basename(file)], {
    cwd: dirname(file),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: patience,
  })
  const name = status === 0 ? stdout.trim() : ''
  return name === '' ? undefined : name
}

/** The same error with the file of each head, and whose it is. */
function withSides(error: MigrateError<'MULTIPLE_HEADS'>): MigrateError<'MULTIPLE_HEADS'> {
  const { sides } = error.details
  if (sides === undefined) return error
  const sidesWithAuthors = sides.map((side) => {
    const author = authorOf(side.file)
    return author === undefined ? side : { ...side, author }
  })
  const width = Math.max(...sidesWithAuthors.map(({ head }) => head.length))
  const lines = sidesWithAuthors.map(({ head, file, author }) => {
    const by = author === undefined ? '' : ` (${author.replace(/\s+/g, ' ')})`
    return `  ${head.padEnd(width)}  ${file}${by}`
  })
  return new MigrateError(
    error.code,
    { ...error.details, sides: sidesWithAuthors },
    [error.message, ...lines].join('\n'),
    {
      remedy: error.remedy,
      location: error.location,
      cause: error.cause,
    },
  )
}

/** An error with what only the command line knows of it; where a signal stopped the command, ABORTED. */
export function explained(thrown: unknown, stop: AbortSignal, signal: NodeJS.Signals | undefined): unknown {
  if (isMigrateError(thrown, 'MULTIPLE_HEADS')) return withSides(thrown)
  if (!isAbort(thrown, stop)) return thrown
  const message = `Stopped by ${signal}.`
  return new MigrateError('ABORTED', { applied: [] }, message, { cause: thrown, remedy: 'Run it again.' })
}

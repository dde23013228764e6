import { present } from '@org/migrate-core/dialect'
import { harmless } from '../harmless.ts'
import type { Channel } from '../output.ts'
import type { Secrets } from '../secrets.ts'
import { asMigrateError, causesOf, failureText, sourceLocationOf } from './failure.ts'
import type { Reporter } from './reporter.ts'

/**
 * For programs: one document, or one event a line with the result as the last line. Failures are told in both places: as
 * JSON on stdout, and for the reader of the log on stderr.
 */
export function jsonReporter(stdout: Channel, stderr: Channel, secrets: Secrets): Reporter {
  // Values are scrubbed before they become text: a password such as `true` must not take the document itself apart.
  const line = (value: object): void => stdout.writeClean(`${harmless(JSON.stringify(value, scrubbed(secrets)))}\n`)
  return {
    answer: (document) => line(document),
    verbatim: (document) => stdout.writeClean(`${harmless(JSON.stringify(document))}\n`),
    note: () => {},
    fact: () => {},
    event: (event) => line(event),
    result: (document) => line({ type: 'result', ok: true, exitCode: 0, ...document }),
    failure: (error, exitCode) => {
      line({ type: 'result', ok: false, exitCode, error: errorDocument(error) })
      stderr.write(failureText(error, stderr.colors))
    },
  }
}

/** What a program tells lines and errors apart by: words of ours, also where a password equals one of them. */
const unscrubbedKeys: ReadonlySet<string> = new Set(['type', 'code'])

export function scrubbed(secrets: Secrets) {
  return (key: string, value: unknown): unknown => {
    if (typeof value === 'string') return unscrubbedKeys.has(key) ? value : secrets.scrub(value)
    return typeof value === 'bigint' ? value.toString() : value
  }
}

function errorDocument(thrown: unknown): object {
  const error = asMigrateError(thrown)
  const causes = causesOf(thrown)
  const source = sourceLocationOf(error)
  return { ...error.toJSON(), ...present({ source }), ...(causes.length === 0 ? {} : { causes }) }
}

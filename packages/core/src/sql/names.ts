import { MigrateError } from '../errors/migrate-error.ts'

const control = /\p{Cc}/u
const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/** Whether a text could not be stored as UTF-8: half a surrogate pair would become U+FFFD without a word. */
export function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text)
}

/** What a server calls a name too long, and what it does then. */
export interface NameLimit {
  readonly server: string
  readonly length: number
  readonly unit: 'bytes' | 'characters'
}

/** Throws INVALID_NAME for what no listing would show truthfully (or what `also` says), NAME_TOO_LONG beyond the limit. */
export function checkName(name: string, limit?: NameLimit, also?: (name: string) => string | undefined): void {
  const why =
    name === ''
      ? 'is empty'
      : control.test(name)
        ? 'holds a control character'
        : isWellFormed(name)
          ? also?.(name)
          : 'is not well-formed Unicode and could not be stored as it is'
  const shown = JSON.stringify(name)
  if (why !== undefined) throw new MigrateError('INVALID_NAME', { name, why }, `the name ${shown} ${why}`)
  if (limit === undefined) return
  const { length, unit, server } = limit
  const size = unit === 'bytes' ? Buffer.byteLength(name) : [...name].length
  if (size <= length) return
  const message = `the name ${shown} has ${size} ${unit}; ${server} takes ${length}`
  throw new MigrateError('NAME_TOO_LONG', { name, limit: length, unit }, message)
}

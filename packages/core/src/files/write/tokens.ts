import { MigrateError } from '../../errors/migrate-error.ts'

type Tokens = Readonly<Record<string, string>>

const token = /\{\{\s*(\w*)\s*\}\}/g

/** Puts values in the place of `{{name}}`. Throws INVALID_OPTION, naming `option`, for a name that there is no value of. */
export function fill(template: string, values: Tokens, option: string): string {
  return template.replace(token, (_all, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value !== undefined) return value
    const why = `there is no token {{${name}}}; known are ${Object.keys(values).join(', ')}`
    throw invalid(option, why)
  })
}

/** The names that stand as `{{name}}`. */
export function tokensOf(template: string): ReadonlySet<string> {
  return new Set([...template.matchAll(token)].flatMap(([, name]) => name ?? []))
}

export function invalid(option: string, why: string, cause?: unknown): MigrateError<'INVALID_OPTION'> {
  return new MigrateError('INVALID_OPTION', { option, why }, `\`${option}\`: ${why}`, { cause })
}

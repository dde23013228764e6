import type { Statement } from '@org/migrate-core/dialect'
import { quotedString } from '../quote.ts'

/**
 * What a view or a trigger keeps of the session that made it, set for its CREATE and put back after it.
 * https://dev.mysql.com/doc/refman/8.4/en/charset-metadata.html, https://dev.mysql.com/doc/refman/8.4/en/create-trigger.html
 */
export function underSettings(
  settings: { readonly [setting: string]: string } | undefined,
): Pick<Statement, 'settings'> {
  const names = Object.keys(settings ?? {}).filter((name) => /^[a-z_]+$/.test(name))
  if (settings === undefined || names.length === 0) return {}
  const kept = names.map((name) => `@migrate_${name} = @@${name}`)
  const set = names.map((name) => `${name} = ${quotedString(settings[name] ?? '')}`)
  const reset = names.map((name) => `${name} = @migrate_${name}`)
  return { settings: { set: [`SET ${[...kept, ...set].join(', ')}`], reset: [`SET ${reset.join(', ')}`] } }
}

import { readFileSync } from 'node:fs'
import { noDatabase, requireUrl } from '@org/migrate-core/dialect'
import type { Caller } from './caller.ts'
import type { LoadedConfig } from './config.ts'
import type { Settings } from './settings.ts'

/** Where the database is, with its secrets, and what named it. */
export interface ConnectionTarget {
  readonly url: string
  readonly key: string | undefined
  readonly from: 'flag' | 'file' | 'environment'
  /** The option or the variable. */
  readonly by?: string
}

/**
 * `--url`, the configuration (a URL for migrating before the service's), else DATABASE_URL. What is named and has no value is an
 * error and never passed over: the next one could be another database.
 *
 * Throws NO_DATABASE.
 */
export function resolveConnectionTarget(settings: Settings, caller: Caller, loaded: LoadedConfig): ConnectionTarget {
  const address = addressOf(settings, caller, loaded)
  const encrypted = /^sqlite\+sqlcipher:/i.test(address.url)
  return { ...address, key: loaded.config.key ?? (encrypted ? caller.env.DATABASE_PASSWORD : undefined) }
}

function addressOf(settings: Settings, { env }: Caller, { config, file }: LoadedConfig): Omit<ConnectionTarget, 'key'> {
  if (settings.url !== undefined) return { url: requireUrl(settings.url, '--url'), from: 'flag', by: '--url' }
  const url = config.migrationUrl || config.url
  if (url?.trim()) return { url, from: 'file' }
  if ('url' in config) throw emptyInFile(file, env)
  const from = 'DATABASE_URL'
  if (env[from]?.trim()) return { url: env[from], from: 'environment', by: from }
  throw noDatabase(`there is no --url, ${file} has no \`url\`, and ${from} is ${emptiness(env[from])}`, {
    from,
    variable: from,
  })
}

const emptiness = (value: string | undefined): string => (value === undefined ? 'not set' : 'empty')

/** The variable that the file reads for its URL, where the text of the file shows it. */
function emptyInFile(file: string, env: NodeJS.ProcessEnv): ReturnType<typeof noDatabase> {
  const text = readFileSync(file, 'utf8')
  const [, dotted, quoted] = /\burl\s*:[^,\n}]*?\benv\b(?:\?)?(?:\.(\w+)|\[\s*['"`](\w+)['"`]\s*\])/.exec(text) ?? []
  const variable = dotted ?? quoted
  if (variable === undefined || env[variable]?.trim())
    return noDatabase(`\`url\` in ${file} has no value`, { from: 'url' })
  return noDatabase(`\`url\` in ${file} is that of ${variable}, which is ${emptiness(env[variable])}`, {
    from: 'url',
    variable,
    remedy: `Set ${variable} to the URL of the database, or name it with --url.`,
  })
}

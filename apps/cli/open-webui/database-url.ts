import { existsSync } from 'node:fs'
import { join } from 'node:path'

export interface FoundUrl {
  readonly url: string
  /** The schema for the tables of both tiers. */
  readonly schema?: string
  /** Where it came from, without any password. */
  readonly notes: readonly string[]
}

const parts = ['DATABASE_TYPE', 'DATABASE_USER', 'DATABASE_HOST', 'DATABASE_PORT', 'DATABASE_NAME'] as const

/**
 * The database as Open WebUI's environment names it: the DATABASE_* parts if all of them are there, else DATABASE_URL, else
 * `webui.db` in DATA_DIR; and DATABASE_SCHEMA, whichever of them it is. Throws where the original would do damage.
 */
export function openWebuiUrl(env: NodeJS.ProcessEnv, defaultDataFolder: string): FoundUrl {
  const found = urlOf(env, defaultDataFolder)
  return env.DATABASE_SCHEMA ? { ...found, schema: env.DATABASE_SCHEMA } : found
}

function urlOf(env: NodeJS.ProcessEnv, defaultDataFolder: string): FoundUrl {
  const dataFolder = env.DATA_DIR || defaultDataFolder
  const [type, user, host, port, name] = parts.map((variable) => env[variable])
  if (type && user && host && port && name) {
    const notes = ['the database comes from DATABASE_TYPE, _USER, _HOST, _PORT and _NAME']
    if (env.DATABASE_URL) notes.push('DATABASE_URL is set as well and is not used')
    return {
      url: `${type}://${credentials(user, env.DATABASE_PASSWORD)}@${host}:${port}/${encodeURIComponent(name)}`,
      notes,
    }
  }
  const missing = parts.filter((variable) => !env[variable])
  const notes =
    missing.length < parts.length ? [`the DATABASE_* parts are not used: ${missing.join(', ')} not set`] : []
  if (env.DATABASE_URL) return { url: env.DATABASE_URL, notes: [...notes, 'the database comes from DATABASE_URL'] }
  const file = join(dataFolder, 'webui.db')
  refuseOldName(dataFolder, file)
  if (type === 'sqlite+sqlcipher') return { url: `sqlite+sqlcipher:///${file}`, notes }
  return { url: `sqlite:${file}`, notes: env.DATA_DIR ? [...notes, 'the database lies in DATA_DIR'] : notes }
}

function credentials(user: string, password: string | undefined): string {
  return password ? `${encodeURIComponent(user)}:${encodeURIComponent(password)}` : encodeURIComponent(user)
}

/** The original renames ollama.db, over a webui.db that is there already. Which of the two counts is for people to say. */
function refuseOldName(dataFolder: string, file: string): void {
  const old = join(dataFolder, 'ollama.db')
  if (!existsSync(old)) return
  const advice = existsSync(file) ? 'keep one of the two' : `rename it to ${file}`
  throw new Error(`${old} holds the database of an old release: ${advice}, so that it is clear which database is meant`)
}

import { createHash, createHmac } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { MigrateError } from '@org/migrate-core'
import { thrownMessage } from '@org/migrate-core/dialect'
import type { ParseError } from 'jsonc-parser/lib/esm/main.js'
import type { Caller } from './caller.ts'
import type { ConnectionTarget } from './wiring.ts'

const names = ['wrangler.json', 'wrangler.jsonc', 'wrangler.toml'] as const

type Values = { readonly [name: string]: unknown }

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined

function invalid(file: string, problem: string, remedy?: string, cause?: unknown): MigrateError<'CONFIG_INVALID'> {
  return new MigrateError('CONFIG_INVALID', { file, problems: [problem] }, `${file}: ${problem}`, { remedy, cause })
}

/** The nearest one, from a folder upwards. */
function nearestFile(folder: string): string | undefined {
  const file = names.map((name) => join(folder, name)).find((each) => existsSync(each))
  const parent = dirname(folder)
  return file ?? (parent === folder ? undefined : nearestFile(parent))
}

async function parse(file: string): Promise<Values> {
  const text = readFileSync(file, 'utf8')
  if (file.endsWith('.toml')) {
    const toml = await import('smol-toml')
    try {
      return toml.parse(text)
    } catch (cause) {
      throw invalid(file, `it is no TOML: ${thrownMessage(cause).split('\n')[0]}`, undefined, cause)
    }
  }
  // Its CommonJS can't be bundled: it calls a `require` that it is handed.
  const json = await import('jsonc-parser/lib/esm/main.js')
  const errors: ParseError[] = []
  const value: unknown = json.parse(text, errors, { allowTrailingComma: true })
  const [first] = errors
  if (first !== undefined) {
    const line = text.slice(0, first.offset).split('\n').length
    throw invalid(file, `it is no JSON: ${json.printParseErrorCode(first.error)} in line ${line}`)
  }
  if (!isValues(value)) throw invalid(file, 'it is no object')
  return value
}

/** The file in which Wrangler and Miniflare keep a database: the name of the Durable Object of its id. */
function localFile(folder: string, id: string): string {
  const key = createHash('sha256').update('miniflare-D1DatabaseObject').digest()
  const hmac = (text: string | Buffer): Buffer => createHmac('sha256', key).update(text).digest().subarray(0, 16)
  const name = hmac(id)
  const file = `${Buffer.concat([name, hmac(name)]).toString('hex')}.sqlite`
  return join(folder, '.wrangler/state/v3/d1/miniflare-D1DatabaseObject', file)
}

interface BindingUrl {
  readonly binding: string
  readonly environment: string | undefined
  readonly local: boolean
}

function parseBindingUrl(url: string): BindingUrl {
  const [, binding, query = ''] = /^d1:([\w$]+)(?:\?(.*))?$/is.exec(url) ?? []
  const parameters = new URLSearchParams(query)
  const unknown = [...parameters.keys()].find((name) => name !== 'env' && name !== 'local')
  if (binding !== undefined && unknown === undefined)
    return { binding, environment: parameters.get('env') ?? undefined, local: parameters.has('local') }
  const supported = [
    'd1:<binding>',
    'd1:<binding>?env=<environment>',
    'd1:<binding>?local',
    'd1://<account>/<database id>',
  ]
  const why = unknown === undefined ? 'it names no binding' : `it has a parameter ${unknown}`
  throw new MigrateError(
    'INVALID_URL',
    { why, supported },
    `not a URL of D1: ${why}; supported: ${supported.join(', ')}`,
  )
}

/** The part of the file that an environment reads; its bindings are its own. */
function sectionOf(file: string, config: Values, environment: string | undefined): Values {
  if (environment === undefined) return config
  const environments = isValues(config.env) ? config.env : {}
  const section = environments[environment]
  if (isValues(section)) return section
  const known = Object.keys(environments).join(', ') || 'none'
  throw invalid(file, `there is no environment ${environment}; it has: ${known}`)
}

/**
 * A URL of the database that a binding of the project's Wrangler configuration names: `d1:DB` of the one at Cloudflare,
 * `d1:DB?env=staging` of an environment, `d1:DB?local` of the file that `wrangler dev` works on.
 *
 * Throws INVALID_URL, CONFIG_NOT_FOUND, CONFIG_INVALID.
 */
async function resolveWranglerUrl(url: string, { folder, env }: Caller): Promise<string> {
  const { binding, environment, local } = parseBindingUrl(url)
  const file = nearestFile(folder)
  if (file === undefined) {
    const searched = names.map((name) => join(folder, name))
    throw new MigrateError('CONFIG_NOT_FOUND', { searched }, `${url} names a binding, and there is no wrangler.toml`, {
      remedy:
        'Run the command in the folder of wrangler.toml or below, or give the URL as d1://<account>/<database id>.',
    })
  }
  const config = await parse(file)
  const section = sectionOf(file, config, environment)
  const databases = Array.isArray(section.d1_databases) ? section.d1_databases.filter(isValues) : []
  const database = databases.find((each) => each.binding === binding)
  if (database === undefined) {
    const known = databases.map((each) => String(each.binding)).join(', ') || 'none'
    const where = environment === undefined ? '' : ` in the environment ${environment}`
    throw invalid(file, `\`d1_databases\` has no binding ${binding}${where}; it has: ${known}`)
  }
  const id = textOf(database.database_id)
  if (local) return `sqlite:${localFile(dirname(file), textOf(database.preview_database_id) ?? id ?? binding)}`
  if (id === undefined) throw invalid(file, `the binding ${binding} has no \`database_id\``)
  const account = textOf(section.account_id) ?? textOf(config.account_id) ?? textOf(env.CLOUDFLARE_ACCOUNT_ID)
  if (account === undefined) {
    const remedy = 'Set CLOUDFLARE_ACCOUNT_ID, or `account_id` in the file.'
    throw invalid(file, 'it has no `account_id`, and CLOUDFLARE_ACCOUNT_ID is not set', remedy)
  }
  return `d1://${account}/${id}`
}

/** `d1:<binding>` names a database by the configuration of Wrangler. */
export async function resolveBinding(target: ConnectionTarget, caller: Caller): Promise<ConnectionTarget> {
  const url = await resolveWranglerUrl(target.url, caller)
  // The token of Cloudflare's API opens no file.
  return { ...target, url, key: url.startsWith('sqlite:') ? undefined : target.key }
}

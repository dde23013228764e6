import { readFileSync } from 'node:fs'
import { isMigrateError } from '@org/migrate-core'
import { type Dialect, describeDriver, maskedUrl } from '@org/migrate-core/dialect'
import { migratorDefaults } from '@org/migrate-core/internal'
import { configHelp } from '../config-help.ts'
import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { columns } from '../reporters/formatting.ts'
import { defaultSettings, type Settings } from '../settings.ts'
import type { Project } from '../wiring.ts'

type Origin = 'default' | 'file' | 'environment' | 'flag'

interface Setting {
  readonly name: string
  readonly value: unknown
  readonly from: Origin
  /** The variable or the option. */
  readonly by?: string
}

const hidden = '***'
const secretName = /pass|secret|token|key|credential/i
const flags: { readonly [K in keyof Settings]?: string } = {
  tier: '--tier',
  json: '--json',
  quiet: '--quiet',
  verbose: '--verbose',
  ignoreForeignHistory: '--ignore-foreign-history',
  lockWait: '--lock-wait',
  allowDataLoss: '--allow-data-loss',
  acceptDrift: '--accept-drift',
  strict: '--strict',
}
/** Every setting that holds, and where it came from. The database is not opened. */
export async function config(context: CommandContext): Promise<ExitCode> {
  const project = await context.open()
  const settings = (await settingsOf(context, project)).map((each) =>
    each.name === 'database' ? each : { ...each, value: masked(each.value) },
  )
  const { file } = project.loaded
  context.report.answer({ file, settings }, () =>
    columns([
      ['file', file, context.settings.config === undefined ? 'found from here' : '--config'],
      ...settings.map((each) => [each.name, textOf(each.value), originText(each)]),
    ]),
  )
  return exitCodes.done
}

/** URLs without what may be a secret in them, wherever they stand. */
function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked)
  return typeof value === 'string' && /^(?!sqlite|file:)[a-z][a-z0-9+.-]*:\/\//i.test(value) ? maskedUrl(value) : value
}

function originText({ from, by }: Setting): string {
  if (by === undefined) return from
  return from === 'environment' ? `environment variable ${by}` : from === 'flag' ? by : `${from}, ${by}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : Array.isArray(value) ? value.map(textOf).join(', ') : String(value)
}

async function settingsOf(
  { settings, caller }: CommandContext,
  { loaded, connectionTarget, database, dialect, tiers }: Project,
): Promise<readonly Setting[]> {
  const { config: given, file } = loaded
  const variableOf = variablesIn(file, caller.env)
  const fromFile = (name: string, value: unknown): Setting => {
    const by = variableOf(value)
    const shown = secretName.test(name) ? hidden : value
    return by === undefined ? { name, value: shown, from: 'file' } : { name, value: shown, from: 'environment', by }
  }
  const inFile = new Map(
    Object.entries(given)
      .filter(([name]) => name !== 'tiers' && name !== 'notes')
      .flatMap(([name, value]) => flat(name, value))
      .map(([name, value]) => [name, fromFile(name, value)]),
  )
  const { key, url, ...address } = connectionTarget
  const addressed: Setting = {
    name: 'url',
    value: url,
    ...(address.from === 'file' ? originOf(fromFile('url', url)) : address),
  }
  const described = Object.entries(configHelp).map(([name, key]) => [name, key.default] as const)
  const defaults = [...Object.entries(migratorDefaults), ...described]
    .flatMap(([name, value]) => flat(name, value))
    .map(([name, value]): Setting => ({ name, value, from: 'default' }))
  // What was not taken stands below under its own name: of several URLs one counts.
  inFile.delete('url')
  inFile.delete('key')
  inFile.delete('driver')
  const driver = await driverText(dialect)
  const own: Setting[] = [
    // Without a password the user may be the secret.
    { ...addressed, name: 'database', value: /\/\/[^:/@]*:.*@/.test(url) ? database : masked(database) },
    addressed,
    {
      name: 'folder',
      value: caller.folder,
      ...(caller.folder === caller.cwd ? { from: 'default' } : { from: 'environment', by: 'INIT_CWD' }),
    },
    ...(key === undefined
      ? []
      : [{ name: 'key', value: hidden, ...(given.key === undefined ? password : originOf(fromFile('', key))) }]),
    ...(driver === undefined
      ? []
      : [
          { name: 'driver', value: driver, ...(given.driver ? originOf(fromFile('driver', given.driver)) : isDefault) },
        ]),
    { name: 'tiers', value: tiers.map((tier) => `${tier.name} (${tier.source.description})`), from: 'file' },
  ]
  const arguments_ = Object.entries(settings.x).map(([name, value]): Setting => {
    const shown = secretName.test(name) ? hidden : value
    return { name: `arguments.${name}`, value: shown, from: 'flag', by: '-x' }
  })
  const flagged = (Object.entries(flags) as [keyof Settings, string][]).map(([name, by]): Setting => {
    const value = settings[name]
    const same = JSON.stringify(value) === JSON.stringify(defaultSettings[name])
    return { name: by.slice(2), value: value ?? 'not given', ...(same ? { from: 'default' } : { from: 'flag', by }) }
  })
  const named = new Map([...defaults.map((each) => [each.name, each] as const), ...inFile])
  // Such a database has no sessions: the lock is a row.
  if (dialect.capabilities.statementList === true) named.set('lock', { name: 'lock', value: 'table', ...isDefault })
  for (const each of arguments_) named.set(each.name, each)
  if (settings.lockWait !== undefined) {
    named.set('lockWaitMs', { name: 'lockWaitMs', value: settings.lockWait, from: 'flag', by: '--lock-wait' })
  }
  return [...own, ...[...named.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)), ...flagged]
}

/** One that cannot be loaded is no reason to print nothing else. */
async function driverText({ connection }: Dialect): Promise<string | undefined> {
  try {
    const fact = await connection.driver?.()
    return fact && describeDriver(fact)
  } catch (error) {
    if (!isMigrateError(error, 'DRIVER_NOT_BUILT')) throw error
    return `none: ${error.message}`
  }
}

const isDefault = { from: 'default' } as const
const password = { from: 'environment', by: 'DATABASE_PASSWORD' } as const

function originOf({ from, by }: Setting): Pick<Setting, 'from' | 'by'> {
  return by === undefined ? { from } : { from, by }
}

/** Objects of the configuration by their parts: `preserve.maxRows`. */
function flat(name: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (value === undefined) return []
  if (typeof value === 'function') return [[name, 'a function']]
  if (value instanceof URL) return [[name, value.href]]
  if (Array.isArray(value)) {
    return [
      [
        name,
        value.map((each: unknown) =>
          typeof each === 'object' && !(each instanceof URL) ? JSON.stringify(each) : String(each),
        ),
      ],
    ]
  }
  if (typeof value !== 'object' || value === null) return [[name, value]]
  return Object.entries(value).flatMap(([part, inner]) => flat(`${name}.${part}`, inner))
}

/** The variable whose text a setting has, where the file speaks of it. */
function variablesIn(file: string, env: NodeJS.ProcessEnv): (value: unknown) => string | undefined {
  const text = readFileSync(file, 'utf8')
  // Of such names the configuration can speak; the environment may have others, such as `BASH_FUNC_x%%`.
  const spoken = new Set(text.match(/\w+/g))
  const read = Object.entries(env).filter(([name, value]) => value !== '' && spoken.has(name))
  return (value) => read.find(([, each]) => each === value)?.[0]
}

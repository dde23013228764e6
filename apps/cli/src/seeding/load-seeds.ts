import { type Dirent, readdirSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { isMigrateError, MigrateError, type SeedFunction } from '@org/migrate-core'
import type { Seed } from '@org/migrate-core/internal'
import { importModule } from '@org/migrate-core/node'
import { importFailed, type LoadedConfig, messageOf } from '../configuration/config.ts'

const isModule = (name: string): boolean => /\.[cm]?[jt]s$/.test(name) && !/\.d\.[cm]?ts$/.test(name)

/** `10_orders.ts` comes after `9_roles.ts`, as a person numbers them. */
const inOrder = new Intl.Collator('en', { numeric: true }).compare

const fixSeed = 'Correct the seed, or `seed` in the configuration.'

function notLoaded(file: string, why: string, cause?: unknown): MigrateError<'CONFIG_FAILED'> {
  return new MigrateError('CONFIG_FAILED', { file, why }, `${file}: ${why}`, {
    remedy: fixSeed,
    ...(cause === undefined ? {} : { cause }),
  })
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (cause) {
    throw notLoaded(folder, `\`seed\` names a folder that cannot be read: ${messageOf(cause)}`, cause)
  }
}

async function seedIn(file: string, name: string): Promise<Seed> {
  let work: unknown
  try {
    work = (await importModule(file)).default
  } catch (cause) {
    if (!isMigrateError(cause, 'REVISION_IMPORT_FAILED')) throw cause
    throw importFailed(file, cause, fixSeed)
  }
  if (typeof work === 'function') return { name, work: work as SeedFunction, source: file }
  throw notLoaded(file, 'its default export is no function of the database')
}

/**
 * The seeds of the configuration in their order: its function, or the modules of its folder. Absent: none is configured. Other files of the
 * folder are data that the modules read; SQL would be passed over in silence, and is refused.
 *
 * Throws CONFIG_FAILED.
 */
export async function loadSeeds({ config, file, folder }: LoadedConfig): Promise<readonly Seed[] | undefined> {
  const { seed } = config
  if (seed === undefined) return undefined
  if (typeof seed === 'function') return [{ name: 'seed', work: seed, source: file }]
  const path = isAbsolute(seed) ? seed : resolve(folder, seed)
  const names = entriesOf(path)
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => entry.name)
    .sort(inOrder)
  const sql = names.find((name) => name.endsWith('.sql'))
  if (sql !== undefined)
    throw notLoaded(join(path, sql), 'a seed is a module whose default export is a function; SQL is sent by it')
  const modules = names.filter(isModule)
  if (modules.length === 0) throw notLoaded(path, 'it holds no seed')
  const seeds: Seed[] = []
  for (const name of modules) seeds.push(await seedIn(join(path, name), name))
  return seeds
}

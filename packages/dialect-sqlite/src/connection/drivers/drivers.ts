import { isMigrateError, MigrateError } from '@org/migrate-core/connection'
import { codeOf, messageOf } from '../../sql/faults.ts'
import { load as loadBetterSqlite } from './better-sqlite3.ts'
import type { OpenHandle } from './handle.ts'
import {
  type DriverPackage,
  fittingMajor,
  incompatibilityOf,
  type LocatedDriver,
  locate,
  type Runtime,
} from './installed.ts'
import { type DriverChoice, driverNames, encrypting, type SqliteDriverName } from './names.ts'

/** The process that runs, as far as a driver depends on it. */
export interface SqliteRuntime extends Runtime {
  readonly bun: string | undefined
  /** It has a `node:sqlite` that will do. */
  readonly hasBuiltin: boolean
}

/** One driver, before it is loaded. */
interface DriverEntry {
  /** Absent: it is a part of the runtime. */
  readonly package?: DriverPackage
  /** SQL can call functions of ours. */
  readonly functions: boolean
  /** Why this runtime has none that will do; undefined: it has. */
  absence?(runtime: SqliteRuntime): { readonly why: string; readonly remedy: string } | undefined
  load(located: LocatedDriver | undefined): Promise<OpenHandle>
}

/** Rows as lists, the types of columns and the state of the transaction came with Node 22.16 and 24.0. */
export function hasBuiltin(node: string): boolean {
  const [major = 0, minor = 0] = node.split('.').map(Number)
  return major >= 24 || (major === 22 && minor >= 16)
}

const betterSqlite = (name: 'better-sqlite3' | 'better-sqlite3-multiple-ciphers'): DriverEntry => ({
  package: { name, supports: (major) => [12, 13].includes(major), incompatibility: incompatibilityOf },
  functions: true,
  load: (located) => loadBetterSqlite(name, located),
})

const entries: { readonly [N in SqliteDriverName]: DriverEntry } = {
  'better-sqlite3': betterSqlite('better-sqlite3'),
  'better-sqlite3-multiple-ciphers': betterSqlite('better-sqlite3-multiple-ciphers'),
  libsql: {
    package: { name: 'libsql', supports: (major) => major === 0, within: '@libsql/client' },
    functions: false,
    load: async (located) => (await import('./libsql.ts')).load(located),
  },
  'node:sqlite': {
    functions: true,
    absence: ({ node, bun, hasBuiltin: has }) =>
      has
        ? undefined
        : {
            why: `${bun === undefined ? `Node ${node}` : `Bun ${bun}`} has none that fits`,
            remedy: 'Run the program with Node 24, or name another driver.',
          },
    load: async () => (await import('./node-sqlite.ts')).load().open,
  },
  'bun:sqlite': {
    functions: false,
    absence: ({ bun }) =>
      bun !== undefined
        ? undefined
        : { why: 'only Bun has it', remedy: 'Run the program with Bun, or name another driver.' },
    load: async () => (await import('./bun-sqlite.ts')).load(),
  },
}

export interface LoadedDriver extends DriverChoice {
  /** SQL can call functions of ours. */
  readonly functions: boolean
  readonly open: OpenHandle
}

export function thisRuntime(): SqliteRuntime {
  const { node, bun } = process.versions
  // Bun has it since 1.4.
  const has = bun === undefined ? hasBuiltin(node) : process.getBuiltinModule?.('node:sqlite') !== undefined
  return { program: process.argv[1], node, bun, hasBuiltin: has }
}

interface Candidate {
  readonly name: SqliteDriverName
  readonly located?: LocatedDriver | undefined
}

/** https://github.com/oven-sh/bun/issues/4290: whatever is installed or compiled, Bun refuses the package. */
const isRefusedByBun = (name: SqliteDriverName): boolean => name.startsWith('better-sqlite3')

/** What the project has installed, its first one before what is part of the runtime. Nothing is loaded. */
export function candidates(runtime: SqliteRuntime): readonly Candidate[] {
  const [first, ...remaining] = driverNames.flatMap((name): readonly Candidate[] => {
    const { package: driver } = entries[name]
    if (driver === undefined || name === encrypting || (runtime.bun !== undefined && isRefusedByBun(name))) return []
    const located = locate(driver, runtime)
    return located === undefined ? [] : [{ name, located }]
  })
  const parts = driverNames.filter((name) => entries[name].absence?.(runtime) === undefined && !entries[name].package)
  return [...(first === undefined ? [] : [first]), ...parts.map((name) => ({ name })), ...remaining]
}

async function load({ name, located }: Candidate, runtime: SqliteRuntime, why: string): Promise<LoadedDriver> {
  const { functions, absence, load: loadEntry } = entries[name]
  const absent = absence?.(runtime)
  if (absent !== undefined) throw notLoaded(name, new Error(absent.why), runtime, absent.remedy)
  if (located?.incompatible !== undefined) {
    const remedy = `Install one that fits beside your program: \`npm install ${name}@${fittingMajor(runtime.node)}\`.`
    throw notLoaded(name, new Error(located.incompatible), runtime, remedy)
  }
  const { bun, node } = runtime
  const version = located?.version ?? (entries[name].package === undefined ? (bun ?? node) : undefined)
  try {
    return {
      name,
      ...(version === undefined ? {} : { version }),
      why,
      functions: functions && bun === undefined,
      open: await loadEntry(located),
    }
  } catch (cause) {
    throw isMigrateError(cause) ? cause : notLoaded(name, cause, runtime)
  }
}

/** The driver of a name, wherever it is. Throws DRIVER_NOT_BUILT. */
export function loadNamed(name: SqliteDriverName, why: string, runtime = thisRuntime()): Promise<LoadedDriver> {
  const { package: driver } = entries[name]
  return load({ name, located: driver && locate(driver, runtime) }, runtime, why)
}

/**
 * The driver that is taken without a word. An import is tried of what is installed, and of better-sqlite3 where there is nothing
 * else: a package may be somewhere that only the import knows. Throws DRIVER_NOT_BUILT.
 */
export async function loadFirst(runtime = thisRuntime()): Promise<LoadedDriver> {
  const failures: { readonly name: SqliteDriverName; readonly version: string; readonly error: MigrateError }[] = []
  for (const candidate of candidates(runtime)) {
    const { name, located } = candidate
    const isInstalled = located !== undefined
    const [failed] = failures
    const other = failed ? `${failed.name} ${failed.version} cannot be loaded` : 'better-sqlite3 is not installed'
    const from = isInstalled ? 'installed' : `part of ${runtime.bun === undefined ? 'Node' : 'Bun'}`
    try {
      const loaded = await load(candidate, runtime, name === driverNames[0] ? from : `${from}; ${other}`)
      return failed === undefined ? loaded : { ...loaded, warning: failed.error.message }
    } catch (error) {
      if (!isMigrateError(error)) throw error
      failures.push({ name, version: located?.version ?? '', error })
    }
  }
  if (failures[0] !== undefined) throw failures[0].error
  return loadNamed('better-sqlite3', 'installed', runtime)
}

function remedyFor(name: SqliteDriverName, cause: unknown, { bun }: SqliteRuntime): { readonly remedy: string } {
  const isPlain = name === 'better-sqlite3'
  if (bun !== undefined && isRefusedByBun(name)) {
    return isPlain
      ? { remedy: 'Bun cannot load this driver: leave `driver` out, and the SQLite of Bun is used.' }
      : { remedy: 'Bun cannot load this driver: run the program with Node.' }
  }
  const other = isPlain ? ', or use Node 24, which brings SQLite along' : ''
  if (codeOf(cause) === 'ERR_MODULE_NOT_FOUND') return { remedy: `Install it: \`npm install ${name}\`${other}.` }
  if (!isRefusedByBun(name)) return { remedy: `Remove it and install it again: \`npm install ${name}\`.` }
  return {
    remedy: `Install a C++ compiler, make and Python, then run \`npm rebuild ${name}\`${other.replace(',', ';')}.`,
  }
}

function notLoaded(name: SqliteDriverName, cause: unknown, runtime: SqliteRuntime, given?: string): MigrateError {
  // Behind "Tried:" comes a list of all places.
  const why = (messageOf(cause).split('\n')[0] ?? '').replace(/\. Tried:$/, '')
  const message = `the driver ${name} cannot be loaded: ${why}`
  const { remedy } = given === undefined ? remedyFor(name, cause, runtime) : { remedy: given }
  return new MigrateError('DRIVER_NOT_BUILT', { driver: name, why }, message, { cause, remedy })
}

/** A driver that was loaded and does not do what it is there for. */
export const unfitDriver = (name: SqliteDriverName, why: string): MigrateError =>
  notLoaded(name, new Error(why), thisRuntime())

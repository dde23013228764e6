import { isMigrateError, type MigrateError } from '@org/migrate-core/connection'
import { load as loadBetterSqlite } from './better-sqlite3.ts'
import type { OpenHandle } from './handle.ts'
import { type DriverPackage, fittingMajor, incompatibilityOf, type LocatedDriver, locate } from './installed.ts'
import { type DriverChoice, driverNames, encrypting, isRefusedByBun, type SqliteDriverName } from './names.ts'
import type { notLoaded as NotLoaded } from './not-loaded.ts'
import { type SqliteRuntime, thisRuntime } from './runtime.ts'

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

interface LoadedDriver extends DriverChoice {
  /** SQL can call functions of ours. */
  readonly functions: boolean
  readonly open: OpenHandle
}

interface Candidate {
  readonly name: SqliteDriverName
  readonly located?: LocatedDriver | undefined
}

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

/** What is said of it is loaded where it is said. */
const notLoaded = async (...about: Parameters<typeof NotLoaded>): Promise<MigrateError> =>
  (await import('./not-loaded.ts')).notLoaded(...about)

async function load({ name, located }: Candidate, runtime: SqliteRuntime, why: string): Promise<LoadedDriver> {
  const { functions, absence, load: loadEntry } = entries[name]
  const absent = absence?.(runtime)
  if (absent !== undefined) throw await notLoaded(name, new Error(absent.why), runtime, absent.remedy)
  // Bun loads none, whichever fits.
  if (located?.incompatible !== undefined && (runtime.bun === undefined || !isRefusedByBun(name))) {
    const remedy = `Install one that fits beside your program: \`npm install ${name}@${fittingMajor(runtime.node)}\`.`
    throw await notLoaded(name, new Error(located.incompatible), runtime, remedy)
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
    throw isMigrateError(cause) ? cause : await notLoaded(name, cause, runtime)
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
    const absent = runtime.bun === undefined ? 'better-sqlite3 is not installed' : 'Bun does not load better-sqlite3'
    const other = failed ? `${failed.name} ${failed.version} cannot be loaded` : absent
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

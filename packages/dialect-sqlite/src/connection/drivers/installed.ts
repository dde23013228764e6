import { readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageFolder } from '@org/migrate-core/connection'

interface Manifest {
  readonly version: string
  readonly main?: string
}

/** A driver as it is installed. */
interface InstalledDriver extends Required<Manifest> {
  readonly folder: string
}

/** Undefined where there is none, or where this is bundled into a file beside which nothing is installed. */
function installedFor(file: string, name: string): InstalledDriver | undefined {
  const folder = packageFolder(name, file)
  if (folder === undefined) return undefined
  const { version, main = 'index.js' } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  return { version, folder, main }
}

const majorOf = (version: string): number => Number.parseInt(version, 10)

function minorOf(version: string): number {
  return Number.parseInt(version.split('.')[1] ?? '', 10)
}

/**
 * From version 13 on the driver is built on a Node-API that Node 20 lacks, and ends it with a segmentation fault where it is loaded. Older
 * ones derive from `node::ObjectWrap`: compiled with the headers of Node 24.19 or newer they have a destructor that ends a Node 24, or a
 * 26 before 26.4, as soon as a statement is collected (https://github.com/nodejs/node/issues/65446). The name of what it calls is in
 * such a binary, and in no other.
 *
 * @returns why this Node must not load it
 */
export function incompatibilityOf(
  node: string,
  { version, folder }: Pick<InstalledDriver, 'version' | 'folder'>,
): string | undefined {
  const [major, minor] = [majorOf(node), minorOf(node)]
  if (majorOf(version) >= 13)
    return major < 22 ? `version ${version} needs Node 22 or newer, and ends Node ${node}` : undefined
  const lacksRegistry = major === 24 || (major === 26 && minor < 4)
  if (!lacksRegistry || !callsCleanup(join(folder, 'build/Release/better_sqlite3.node'))) return undefined
  return `version ${version} was compiled with headers of Node that make it end Node ${node} (nodejs/node#65446)`
}

function callsCleanup(binary: string): boolean {
  try {
    return readFileSync(binary).includes('RemoveEnvironmentCleanupHook')
  } catch {
    // Not there, or not here: loading it says so.
    return false
  }
}

/** The process that runs, as far as a driver depends on it. */
export interface Runtime {
  /** The file of the program. */
  readonly program: string | undefined
  readonly node: string
}

/** A package that is installed, and why this Node must not load it. */
export interface LocatedDriver {
  readonly version: string
  /** Of the program's own copy, or of one that another package brought; absent: the one that this package finds. */
  readonly path?: string
  readonly incompatible?: string
}

/** A package of a driver. */
export interface DriverPackage {
  readonly name: string
  /** The version is one that is known here. */
  supports(major: number): boolean
  /** A package that brings it along. */
  readonly within?: string
  incompatibility?(node: string, installed: Pick<InstalledDriver, 'version' | 'folder'>): string | undefined
}

/** What `within` brings along is not found by an import of ours. */
function copyFor(
  file: string,
  { name, within }: DriverPackage,
): (InstalledDriver & { readonly brought: boolean }) | undefined {
  const own = installedFor(file, name)
  if (own !== undefined) return { ...own, brought: false }
  const outer = within === undefined ? undefined : installedFor(file, within)
  const inner = outer && installedFor(join(realpathSync(outer.folder), outer.main), name)
  return inner && { ...inner, brought: true }
}

/**
 * The copy of the program that runs, where it has one of a version that is known here: two copies of SQLite in one process take each
 * other's locks off a file that both have open (https://www.sqlite.org/howtocorrupt.html, 2.2.1). Else the one beside this package.
 * Undefined where neither has one: nothing is imported to learn that.
 */
export function locate(driver: DriverPackage, { program, node }: Runtime): LocatedDriver | undefined {
  // A bundle may be CommonJS, or text that was never a file: then it has no place to look from.
  const here = String(import.meta.url)
  const files = [program, here.startsWith('file:') ? fileURLToPath(here) : undefined]
  let unfit: LocatedDriver | undefined
  for (const file of files) {
    const installed = file === undefined ? undefined : copyFor(file, driver)
    if (installed === undefined) continue
    const { version, folder, main, brought } = installed
    const isOfProgram = file === program
    if (isOfProgram && !driver.supports(majorOf(version))) continue
    const incompatible = driver.incompatibility?.(node, installed)
    // A bundler knows the import, and no path.
    if (incompatible === undefined) return isOfProgram || brought ? { version, path: join(folder, main) } : { version }
    unfit = { version, incompatible }
  }
  return unfit
}

/** The version of better-sqlite3 that fits a Node. */
export const fittingMajor = (node: string): 12 | 13 => (majorOf(node) < 22 ? 12 : 13)

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Manifest {
  readonly version: string
  readonly main?: string
}

/** A driver as it is installed. */
interface InstalledDriver extends Required<Manifest> {
  readonly folder: string
}

/**
 * As `import` finds a package for a file. `require.resolve` would look into NODE_PATH too, where pnpm's scripts put what other packages
 * depend on. Undefined where there is none, or where this is bundled into a file beside which nothing is installed.
 */
function installedFor(file: string, name: string): InstalledDriver | undefined {
  for (let at = dirname(file); ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name)
    const about = join(folder, 'package.json')
    if (existsSync(about)) {
      const { version, main = 'index.js' } = JSON.parse(readFileSync(about, 'utf8')) as Manifest
      return { version, folder, main }
    }
    if (at === dirname(at)) return undefined
  }
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

const isSupported = ({ version }: InstalledDriver): boolean => [12, 13].includes(majorOf(version))

/** What is to be loaded, and why it must not be. */
interface ChosenDriver {
  /** Of the program's own copy; absent: the one that this package finds. */
  readonly path?: string
  readonly incompatible?: IncompatibleDriver
}

interface IncompatibleDriver {
  readonly why: string
  /** The version that fits this Node. */
  readonly fitting: 12 | 13
}

/**
 * The copy of the program that runs, where it has one of a version that is known here: two copies of SQLite in one process take each
 * other's locks off a file that both have open (https://www.sqlite.org/howtocorrupt.html, 2.2.1). Else the one beside this package.
 */
export function chooseDriver(
  name: string,
  {
    program = process.argv[1],
    node = process.versions.node,
  }: { readonly program?: string; readonly node?: string } = {},
): ChosenDriver {
  const own = program === undefined ? undefined : installedFor(program, name)
  if (own !== undefined && isSupported(own)) {
    const incompatible = incompatibilityOf(node, own)
    if (incompatible === undefined) return { path: join(own.folder, own.main) }
  }
  // A bundle may be CommonJS, or text that was never a file: then it has no place to look from, and the import finds what there is.
  const here = String(import.meta.url)
  const installed = here.startsWith('file:') ? installedFor(fileURLToPath(here), name) : undefined
  const incompatible = installed && incompatibilityOf(node, installed)
  return incompatible === undefined
    ? {}
    : { incompatible: { why: incompatible, fitting: majorOf(node) < 22 ? 12 : 13 } }
}

export const runsOnBun = (): boolean => process.versions.bun !== undefined

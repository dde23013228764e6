import { MigrateError } from '@org/migrate-core/connection'
import { isPackageAbsent } from '@org/migrate-core/dialect'
import { codeOf, messageOf } from '../../sql/faults.ts'
import { fittingMajor } from './installed.ts'
import { isRefusedByBun, type SqliteDriverName } from './names.ts'
import { type SqliteRuntime, thisRuntime } from './runtime.ts'

/** With the major that the runtime can load, where the newest may end it. Deno lets a package load a binary only from node_modules, where this puts it. */
function installCommand(name: SqliteDriverName, { node, deno }: SqliteRuntime): string {
  const versioned = isRefusedByBun(name) ? `${name}@${fittingMajor(node)}` : name
  return deno === undefined ? `npm install ${versioned}` : `deno add npm:${versioned}`
}

function remedyFor(name: SqliteDriverName, cause: unknown, runtime: SqliteRuntime): string {
  const { bun, deno, hasBuiltin } = runtime
  const isPlain = name === 'better-sqlite3'
  if (bun !== undefined && isRefusedByBun(name)) {
    return isPlain
      ? 'Bun cannot load this driver: leave `driver` out, and the SQLite of Bun is used.'
      : 'Bun cannot load this driver: run the program with Node.'
  }
  const install = installCommand(name, runtime)
  const own = hasBuiltin
    ? `, or leave \`driver\` out, and the SQLite of ${deno === undefined ? 'Node' : 'Deno'} is used`
    : ', or use Node 24, which brings SQLite along'
  const other = isPlain ? own : ''
  if (isPackageAbsent(cause, name)) return `Install it: \`${install}\`${other}.`
  // From version 13 on it brings binaries along and has no install script: what `npm rebuild` runs is none.
  const isIncomplete = codeOf(cause) === 'MODULE_NOT_FOUND'
  if (isIncomplete && messageOf(cause).includes(".node'"))
    return `Leave \`driver\` out, and the SQLite of Node is used; or install a C++ compiler, make and Python, and run \`npm explore ${name} -- npm run build-release\`.`
  if (isIncomplete || !isRefusedByBun(name)) return `Remove it and install it again: \`${install}\`.`
  return `Allow its install script (npm 12: \`npm install-scripts approve ${name}\`; pnpm: \`pnpm approve-builds\`), and run \`npm rebuild ${name}\`. Where no binary fits, that needs a C++ compiler, make and Python${other}.`
}

export function notLoaded(
  name: SqliteDriverName,
  cause: unknown,
  runtime: SqliteRuntime,
  remedy: string = remedyFor(name, cause, runtime),
): MigrateError {
  // Behind "Tried:" comes a list of all places.
  const why = (messageOf(cause).split('\n')[0] ?? '').replace(/\. Tried:$/, '')
  const message = `the driver ${name} cannot be loaded: ${why}`
  return new MigrateError('DRIVER_NOT_BUILT', { driver: name, why }, message, { cause, remedy })
}

/** A driver that was loaded and does not do what it is there for. */
export const unfitDriver = (name: SqliteDriverName, why: string): MigrateError =>
  notLoaded(name, new Error(why), thisRuntime())

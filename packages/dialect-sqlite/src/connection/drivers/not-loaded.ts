import { MigrateError } from '@org/migrate-core/connection'
import { codeOf, messageOf } from '../../sql/faults.ts'
import { isRefusedByBun, type SqliteDriverName } from './names.ts'
import { type SqliteRuntime, thisRuntime } from './runtime.ts'

function remedyFor(name: SqliteDriverName, cause: unknown, { bun }: SqliteRuntime): { readonly remedy: string } {
  const isPlain = name === 'better-sqlite3'
  if (bun !== undefined && isRefusedByBun(name)) {
    return isPlain
      ? { remedy: 'Bun cannot load this driver: leave `driver` out, and the SQLite of Bun is used.' }
      : { remedy: 'Bun cannot load this driver: run the program with Node.' }
  }
  const other = isPlain ? ', or use Node 24, which brings SQLite along' : ''
  if (codeOf(cause) === 'ERR_MODULE_NOT_FOUND') return { remedy: `Install it: \`npm install ${name}\`${other}.` }
  // From version 13 on it brings binaries along and has no install script: what `npm rebuild` runs is none.
  const isIncomplete = codeOf(cause) === 'MODULE_NOT_FOUND'
  if (isIncomplete && messageOf(cause).includes(".node'")) {
    return {
      remedy: `Leave \`driver\` out, and the SQLite of Node is used; or install a C++ compiler, make and Python, and run \`npm explore ${name} -- npm run build-release\`.`,
    }
  }
  if (isIncomplete || !isRefusedByBun(name))
    return { remedy: `Remove it and install it again: \`npm install ${name}\`.` }
  return {
    remedy: `Allow its install script (npm 12: \`npm install-scripts approve ${name}\`; pnpm: \`pnpm approve-builds\`), and run \`npm rebuild ${name}\`. Where no binary fits, that needs a C++ compiler, make and Python${other}.`,
  }
}

export function notLoaded(
  name: SqliteDriverName,
  cause: unknown,
  runtime: SqliteRuntime,
  remedy: string = remedyFor(name, cause, runtime).remedy,
): MigrateError {
  // Behind "Tried:" comes a list of all places.
  const why = (messageOf(cause).split('\n')[0] ?? '').replace(/\. Tried:$/, '')
  const message = `the driver ${name} cannot be loaded: ${why}`
  return new MigrateError('DRIVER_NOT_BUILT', { driver: name, why }, message, { cause, remedy })
}

/** A driver that was loaded and does not do what it is there for. */
export const unfitDriver = (name: SqliteDriverName, why: string): MigrateError =>
  notLoaded(name, new Error(why), thisRuntime())

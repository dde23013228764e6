/** The database of the service: `@org/migrate-schema/database`. Needs drizzle-orm. */
import {
  isAnything,
  isFlag,
  isFunction,
  isNumber,
  isSignal,
  isText,
  type OptionChecks,
  oneOf,
  requireOptions,
  shaped,
} from '@org/migrate-core/dialect'
import { prepare } from './database/connections.ts'
import { moveOldFile } from './database/old-file.ts'
import { migratorOf, start } from './database/start.ts'
import type { OpenDatabaseOptions, OpenWebuiDatabase } from './database/types.ts'
import { type Environment, readEnvironment } from './environment.ts'

export type {
  AfterHead,
  DialectName,
  OpenDatabaseOptions,
  OpenWebuiDatabase,
  OpenWebuiDatabaseOf,
  Started,
} from './database/types.ts'

const optionChecks: OptionChecks<OpenDatabaseOptions> = {
  dataFolder: isText,
  baseDirectory: isText,
  legacy: isFlag,
  // What is no URL has codes of its own.
  migrationUrl: isAnything,
  statementCache: isFlag,
  requireHead: isFlag,
  ahead: oneOf('compatible', 'serve', 'refuse'),
  verify: shaped({ schema: oneOf(true, false, 'names'), strict: isFlag }),
  timeoutMs: isNumber,
  signal: isSignal,
  onEvent: isFunction,
  onNote: isFunction,
  afterHead: isFunction,
}

/**
 * Opens Open WebUI's database as its environment variables name it: migrates it (the sequential tier, then the graph, under one
 * lock, on a connection of their own) and gives typed Drizzle instances over a pool. A concurrent start waits and then
 * finds nothing to do. With ENABLE_DB_MIGRATIONS off nothing is migrated: what is pending is noted.
 *
 * Throws INVALID_OPTION and INVALID_URL, which name the variable; what `ensure` throws; what `afterHead` throws. Nothing is open
 * then.
 *
 * ```ts
 * const service = await openDatabase(process.env, { onNote: console.warn })
 * if (service.dialect === 'postgres') await service.db.select().from(service.tables.chat)
 * await service.close()
 * ```
 */
export async function openDatabase(env: Environment, options: OpenDatabaseOptions = {}): Promise<OpenWebuiDatabase> {
  const { dataFolder } = requireOptions('openDatabase', options, optionChecks)
  const { settings, notes: environmentNotes } = readEnvironment(env, dataFolder === undefined ? {} : { dataFolder })
  const notes: string[] = []
  const addNote = (text: string): void => {
    notes.push(text)
    options.onNote?.(text)
  }
  for (const text of environmentNotes) addNote(text)
  const { migrations, open } = await prepare(settings, options)
  const moved = await moveOldFile(settings, options.baseDirectory)
  if (moved !== undefined) addNote(moved)
  const migrator = migratorOf(migrations, options)
  const started = await start(migrator, settings, options)
  for (const warning of started.warnings) addNote(warning)
  // Its journal mode and pragmas are set with its first connection: after the migrations, which find the file as it was.
  const { database, tables } = await open()
  const serviceConnection = {
    ...database,
    dialect: settings.dialect,
    tables,
    started,
    notes,
    readiness: () => migrator.status({ files: false }),
    // The union is over the dialect, and `open` is that of the dialect: TypeScript does not carry one to the other.
  } as OpenWebuiDatabase
  if (started.state === 'behind') return serviceConnection
  try {
    await options.afterHead?.({ database: serviceConnection, migrated: started.applied.length > 0 })
    return serviceConnection
  } catch (error) {
    await serviceConnection.close()
    throw error
  }
}

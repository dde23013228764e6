import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { readSource, type SchemaSource } from '@org/migrate-autogenerate'
import type { DeclaredSchema } from '@org/migrate-core'
import type { UnloadedDialect } from '@org/migrate-core/dialect'
import { type LoadedConfig, messageOf } from '../configuration/config.ts'
import type { CommandContext } from '../context.ts'
import { dialectFor } from '../dialect-packages.ts'
import { runProgram, shownOutput } from '../programs.ts'
import { usage } from '../usage.ts'
import { keyOf } from '../wiring.ts'
import { declaredByFiles, notLoaded, pathsOf } from './schema-files.ts'
import type { Autogenerate } from './settings.ts'
import { type ConfiguredSource, declarationFor, type SourceFrom } from './sources.ts'

interface SourceContext {
  readonly context: CommandContext
  readonly loaded: LoadedConfig
  /** What the schema is declared for. */
  readonly dialect: UnloadedDialect
}

/** Throws CONFIG_FAILED with what the command printed. */
async function run(
  { context: { caller, signal }, loaded }: SourceContext,
  command: string,
  variables: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { folder } = loaded
  const program = { exec: command, cwd: folder, env: { ...caller.env, ...variables }, signal } as const
  const { why, stdout, output, cause } = await runProgram(folder, program)
  if (why === undefined) return stdout
  throw notLoaded(loaded.file, `the command \`${command}\` failed: ${why}${shownOutput(output)}`, {
    remedy: 'Run the command by itself, in the folder of the configuration, and correct what it reports.',
    cause,
  })
}

const sources: {
  readonly [F in ConfiguredSource['from']]: (
    about: SourceContext,
    source: SourceFrom<F>,
  ) => Promise<{ readonly source: SchemaSource; readonly shown: string }>
} = {
  sql: async ({ loaded: { folder } }, { files }) => {
    const paths = await pathsOf(files, folder, '*.sql')
    const texts = paths.map((path) => ({ file: relative(folder, path), text: textOf(path) }))
    return { source: { kind: 'sql', texts }, shown: texts.map(({ file }) => file).join(', ') }
  },
  database: async ({ context, loaded }, { url }) => {
    const options = {
      url,
      baseDirectory: loaded.folder,
      schema: undefined,
      lock: undefined,
      key: keyOf(url, context.caller),
    }
    const dialect = await dialectFor({ ...options, driver: undefined }, loaded.file)
    context.signal.throwIfAborted()
    return { source: { kind: 'database', dialect }, shown: dialect.connection.database }
  },
  command: async (about, { command, database }) => {
    const shown = `\`${command}\``
    if (database === undefined) {
      const text = await run(about, command)
      return { source: { kind: 'sql', texts: [{ file: shown, text }], ofProgram: true }, shown }
    }
    const make = async (url: string): Promise<void> => void (await run(about, command, { [database]: url }))
    return { source: { kind: 'program', make }, shown }
  },
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw notLoaded(path, messageOf(cause), { cause })
  }
}

async function declaredBySource(about: SourceContext, configured: ConfiguredSource): Promise<DeclaredSchema> {
  const { context, loaded, dialect } = about
  const toSource = sources[configured.from] as (
    about: SourceContext,
    source: ConfiguredSource,
  ) => ReturnType<(typeof sources)['sql']>
  const { source, shown } = await toSource(about, configured)
  const declared = await readSource(dialect, source, { signal: context.signal })
  const { tables, views, enums, sequences } = declared.schema
  // A command that has used another database than the empty one would else have everything dropped.
  if (tables.size + views.size + enums.size + sequences.size > 0) return declared
  throw notLoaded(loaded.file, `${shown} makes no table and no view`, {
    remedy:
      'Check that `autogenerate.schema` names the right source; a command has to use the database that it is given.',
  })
}

/**
 * The schema that the configuration declares for a dialect.
 *
 * Throws CONFIG_FAILED, DIALECT_NOT_INSTALLED, USAGE where a server is needed and none may be connected to, and what the source throws.
 */
export async function loadDeclared(
  about: SourceContext & { readonly autogenerate: Autogenerate; readonly server: boolean },
): Promise<DeclaredSchema> {
  const { loaded, dialect, autogenerate, server } = about
  const declaration = declarationFor(dialect.name, autogenerate.schema)
  if (declaration === undefined)
    throw notLoaded(loaded.file, `\`autogenerate.schema\` names nothing for ${dialect.name}`)
  if (typeof declaration === 'string' || Array.isArray(declaration))
    return declaredByFiles(loaded, declaration, autogenerate, dialect.name)
  const source = declaration as ConfiguredSource
  if (!server && source.from !== 'database' && dialect.shadow?.inProcess !== true) {
    throw usage(
      `the schema for ${dialect.name} comes from ${source.from === 'sql' ? 'SQL' : 'a command'}, which only its server can read, and none is connected to`,
      'Compare with the database of that kind: leave out --no-database, and name it as `url`.',
    )
  }
  return declaredBySource(about, source)
}

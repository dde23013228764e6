import { existsSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import {
  type DeclarationKind,
  type Declarations,
  type PullOptions,
  pull as pullDatabase,
  type RenderType,
  renderDeclarations,
  type UndeclaredObject,
} from '@org/migrate-autogenerate'
import { MigrateError } from '@org/migrate-core'
import { makeFile } from '@org/migrate-core/node'
import { filterOf, guarded } from '../../autogenerate/guard-callbacks.ts'
import { declarationFor } from '../../autogenerate/sources.ts'
import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { openReplay, schemaAt } from '../../graph/replayed-schema.ts'
import { textIn } from '../../new-files/recognise/source-text.ts'
import { plural } from '../../reporters/formatting.ts'
import { requireExistingFile } from '../../running/existing-file.ts'
import { outputPath, writeOutput } from '../../running/output-file.ts'
import { usage } from '../../usage.ts'
import type { Project } from '../../wiring.ts'

export interface PullSettings {
  /** Default: printed. */
  readonly out?: string
  /** A revision, in place of the database. */
  readonly at?: string
  /** What to declare with. Default: what the project declares with. */
  readonly as?: DeclarationKind
  /** Also over a file that is there. */
  readonly force?: true
}

interface PulledSource extends Declarations {
  /** For people. */
  readonly of: string
  /** The revisions whose SQL does not tell what it does. */
  readonly opaque: readonly string[]
}

function rebased(module: string, from: string, to: string): string {
  if (!/^\.\.?\//.test(module)) return module
  const path = relative(to, resolve(from, module)).replaceAll(sep, '/')
  return path.startsWith('.') ? path : `./${path}`
}

/** The types of a project for a file in another folder than its revisions: what they import by a relative path is elsewhere from there. */
function rebasedTypes(renderType: RenderType, revisions: string, folder: string): RenderType {
  return (type) => {
    const own = renderType(type)
    if (own === undefined) return undefined
    const imports = Object.entries(own.imports).map(([module, names]) => [rebased(module, revisions, folder), names])
    return { ...own, imports: Object.fromEntries(imports) }
  }
}

/** The configuration says which objects are its own, and how types are written. */
function optionsOf({ loaded, tier }: Project, as: DeclarationKind, folder: string): PullOptions {
  const { autogenerate } = loaded.config
  if (autogenerate === undefined) return { as }
  const { renderType, ...filter } = guarded(autogenerate, loaded.file)
  const revisions = tier.source.locations?.folders[0] ?? loaded.folder
  return {
    as,
    ...filterOf(filter),
    ...(renderType === undefined ? {} : { renderType: rebasedTypes(renderType, revisions, folder) }),
  }
}

async function ofDatabase({ migrator, database }: Project, options: PullOptions): Promise<PulledSource> {
  requireExistingFile(database, 'read')
  return { of: database, opaque: [], ...(await pullDatabase(migrator, options)) }
}

async function ofRevision(
  context: CommandContext,
  project: Project,
  target: string,
  options: PullOptions,
): Promise<PulledSource> {
  const replay = await openReplay('pull', project)
  const { revision, schema, opaque } = await schemaAt(context, replay, target)
  return { of: revision ?? 'base', opaque, ...renderDeclarations({ ...options, dialect: replay.dialect, schema }) }
}

function undeclaredLine({ kind, schema, table, name, why }: UndeclaredObject): string {
  // The name of a routine says what it is.
  const what = kind === 'materializedView' ? 'materialised view ' : kind === 'routine' ? '' : `${kind} `
  const own = table === undefined && schema !== undefined ? `${schema}.${name}` : name
  const of = table === undefined ? '' : ` of ${schema === undefined ? table : `${schema}.${table}`}`
  return `  ${what}${own}${of}: ${why}`
}

function undeclaredLines({ undeclared, opaque }: PulledSource): readonly string[] {
  const lines = [
    ...opaque.map((revision) => `  revision ${revision}: its SQL does not tell what it does`),
    ...undeclared.map(undeclaredLine),
  ]
  return lines.length === 0 ? [] : ['Not declared:', ...lines]
}

function requireTables({ tables, of }: PulledSource): void {
  if (tables.length > 0) return
  throw usage(
    `${of} has no table to declare`,
    'Check that the URL names the right database, and that `autogenerate.exclude` does not leave out every table.',
  )
}

const importsDrizzle = /from\s+['"]drizzle-orm\b/

/** Drizzle where the file to write, or a file that the configuration names as its schema, is declared with it. */
function declarationKind({ loaded, dialect }: Project, file: string | undefined): DeclarationKind {
  const { autogenerate } = loaded.config
  const declared = autogenerate && declarationFor(dialect.name, autogenerate.schema)
  const named = (Array.isArray(declared) ? declared : [declared]).filter((path) => typeof path === 'string')
  const files = [...(file === undefined ? [] : [file]), ...named]
  const isDrizzle = files.some((path) => importsDrizzle.test(textIn(loaded.folder, path) ?? ''))
  return isDrizzle || autogenerate?.casing !== undefined ? 'drizzle' : 'table'
}

function isSame(file: string, text: string): boolean {
  try {
    return readFileSync(file, 'utf8') === text
  } catch {
    // A folder, or not to be read: writing says why.
    return false
  }
}

/** Writes the file. One that is there, with another text, is replaced only where that is said. Throws FILE_NOT_WRITTEN. */
async function writeDeclarations(
  context: CommandContext,
  file: string,
  text: string,
  force: boolean,
): Promise<'written' | 'unchanged'> {
  if (!existsSync(file)) {
    // Never over one that another process has made in the meantime.
    makeFile(file, text)
    return 'written'
  }
  if (isSame(file, text)) return 'unchanged'
  if (!force) {
    const why = 'it is there, with another text'
    throw new MigrateError('FILE_NOT_WRITTEN', { file, why }, `${file} was not written: ${why}`, {
      remedy: 'Name another file, or replace it with --force: what was added to it by hand is lost.',
    })
  }
  await writeOutput(context, file, text, () => true)
  return 'written'
}

/** Writes the schema of the database, or of a revision, as declarations with `table(…)` or Drizzle. The database is only read. */
export async function pull(context: CommandContext, { out, at, as, force }: PullSettings): Promise<ExitCode> {
  const { caller, report } = context
  if (force === true && out === undefined)
    throw usage('--force replaces the file of --out, and none is named', 'Give --out as well, or leave it out.')
  const project = await context.open()
  const file = out === undefined ? undefined : outputPath(context, out)
  const kind = as ?? declarationKind(project, file)
  const options = optionsOf(project, kind, file === undefined ? caller.folder : dirname(file))
  const source = at === undefined ? await ofDatabase(project, options) : await ofRevision(context, project, at, options)
  const notes = undeclaredLines(source)
  for (const line of notes) report.note(line)
  requireTables(source)
  const { of, text, undeclared, opaque } = source
  const document = {
    of,
    as: kind,
    tables: source.tables.map(({ table, name }) => ({ ...table, export: name })),
    undeclared,
    revisionsNotDeclared: opaque,
  }
  if (file === undefined) {
    report.verbatim({ ...document, text }, text)
    return exitCodes.done
  }
  const outcome = await writeDeclarations(context, file, text, force === true)
  const { loaded } = project
  if (loaded.config.autogenerate === undefined) {
    const path = relative(loaded.folder, file).replaceAll(sep, '/')
    report.note(`Name it in ${loaded.file}: autogenerate: { schema: '${path.startsWith('.') ? path : `./${path}`}' }`)
  }
  report.answer({ ...document, file, written: outcome === 'written' }, () =>
    outcome === 'written'
      ? `${of}: ${plural(source.tables.length, 'table')} declared in ${file}`
      : `${of}: ${plural(source.tables.length, 'table')} declared in ${file}, which is unchanged`,
  )
  return exitCodes.done
}

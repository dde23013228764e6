import { readSchema } from '@org/migrate-autogenerate'
import type { Dialect, Operation, SchemaModel } from '@org/migrate-core/dialect'
import { recordUpgrade } from '@org/migrate-core/internal'
import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { openReplay, type ReplayedProject, type ReplayedSchema, schemaAt } from '../../graph/replayed-schema.ts'
import { plural } from '../../reporters/formatting.ts'
import { outputPath, writeOutput } from '../../running/output-file.ts'
import { usage } from '../../usage.ts'
import type { Project } from '../../wiring.ts'
import { type SchemaBefore, schemaBefore } from './before.ts'
import { erdDbml } from './dbml.ts'
import { erdDot } from './graphviz.ts'
import { erdMermaid } from './mermaid.ts'
import { type PicturedSchema, pictureOf } from './picture.ts'

type ErdFormat = 'mermaid' | 'dot' | 'dbml' | 'svg'

export interface ErdSettings {
  readonly format?: ErdFormat
  /** From and to, as scripts have them: what leads from the first to the second is marked. */
  readonly changed?: string
  readonly out?: string
}

const drawings: { readonly [F in ErdFormat]: (schema: PicturedSchema) => string | Promise<string> } = {
  mermaid: erdMermaid,
  dot: erdDot,
  dbml: erdDbml,
  svg: async (schema) => (await import('./svg.ts')).erdSvg(schema),
}

interface Subject {
  /** For people. */
  readonly of: string
  readonly dialect: Dialect
  readonly schema: SchemaModel
  readonly before?: SchemaBefore
}

async function replayed(context: CommandContext, project: ReplayedProject, target: string): Promise<ReplayedSchema> {
  const replay = await schemaAt(context, project, target)
  const { opaque } = replay
  if (opaque.length > 0) context.report.note(`SQL in ${opaque.join(', ')} does not say what it does, and is not shown`)
  return replay
}

async function ofRevision(context: CommandContext, project: Project, target: string, from?: string): Promise<Subject> {
  const files = await openReplay('erd', project)
  const { dialect, own: each } = files
  const { revision, schema } = await replayed(context, files, target)
  const of = revision ?? 'base'
  if (from === undefined) return { of, dialect, schema }
  const start = await replayed(context, files, from)
  const known = start.revision === undefined ? new Set<string>() : each.graph.ancestorsOf([start.revision])
  const ids = revision === undefined ? new Set<string>() : each.graph.ancestorsOf([revision])
  if ([...known].some((id) => !ids.has(id))) {
    throw usage(`${of} does not come after ${start.revision}`, 'Name the earlier revision first.')
  }
  const operations: Operation[] = []
  for (const id of each.graph.order) {
    if (!ids.has(id) || known.has(id)) continue
    const { operations: recorded } = await recordUpgrade(dialect, each, id)
    for (const { operation } of recorded) operations.push(operation)
  }
  return { of, dialect, schema, before: schemaBefore(dialect, start.schema, operations) }
}

async function ofDeclaration(context: CommandContext, project: Project): Promise<Subject> {
  const { loaded, dialect } = project
  const { autogenerateOf } = await import('../../autogenerate/generate.ts')
  const { loadDeclared } = await import('../../autogenerate/load-declared.ts')
  const { schema } = await loadDeclared({
    context,
    loaded,
    dialect,
    autogenerate: autogenerateOf(project),
    server: true,
  })
  return { of: 'the declared schema', dialect: await dialect.load(), schema }
}

async function ofDatabase({ signal }: CommandContext, { dialect, database }: Project): Promise<Subject> {
  return { of: database, ...(await readSchema(dialect, { signal })) }
}

async function subjectOf(context: CommandContext, source: string | undefined, changed?: string): Promise<Subject> {
  const project = await context.open()
  if (changed !== undefined) {
    const [from, to, ...more] = changed.split(':')
    if (source !== undefined) throw usage('--changed says what is shown', 'Leave out the other argument.')
    if (!from || !to || more.length > 0) throw usage(`${changed} is no range`, 'Write it as `from:to`.')
    return ofRevision(context, project, to, from)
  }
  if (source === undefined || source === 'database') return ofDatabase(context, project)
  return source === 'declared' ? ofDeclaration(context, project) : ofRevision(context, project, source)
}

/** What leads from one revision to another, in Mermaid, with its changes marked. Throws USAGE where the second does not follow. */
export async function changeInMermaid(
  context: CommandContext,
  project: Project,
  from: string,
  to: string,
): Promise<string> {
  const { dialect, schema, before } = await ofRevision(context, project, to, from)
  return erdMermaid(pictureOf(dialect, schema, before))
}

/** How each format begins. Another drawing is replaced, whatever its format was. */
const isDrawing = (text: string): boolean => /^(?:erDiagram|digraph schema \{|<svg|Enum "|Table "|Ref: )/.test(text)

/** A schema as a picture: that of the database, the declared one, or that of a revision. */
export async function erd(
  context: CommandContext,
  source: string | undefined,
  { format = 'mermaid', changed, out }: ErdSettings,
): Promise<ExitCode> {
  const { of, dialect, schema, before } = await subjectOf(context, source, changed)
  const picture = pictureOf(dialect, schema, before)
  const text = await drawings[format](picture)
  if (out === undefined) {
    context.report.verbatim({ of, ...picture, picture: text }, `${text}\n`)
    return exitCodes.done
  }
  const file = await writeOutput(context, outputPath(context, out), `${text}\n`, isDrawing)
  context.report.answer(
    { of, ...picture, file },
    () => `${of}: ${plural(picture.tables.length, 'table')}, drawn in ${file}`,
  )
  return exitCodes.done
}

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { extname, resolve, sep } from 'node:path'
import type { RenderedBody } from '@org/migrate-autogenerate'
import {
  createRevisionGraph,
  MigrateError,
  type RevisionGraph,
  type RevisionHeader,
  type RevisionLocations,
  type Tier,
} from '@org/migrate-core'
import { present } from '@org/migrate-core/dialect'
import { currentNodes } from '@org/migrate-core/internal'
import {
  type Draft,
  type DraftOptions,
  draftRevision,
  graph,
  makeFile,
  makeSqlFiles,
  type OwnTemplate,
  type RevisionPathSettings,
  revisionPath,
  revisionText,
} from '@org/migrate-core/node'
import type { LoadedConfig } from '../configuration/config.ts'
import type { CommandContext } from '../context.ts'
import { runProgram, shownOutput } from '../programs.ts'
import { someOf } from '../reporters/formatting.ts'
import { usage } from '../usage.ts'
import type { LoadedProject } from '../wiring.ts'
import { hiddenPath, recordGenerated, recordInterrupted } from './generated-files.ts'
import type { WriteHook } from './settings.ts'

/** What the commands that make a revision take. */
export interface NewRevisionSettings {
  readonly message?: string
  readonly revId?: string
  readonly branchLabel?: readonly string[]
  readonly splice?: boolean
}

/** The revisions that there are, and the folders that a new one may go to. */
interface FilesOfTier {
  readonly graph: RevisionGraph<RevisionHeader>
  readonly locations: RevisionLocations
}

/** Throws USAGE for a tier whose revisions do not come from files that are linked to each other. */
export function locationsOf({ tier }: LoadedProject): RevisionLocations {
  const { locations } = tier.source
  if (tier.kind === 'graph' && locations !== undefined) return locations
  const why =
    tier.kind === 'sequential' ? 'its files are numbered, and follow each other' : 'its revisions are no files'
  throw usage(`The tier ${tier.name} takes no new revision: ${why}`, 'Name another tier with --tier.')
}

/** The tier with those of its folders that are there: one that is not there yet holds nothing, and the first revision makes it. */
function presentTier(project: LoadedProject): Tier {
  const { folders, recursive } = locationsOf(project)
  const present = folders.filter((folder) => existsSync(folder))
  if (present.length === folders.length) return project.tier
  return { ...project.tier, source: graph(present, { recursive }).source }
}

export function presentTiers(project: LoadedProject): readonly Tier[] {
  return project.tiers.map((tier) => (tier === project.tier ? presentTier(project) : tier))
}

export async function filesOf(project: LoadedProject): Promise<FilesOfTier> {
  const { source } = presentTier(project)
  return { graph: createRevisionGraph(await currentNodes(await source.headers())), locations: locationsOf(project) }
}

function templateOf({ folder, config: { newFiles } }: LoadedConfig): OwnTemplate | undefined {
  if (newFiles?.template === undefined) return undefined
  const file = resolve(folder, newFiles.template)
  try {
    return { file, text: readFileSync(file, 'utf8') }
  } catch (cause) {
    const why = `${file} cannot be read: ${(cause as Error).message}`
    throw new MigrateError('INVALID_OPTION', { option: 'newFiles.template', why }, `\`newFiles.template\`: ${why}`, {
      cause,
    })
  }
}

/** Relative to the caller, as every path of the command line; else to the configuration, as `migrations` is. */
function folderNamed(
  path: string,
  { folders }: RevisionLocations,
  context: CommandContext,
  { folder }: LoadedConfig,
): string {
  const [byCaller, byConfig] = [resolve(context.caller.folder, path), resolve(folder, path)]
  const isRead = (candidate: string): boolean =>
    folders.some((folder) => candidate === resolve(folder) || candidate.startsWith(resolve(folder) + sep))
  return !isRead(byCaller) && isRead(byConfig) ? byConfig : byCaller
}

export interface CreatedRevision {
  readonly draft: Draft
  /** The first is the one that is shown. */
  readonly files: readonly string[]
}

export interface Making extends FilesOfTier {
  readonly project: LoadedProject
  /** The folder that `--version-path` names. */
  readonly versionPath?: string
  readonly options: DraftOptions
  /** In SQL: a folder of two files, which no template is for. */
  readonly inSql?: boolean
  /** What it does; absent: nothing yet. */
  readonly body?: RenderedBody | ((file: string) => RenderedBody)
  /** Labels of what a squashed revision replaces, which it carries now. */
  readonly replacedLabels?: readonly string[]
  /** Called with the text before the file is made. */
  readonly beforeWrite?: (text: string, file: string, draft: Draft) => Promise<void>
  /** The file whose place it takes. */
  readonly replaces?: string
  /** Called with the files as soon as they are made, before the hooks. */
  readonly onCreated?: (files: readonly string[]) => void
}

/** At each point in time the file has the text of before or the new one. */
function replaceFile(file: string, text: string): void {
  const draft = hiddenPath(file, 'new')
  writeFileSync(draft, text)
  renameSync(draft, file)
}

interface HookContext {
  readonly file: string
  /** The folder of the configuration. */
  readonly folder: string
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/** Runs programs on a file, one after the other. Throws HOOK_FAILED at the first that fails. */
async function runHooks(hooks: readonly WriteHook[], context: HookContext): Promise<void> {
  for (const hook of hooks) {
    const { name = hook.exec } = hook
    const { exec, args = [], cwd = '.' } = hook
    const { why, output, cause } = await runProgram(context.folder, {
      exec,
      args: args.map((arg) => arg.replaceAll('{{file}}', () => context.file)),
      cwd: resolve(context.folder, cwd),
      env: context.env,
      signal: context.signal,
    })
    if (why !== undefined) {
      throw new MigrateError(
        'HOOK_FAILED',
        { hook: name, why },
        `The hook ${name} failed on ${context.file}: ${why}${shownOutput(output)}`,
        {
          remedy: `The file was kept: ${context.file}. Fix the hook in the configuration, or what the hook reports about the file.`,
          cause,
        },
      )
    }
  }
}

/**
 * Makes the file of a new revision and runs the hooks on it. Whatever is wrong with the request is found before anything is written.
 *
 * Throws what `draftRevision`, `revisionPath`, `revisionText` and `makeFile` throw, HOOK_FAILED.
 */
export async function makeRevision(context: CommandContext, making: Making): Promise<CreatedRevision> {
  const { project, locations, versionPath, options } = making
  const { loaded } = project
  const { template: _template, hooks = [], ...naming } = loaded.config.newFiles ?? {}
  const drafted = draftRevision(making.graph, options)
  // The graph would have them twice.
  const draft = making.replacedLabels === undefined ? drafted : { ...drafted, branchLabels: making.replacedLabels }
  const template = making.inSql ? undefined : templateOf(loaded)
  const fileSettings: RevisionPathSettings = {
    ...naming,
    ...(versionPath === undefined ? {} : { folder: folderNamed(versionPath, locations, context, loaded) }),
    ...(template === undefined ? {} : { extension: extname(template.file) }),
    ...(making.inSql ? { extension: '' } : {}),
  }
  const file = making.replaces ?? revisionPath(draft, making.graph, locations, fileSettings)
  const { timeZone } = naming
  const body = typeof making.body === 'function' ? making.body(file) : making.body
  const files = making.inSql ? makeSqlFiles(file, draft, timeZone) : [file]
  if (!making.inSql) {
    const text = revisionText(draft, present({ timeZone, template, body }))
    await making.beforeWrite?.(text, file, draft)
    if (body !== undefined) recordGenerated(file, text)
    if (making.replaces === undefined) makeFile(file, text)
    else replaceFile(file, text)
  }
  making.onCreated?.(files)
  const { caller, signal } = context
  const isChanged = body !== undefined && hooks.length > 0
  if (isChanged) recordInterrupted(file)
  for (const file of files) await runHooks(hooks, { file, folder: loaded.folder, env: caller.env, signal })
  if (isChanged) recordGenerated(file, readFileSync(file, 'utf8'))
  return { draft, files }
}

/** Tells what was made. `fillNames`: what `--fill` would give a value. */
export function reportCreated(
  { report }: CommandContext,
  { draft, files }: CreatedRevision,
  body?: RenderedBody,
  fillNames: readonly string[] = [],
): void {
  const { revision, parents, dependsOn, branchLabels, message } = draft
  const follows =
    parents.length === 0 ? 'a new root' : parents.length === 1 ? `revises ${parents[0]}` : `joins ${someOf(parents)}`
  const { summary = [], toFillIn = [], toFillInForDowngrade = [] } = body ?? {}
  const document = { revision, parents, dependsOn, branchLabels, message, files }
  report.answer(body === undefined ? document : { ...document, summary, toFillIn, toFillInForDowngrade }, () =>
    [
      ...files.map((file) => `created ${file}`),
      `${revision} ${follows}`,
      ...summary.map((line) => `  ${line}`),
      ...toFillIn.map((what) => `to fill in, or it is refused: ${what}`),
      ...toFillInForDowngrade.map((what) => `to fill in, or its downgrade is refused: ${what}`),
      ...(fillNames.length === 0
        ? []
        : [
            `or remove the file and repeat the command with values: ${fillNames.map((name) => `--fill "${name}=<SQL>"`).join(' ')}`,
          ]),
    ].join('\n'),
  )
}

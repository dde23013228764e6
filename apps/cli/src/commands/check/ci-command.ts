import { realpathSync } from 'node:fs'
import { extname, relative, sep } from 'node:path'
import { check as checkMigrator } from '@org/migrate-autogenerate'
import type { CommandContext } from '../../context.ts'
import { type ExitCode, exitCodes } from '../../exit-codes.ts'
import { oneLine } from '../../reporters/formatting.ts'
import { isJunit } from '../../reporters/junit.ts'
import { outputPath, requireReplaceable, writeOutput } from '../../running/output-file.ts'
import { usage } from '../../usage.ts'
import type { Project } from '../../wiring.ts'
import { changeInMermaid } from '../erd/erd.ts'
import { topOf } from './base-branch.ts'
import { type CheckSettings, declaredOf, snapshotOf } from './check.ts'
import { type CiReport, checkChange } from './ci.ts'
import { ciJunit, ciText, commentMarker, githubAnnotations, markdown, sarif } from './ci-formats.ts'
import { writeComment } from './comment.ts'

interface Written {
  readonly report: CiReport
  readonly picture: string | undefined
  /** What the repository calls a file. */
  readonly path: (file: string) => string
  readonly config: string
}

interface Format {
  make(written: Written): string
  /** Whether a file is one that may be replaced. */
  isOurs(text: string): boolean
}

const formats: { readonly [ending: string]: Format } = {
  '.sarif': {
    make: ({ report, path, config }) => sarif(report, path, config),
    isOurs: (text) => /^\s*\{/.test(text) && text.includes('"runs"'),
  },
  '.xml': { make: ({ report }) => ciJunit(report), isOurs: isJunit },
  '.md': {
    make: ({ report, picture }) => markdown(report, picture),
    isOurs: (text) => text.startsWith(commentMarker),
  },
}

function requireUsage({ branches, data, from, edits, out = [] }: CheckSettings): void {
  const excluded = { '--branches': branches, '--data': data, '--from': from, '--edits': edits }
  const [other] = Object.entries(excluded).find(([, value]) => value !== undefined) ?? []
  if (other !== undefined) throw usage(`--ci and ${other} exclude each other`, 'Leave one of the two out.')
  const unmatched = out.find((file) => formats[extname(file)] === undefined)
  if (unmatched !== undefined)
    throw usage(`${unmatched} has no ending that --out knows`, 'End it in .sarif, .xml (JUnit) or .md.')
}

/** The schema with what the change adds to the last tier; undefined where that is not one line. */
async function pictureOf(context: CommandContext, project: Project, report: CiReport): Promise<string | undefined> {
  const added = report.revisions.filter(({ tier }) => tier === project.tier.name)
  const [first] = report.from
  if (added.length === 0 || report.from.length > 1 || report.to.length !== 1) return undefined
  const [to = 'head'] = report.to
  return changeInMermaid(context, project, first ?? 'base', to)
}

/** GitHub takes no longer ones. */
const longestComment = 65_536

function commentOf(report: CiReport, picture: string | undefined): string {
  const text = markdown(report, picture)
  if (text.length <= longestComment) return text
  return markdown(report, undefined).slice(0, longestComment)
}

/** Everything that a pull request has to pass, in one exit code. */
export async function checkCi(context: CommandContext, settings: CheckSettings): Promise<ExitCode> {
  requireUsage(settings)
  const { out = [] } = settings
  for (const file of out)
    await requireReplaceable(outputPath(context, file), formats[extname(file)]?.isOurs ?? (() => false))
  const project = await context.open()
  const { loaded, migrator } = project
  const files = await checkMigrator(migrator, {
    database: false,
    ...(await declaredOf(context, project, false)),
    ...(await snapshotOf(context, project)),
  })
  const report = await checkChange(context, project, files, settings.base)
  const top = await topOf(context, project)
  const path = (file: string): string => relative(top, realpathSync(file)).split(sep).join('/')
  const written = {
    report,
    picture:
      settings.comment || out.some((file) => file.endsWith('.md'))
        ? await pictureOf(context, project, report)
        : undefined,
    path,
    config: loaded.file,
  }
  for (const file of out) {
    const format = formats[extname(file)]
    if (format !== undefined) await writeOutput(context, outputPath(context, file), format.make(written), format.isOurs)
  }
  const unwritten = settings.comment
    ? await writeComment(context.caller.env, commentOf(report, written.picture))
    : undefined
  if (unwritten !== undefined) context.report.note(`the comment was not written: ${oneLine(unwritten)}`)
  const annotations = context.caller.env.GITHUB_ACTIONS === 'true' ? githubAnnotations(report, path) : []
  context.report.answer(report, () => [ciText(report), ...annotations].join('\n'))
  return report.ok ? exitCodes.done : exitCodes.todo
}

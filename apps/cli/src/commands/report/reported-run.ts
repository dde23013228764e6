import type { MigrationEvent, TierHeads } from '@org/migrate-core'
import type { Operation } from '@org/migrate-core/dialect'
import { present } from '@org/migrate-core/dialect'
import { recordUpgrade } from '@org/migrate-core/internal'
import type { CommandContext } from '../../context.ts'
import type { ExitCode } from '../../exit-codes.ts'
import { openReplay, type ReplayedProject } from '../../graph/replayed-schema.ts'
import { isReport } from '../../pages/whole-page.ts'
import { plural } from '../../reporters/formatting.ts'
import { outputPath, requireReplaceable } from '../../running/output-file.ts'
import type { CommandResult } from '../../running/run.ts'
import { attempts, failureOf, positionText, readDatabase } from './collect.ts'
import type { ReportData, ReportedStep, ReportProblem } from './data.ts'
import { diagramOf, schemaAtHeads } from './diagram.ts'
import { most } from './page/limits.ts'
import { type RunRecording, recordRun } from './run-steps.ts'
import { pageOf, writeReport } from './write.ts'

declare const __MIGRATE_VERSION__: string

/** How a run ended. */
interface Ending {
  readonly result?: CommandResult
  readonly error?: unknown
}

/** What these steps did to the schema, as their files have it. */
async function operationsOf(
  { dialect, graphs }: ReplayedProject,
  steps: readonly ReportedStep[],
): Promise<readonly Operation[]> {
  const operations: Operation[] = []
  for (const { tier, revision, direction } of steps) {
    const each = graphs.find((graph) => graph.tier.name === tier)
    if (each === undefined || direction !== 'up') continue
    const { operations: recorded } = await recordUpgrade(dialect, each, revision)
    for (const { operation } of recorded) operations.push(operation)
  }
  return operations
}

function verdictOf({ result, error }: Ending, steps: readonly ReportedStep[]): string {
  const done = steps.filter(({ outcome }) => outcome === 'done').length
  if (error !== undefined) return `The upgrade ended with an error after ${plural(done, 'revision')}.`
  if (result?.stamped !== undefined && result.stamped.length > 0)
    return `${plural(result.stamped.length, 'revision')} recorded without being run.`
  return done === 0 ? 'Nothing was pending.' : `${plural(done, 'revision')} applied.`
}

async function collected(context: CommandContext, recording: RunRecording, ending: Ending): Promise<ReportData> {
  const problems: ReportProblem[] = []
  const attempt = attempts(problems)
  const { result, error } = ending
  const { steps, warnings } = recording
  const project = await context.open()
  const { status, history, graph, check } = await readDatabase(context, project, attempt)
  const now: readonly TierHeads[] | undefined =
    status?.tiers.map(({ tier, heads }) => ({ tier, heads })) ?? result?.heads
  const from = recording.from ?? now ?? []
  const diagram =
    now &&
    (await attempt('Schema', async () => {
      const replay = await openReplay('upgrade', project)
      const done = steps.filter(({ outcome }) => outcome === 'done')
      const before = await schemaAtHeads(replay.dialect, replay.graphs, from)
      const after = await schemaAtHeads(replay.dialect, replay.graphs, now)
      return diagramOf(replay.dialect, before, after, await operationsOf(replay, done), context.scrub)
    }))
  return {
    title: error === undefined ? 'Migration report: an upgrade' : 'Migration report: an upgrade that failed',
    verdict: verdictOf(ending, steps),
    createdAt: new Date().toISOString(),
    tool: __MIGRATE_VERSION__,
    database: project.database,
    dialect: project.dialect.name,
    from: positionText(from),
    to: now === undefined ? 'unknown' : positionText(now),
    isRun: true,
    steps: steps.slice(0, most.steps),
    stepCount: steps.length,
    ...(result === undefined ? {} : { ms: result.ms }),
    warnings,
    ...(error === undefined ? {} : { failure: failureOf(error) }),
    ...present({ status, graph, diagram, history, check }),
    problems,
  }
}

/**
 * Runs an upgrade and writes a page about it, also where it fails. Throws what the upgrade throws, and FILE_NOT_WRITTEN before it begins
 * where the page could not be written.
 */
export async function reportedRun(
  context: CommandContext,
  out: string,
  upgrade: (context: CommandContext) => Promise<ExitCode>,
): Promise<ExitCode> {
  await requireReplaceable(outputPath(context, out), isReport)
  const recording = recordRun(context.scrub)
  let ended: { readonly document: object; readonly human: () => string } | undefined
  const recorded: CommandContext = {
    ...context,
    report: {
      ...context.report,
      event: (event: MigrationEvent) => {
        recording.event(event)
        context.report.event(event)
      },
      // The last line is that of the result, and the page is written before it.
      result: (document, human) => {
        ended = { document, human }
      },
    },
  }
  const write = async (ending: Ending): Promise<string> =>
    writeReport(context, out, pageOf(context, await collected(context, recording, ending)))
  let code: ExitCode
  try {
    code = await upgrade(recorded)
  } catch (error) {
    // The error of the run is the answer, whatever becomes of its page.
    const written = await write({ error }).then(
      (file) => `the report of the failed run is in ${file}`,
      (failure: unknown) => `the report was not written: ${failureOf(failure).message}`,
    )
    context.report.note(written)
    throw error
  }
  if (ended === undefined) return code
  const { document, human } = ended
  const file = await write({ result: document as CommandResult })
  context.report.result({ ...document, report: file }, () => `${human()}\nreport in ${file}`)
  return code
}

import type { CommandContext } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { oneLine } from '../reporters/words.ts'

/** The revisions that the database stands at, tier by tier. */
export async function current(context: CommandContext): Promise<ExitCode> {
  const { migrator, tier } = await context.open()
  const [state, graph] = [await migrator.state(), await migrator.graph(tier.name)]
  const heads = state.tiers.find((found) => found.tier === tier.name)?.heads ?? []
  const revisions = heads.map((revision) => ({
    revision,
    message: graph.has(revision) ? graph.get(revision).message : null,
    head: graph.heads.includes(revision),
  }))
  context.report.answer({ database: state.database, tier: tier.name, revisions }, () =>
    revisions.length === 0
      ? 'base'
      : revisions
          .map(
            ({ revision, message, head }) =>
              `${revision}${head ? ' (head)' : ''}${message === null ? ' (no file describes it)' : `  ${oneLine(message)}`}`,
          )
          .join('\n'),
  )
  return exitCodes.done
}

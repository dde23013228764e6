import { survey } from '@org/migrate-autogenerate'
import { terminalOf } from '../../autogenerate/generate.ts'
import { configuredFilter } from '../../autogenerate/guard-callbacks.ts'
import type { CommandContext } from '../../context.ts'
import type { ExitCode } from '../../exit-codes.ts'
import { filesOf, presentTiers } from '../../new-files/make-revision.ts'
import { plural } from '../../reporters/formatting.ts'
import type { Project } from '../../wiring.ts'

/**
 * Before the first revision of a folder, on a terminal: offers to take the database over where another tool has migrated it. Gives the exit
 * code of `adopt`; undefined where nothing was offered, or it was declined. Elsewhere the comparison has a note that names `adopt`.
 */
export async function offerAdoption(context: CommandContext, project: Project): Promise<ExitCode | undefined> {
  const terminal = terminalOf(context)
  if (terminal === undefined || (await filesOf(project)).graph.size > 0) return undefined
  const { tools, applied, database } = await survey(
    project.migratorOn(presentTiers(project)),
    configuredFilter(project.loaded),
  )
  const [first] = tools
  if (first === undefined || applied.length > 0) return undefined
  const { chosen } = await import('../../prompts.ts')
  const { tool, tables, applied: run } = first
  const table = tables[0]?.name ?? tool
  const answer = await chosen(terminal, {
    message: `${tool} has run ${plural(run.length, 'migration')} on ${database} (table ${table}), and no revision describes them.`,
    choices: [
      {
        value: 'adopt',
        description: 'take the database over: `migrate adopt` writes the current schema as the first revision',
      },
      { value: 'compare', description: 'write only what differs from the declared schema' },
    ],
  })
  if (answer === 'compare') return undefined
  const { adopt } = await import('../adopt.ts')
  return adopt(context, { stamp: true })
}
